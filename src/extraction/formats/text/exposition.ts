import { EXTRACTION_LIMITS } from "../../limits";
import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/**
 * A sample of a metric a line: the text format in which Prometheus and OpenMetrics expose them, and the plaintext
 * protocol of Graphite, in which names are paths and every sample has its time.
 */
export interface ExpositionLayout {
  kind: "exposition";
  timed: boolean;
  /** Names of labels, each a column behind those that all samples have. */
  labels: string[];
}

interface Sample {
  metric: string;
  labels: string;
  value: string;
  time: string | null;
}

const METRIC = /^([A-Za-z_:][\w:.-]{0,255})/;
const LABELS = /^\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/;
const REST =
  /^[ \t]{1,8}([+-]?(?:\d[\d.]{0,40}(?:[eE][+-]?\d{1,3})?|Inf|NaN))(?:[ \t]{1,8}(-?\d{1,19}(?:\.\d{1,9})?))?(?:\s{0,8}#.*)?$/;
const LABEL = /([A-Za-z_]\w{0,127})="((?:[^"\\]|\\.)*)"/g;
/** Seconds or milliseconds since 1970, from 2001 on. */
const EPOCH = /^1\d{9}(?:\d{3})?$/;
const MOST = 0.95;
const MOST_LABELS = 24;

function sampleOf(line: string): Sample | null {
  const metric = METRIC.exec(line)?.[1];
  if (metric === undefined) return null;
  let rest = line.slice(metric.length).trimStart();
  const labels = LABELS.exec(rest);
  if (labels) rest = rest.slice(labels[0].length);
  const tail = REST.exec(labels ? rest : ` ${rest}`);
  return tail ? { metric, labels: labels?.[1] ?? "", value: tail[1]!, time: tail[2] ?? null } : null;
}

const labelsOf = (text: string): [string, string][] =>
  Array.from(text.matchAll(LABEL), ([, name, value]) => [
    name!,
    value!.replace(/\\(.)/g, (_, mark: string) => (mark === "n" ? "\n" : mark)),
  ]);

/** Samples of metrics, some with labels in braces or a comment that gives their type; or null. */
export function decideExposition(sample: readonly Line[]): TextLayout<ExpositionLayout> | null {
  const lines = sample.filter(({ text }) => !text.startsWith("#"));
  const samples = lines.flatMap(({ text }) => sampleOf(text) ?? []);
  if (samples.length === 0 || samples.length < lines.length * MOST) return null;
  const typed = sample.some(({ text }) => /^# (?:TYPE|HELP) [A-Za-z_:]/.test(text));
  // A word and a number are a line of many texts: labels in braces, what is said of the types, and paths with a value
  // and a time are of no other.
  const paths = samples.every(({ metric, time }) => metric.includes(".") && EPOCH.test(time ?? ""));
  if (!typed && !paths && samples.filter(({ labels }) => /="/.test(labels)).length < samples.length / 2)
    return null;
  const timed = samples.some(({ time }) => time !== null);
  const names = new Set(samples.flatMap(({ labels }) => labelsOf(labels).map(([name]) => name)));
  const labels = [...names].slice(0, Math.min(MOST_LABELS, EXTRACTION_LIMITS.columns));
  const columns = distinctNames(["metric", "labels", "value", ...(timed ? ["timestamp"] : []), ...labels]);
  const hints: Record<string, ColumnHint> = { value: "value" };
  for (const name of columns) if (name !== "value" && name !== "timestamp") hints[name] = "category";
  return {
    columns,
    hints,
    timeColumn: timed ? "timestamp" : null,
    certainty: 0.97,
    detail: { kind: "exposition", timed, labels },
  };
}

export class ExpositionRows extends TextRows {
  private readonly first: number;

  constructor(
    private readonly layout: ExpositionLayout,
    width: number,
  ) {
    super(width);
    this.first = layout.timed ? 4 : 3;
  }

  protected line(text: string, row: number): ReadRow[] {
    if (text.startsWith("#")) {
      this.skipped.comments++;
      return [];
    }
    const sample = sampleOf(text);
    if (!sample) return [{ row, reason: "the line is no sample of a metric" }];
    const cells: Cell[] = this.emptyCells();
    cells[0] = sample.metric;
    cells[1] = sample.labels || null;
    cells[2] = sample.value === "NaN" ? null : sample.value;
    if (this.layout.timed) cells[3] = sample.time;
    for (const [name, value] of labelsOf(sample.labels)) {
      const at = this.layout.labels.indexOf(name);
      if (at >= 0) cells[this.first + at] = value;
    }
    return [{ row, cells }];
  }
}
