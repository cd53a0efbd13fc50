// Makes series with anomalies of known place and kind out of healthy ones, as further evidence of how well they are
// found: reads `{series: [{id, m, train, test}]}` and writes what `detect` reads, with labels for a scorer. The second
// half of a series has none, one or two of six kinds, in units of the robust deviation of changes over a season.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readJson } from "./input.mjs";
import { countOf, parse, UsageError } from "./usage.mjs";

const OPTIONS = { seed: { type: "string" }, except: { type: "string" } };

export const inject = { usage: "inject IN OUT [--seed N] [--except INJECTED]", run };

/** A kind changes the values from `start` to `end`; `unit` is what is small in this series, `draw` random numbers. */
const KINDS = {
  spike: { length: (draw) => draw.whole(1, 2), change: shift(5, 9) },
  outage: { length: (draw) => draw.whole(3, 12), change: ({ values, i }) => (values[i] = 0) },
  level: { length: (_, m) => m, change: shift(4, 8) },
  stuck: { length: (_, m) => m, change: ({ values, i, start }) => (values[i] = values[start - 1]) },
  phase: {
    length: (_, m) => m,
    change: ({ values, original, i, m }) => (values[i] = original[i - (m >> 1)]),
  },
  variance: {
    length: (_, m) => m,
    change: ({ values, i, size, unit, draw }) => (values[i] += draw.normal() * size(4, 8) * unit),
  },
};
/** Shares of series without an anomaly, for what is told of them is false. */
const CLEAN = 0.25;

async function run(args) {
  const { positionals, seed, except } = parse(args, { names: ["IN", "OUT"], options: OPTIONS });
  const [input, output] = positionals.map((path) => resolve(process.env.INIT_CWD ?? "", path));
  const draw = drawing(countOf("seed", seed, 1));
  const known = except ? (await readJson(resolve(process.env.INIT_CWD ?? "", except))).series : [];
  const taken = new Set(known.map(({ base }) => base));
  const series = (await readJson(input)).series
    .filter(({ id, m, train }) => (m === 24 || m === 7) && train.length >= 20 * m && !taken.has(id))
    .map((one) => injected(one, draw));
  await writeFile(output, JSON.stringify({ series })).catch((error) => {
    throw new UsageError(`${output} cannot be written: ${error.code ?? error.message}`);
  });
  const labels = series.reduce((sum, one) => sum + one.labels.length, 0);
  console.log(`${series.length} series with ${labels} anomalies.`);
  return 0;
}

function injected({ id, m, train, test }, draw) {
  const original = [...train, ...test];
  const values = original.slice();
  const scoreFrom = values.length >> 1;
  const unit = deviation(original.slice(m, scoreFrom).map((value, i) => value - original[i])) / Math.SQRT2;
  const labels = [];
  const count = draw.share() < CLEAN ? 0 : draw.whole(1, 2);
  const room = Math.floor((values.length - scoreFrom) / Math.max(1, count));
  for (let k = 0; k < count; k++) {
    const type = Object.keys(KINDS)[draw.whole(0, 5)];
    const length = KINDS[type].length(draw, m);
    const first = scoreFrom + k * room + 2;
    const start = draw.whole(first, Math.max(first, scoreFrom + (k + 1) * room - length - 2 * m));
    const end = start + length - 1;
    const sizes = {};
    // One size and direction for the whole anomaly.
    const size = (least, most) => (sizes.size ??= (draw.share() < 0.5 ? -1 : 1) * draw.between(least, most));
    for (let i = start; i <= end; i++)
      KINDS[type].change({ values, original, i, start, m, unit, draw, size });
    labels.push({ start, end, type });
  }
  return { id, base: id, m, scoreFrom, values, labels };
}

function shift(least, most) {
  return ({ values, i, size, unit }) => (values[i] += size(least, most) * unit);
}

function deviation(values) {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Mulberry32. */
function drawing(seed) {
  let state = seed;
  const share = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    share,
    whole: (least, most) => least + Math.floor(share() * (most - least + 1)),
    between: (least, most) => least + share() * (most - least),
    normal: () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share()),
  };
}
