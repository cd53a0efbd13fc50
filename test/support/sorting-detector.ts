/**
 * The rules of the online detector (src/analytics/detection/online.ts) once more, with every quantile from a list that is
 * sorted anew: slow, and nothing to keep in step. Says at which readings an incident begins.
 */
export function sortingDetector() {
  const levels: number[] = [];
  const changes: number[] = [];
  const steps: number[] = [];
  let [lastTime, lastValue, outside, outsideSum, quiet] = [Number.NEGATIVE_INFINITY, Number.NaN, 0, 0, 0];

  const keep = (list: number[], value: number, most: number) => {
    list.push(value);
    if (list.length > most) list.shift();
  };
  const learn = (value: number): false => {
    keep(changes, value - lastValue, 96);
    keep(levels, value, 96);
    lastValue = value;
    return false;
  };
  const believe = (value: number): false => {
    quiet = outside > 0 ? 8 : Math.max(0, quiet - 1);
    [outside, outsideSum] = [0, 0];
    return learn(value);
  };
  const isGap = (step: number): boolean => {
    const usual = quantile(steps, 0.5);
    keep(steps, step, 15);
    return steps.length > 5 && step > 12 * usual;
  };

  return (time: number, value: number): boolean => {
    if (!(time > lastTime) || !Number.isFinite(value)) return false;
    const step = time - lastTime;
    lastTime = time;
    const isAfterGap = Number.isFinite(step) && isGap(step);
    if (Number.isNaN(lastValue) || isAfterGap) {
      lastValue = value;
      keep(levels, value, 96);
      [outside, outsideSum] = [0, 0];
      return false;
    }
    if (levels.length < 32) return learn(value);
    const [level, change] = [bandOf(levels), bandOf(changes)];
    if (Math.abs(value - level.centre) < 6 * level.halfWidth) return believe(value);
    const moves = changes.map(Math.abs).filter((size) => size > 0);
    const least = moves.length > 0 ? Math.min(...moves) : (0.1 * Math.abs(level.centre)) / 6;
    const [far, fast] = [6 * Math.max(level.halfWidth, least), 6 * Math.max(change.halfWidth, least)];
    const fromLevel = (value - level.centre) / far;
    const fromLast = (value - lastValue - change.centre) / fast;
    const isOutside =
      far > 0 &&
      fast > 0 &&
      Math.sign(fromLevel) === Math.sign(fromLast) &&
      Math.min(Math.abs(fromLevel), Math.abs(fromLast)) >= 1;
    if (!isOutside) return believe(value);
    const isNew = outside === 0 && quiet === 0;
    outside++;
    outsideSum += value;
    if (outside >= 24) {
      const mean = outsideSum / outside;
      const by = mean - quantile(levels, 0.5);
      for (let i = 0; i < levels.length; i++) levels[i]! += by;
      lastValue = value;
      [outside, outsideSum, quiet] = [0, 0, 8];
    }
    return isNew;
  };
}

function bandOf(values: number[]) {
  const quartiles = (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349;
  const ends = (quantile(values, 0.975) - quantile(values, 0.025)) / 3.92;
  return { centre: quantile(values, 0.5), halfWidth: Math.max(quartiles, ends) };
}

const quantile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? 0;
