import type { Cell } from "../../source-table";
import type { Line } from "../lines";
import { decideHeads, readHeads } from "./heads";
import { timeAt } from "./time-head";

/**
 * Whether lines are a log although they can be split as a table: they begin with a time and go on in words. Bars part
 * the slots of logs as well; a comma that is inside of the times parts nothing.
 */
export function isLogBesideTable(sample: readonly Line[], consistency: number): boolean {
  if (sample.length < 2) return false;
  const heads = decideHeads(sample);
  const [head] = heads;
  if (!head) return false;
  let records = 0;
  let words = 0;
  let commas = 0;
  let bars = 0;
  const typed = head.columns.some((name) => /^(?:level|component|host|pid|thread)/.test(name));
  for (const { text } of sample) {
    const cells: Cell[] = head.columns.map(() => null);
    const at = readHeads(heads, text, cells);
    if (at < 0) continue;
    records++;
    words += text.slice(at).split(/\s+/, 50).length;
    if (text.slice(0, timeAt(text, 0)?.end ?? 0).includes(",")) commas++;
    if (text.slice(0, 60).includes("|")) bars++;
  }
  const flush = sample.filter(({ text }) => !/^\s/.test(text)).length;
  if (records < flush * 0.3) return false;
  const objects =
    sample.filter(({ text }) => text.endsWith("}") && text.includes("{")).length >= sample.length * 0.8;
  if (objects) return true;
  const piped = bars >= records * 0.9 && typed;
  if (
    consistency >= 0.95 &&
    commas < records * 0.9 &&
    !piped &&
    !(typed && words / records >= 4 && !isMarked(sample, head.time !== null))
  )
    return false;
  return piped || typed || words / records >= 4;
}

/** A mark as often in every line, and right behind its time where there is one: a table without a header. */
function isMarked(sample: readonly Line[], timed: boolean): boolean {
  return [",", ";", "\t"].some((mark) => {
    const counts = sample.map(({ text }) => text.split(mark).length - 1);
    return (
      counts[0]! >= 2 &&
      counts.every((count) => count === counts[0]) &&
      (!timed || sample.every(({ text }) => text[timeAt(text, 0)?.end ?? -1] === mark))
    );
  });
}
