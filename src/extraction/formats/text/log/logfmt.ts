import { type Cell, type ColumnHint, distinctNames, type ReadRow } from "../../source-table";
import { type TextLayout, TextRows } from "../layout";
import type { Line } from "../lines";
import { TemplateTree } from "./drain";
import { measured } from "./measures";

/** Lines of `key=value`, values with blanks in quotes, as logfmt has them. */
export interface LogfmtLayout {
  kind: "logfmt";
  keys: string[];
  /** Keys whose values are durations or sizes, given in the base unit. */
  measures: { key: string; unit: string }[];
  /** The key of the message, whose templates are mined. */
  message: string | null;
  templates: string[];
  /** The key of a record's stamp, as Linux' audit daemon writes it: audit(seconds:serial). */
  stamp: string | null;
}

const MOST = 0.8;
const MOST_KEYS = 128;
const TAG_TEMPLATES = 200;
// A value in quotes, or one without blanks; what follows a pair is a blank or the end.
const PAIR = /([A-Za-z_@][\w.@/-]{0,63})=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)/g;
const TELLING = new Set(
  "level lvl severity msg message time ts timestamp t at event caller logger".split(" "),
);
const MESSAGE = ["msg", "message", "event"];

const STAMP = /^\w{1,20}\((\d{9,11}\.\d{3}):(\d{1,12})\):?$/;

/** The pairs of a line, and what stands between and behind them, in one walk over it. */
function pairsIn(line: string): { pairs: [string, string][]; rest: string } {
  const pairs: [string, string][] = [];
  let rest = "";
  let at = 0;
  PAIR.lastIndex = 0;
  for (let match = PAIR.exec(line); match; match = PAIR.exec(line)) {
    pairs.push([match[1]!, unquoted(match[2]!)]);
    rest += line.slice(at, match.index);
    at = PAIR.lastIndex;
  }
  return { pairs, rest: (rest + line.slice(at)).trim() };
}

const unquoted = (raw: string): string =>
  raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(["\\])/g, "$1") : raw;

/** Lines that are nearly all pairs, with the keys of a log among them; or null. */
export function decideLogfmt(sample: readonly Line[]): TextLayout<LogfmtLayout> | null {
  const fitting = sample
    .filter(({ text }) => text.includes("="))
    .map(({ text }) => pairsIn(text))
    .filter(({ pairs, rest }) => pairs.length >= 2 && rest.length <= 2);
  if (fitting.length === 0 || fitting.length < sample.length * MOST) return null;
  const counts = new Map<string, number>();
  const cellsOf = new Map<string, string[]>();
  for (const { pairs } of fitting)
    for (const [key, value] of pairs) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (value !== "") cellsOf.set(key, [...(cellsOf.get(key)?.slice(-199) ?? []), value]);
    }
  const telling = [...TELLING].filter((key) => (counts.get(key) ?? 0) >= fitting.length / 2);
  const stamp =
    [...cellsOf].find(
      ([key, cells]) =>
        (counts.get(key) ?? 0) >= fitting.length * MOST && cells.every((cell) => STAMP.test(cell)),
    )?.[0] ?? null;
  if (telling.length < 2 && stamp === null) return null;
  const keys = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_KEYS)
    .map(([key]) => key);
  const inOrder = [...counts.keys()].filter((key) => keys.includes(key));
  const message =
    MESSAGE.find((key) => key !== stamp && (counts.get(key) ?? 0) >= fitting.length / 2) ?? null;
  const tree = new TemplateTree();
  if (message !== null)
    for (const { pairs } of fitting) tree.train(pairs.find(([key]) => key === message)?.[1] ?? "");
  const templates = tree.templates();
  const measures = inOrder.flatMap((key) => {
    const units = new Set((cellsOf.get(key) ?? []).map((cell) => measured(cell)?.unit ?? null));
    const [unit] = units;
    return units.size === 1 && unit ? [{ key, unit }] : [];
  });
  const columns = distinctNames([
    ...inOrder,
    "template",
    "unlisted",
    ...(stamp === null ? [] : ["timestamp"]),
  ]);
  const hints: Record<string, ColumnHint> = {
    [columns[inOrder.length]!]: tree.size <= TAG_TEMPLATES ? "category" : "attribute",
    [columns[inOrder.length + 1]!]: "attribute",
  };
  for (const key of [message, stamp]) if (key !== null) hints[key] = "attribute";
  return {
    columns,
    units: [
      ...inOrder.map((key) => measures.find((one) => one.key === key)?.unit ?? null),
      ...columns.slice(inOrder.length).map(() => null),
    ],
    hints,
    timeColumn: stamp === null ? null : columns.at(-1)!,
    about: "log_data",
    certainty: 0.95,
    detail: { kind: "logfmt", keys: inOrder, measures, message, templates, stamp },
  };
}

export class LogfmtRows extends TextRows {
  private readonly tree: TemplateTree;
  private readonly places: ReadonlyMap<string, number>;
  private readonly measured: ReadonlySet<string>;

  constructor(
    private readonly layout: LogfmtLayout,
    width: number,
  ) {
    super(width);
    this.tree = new TemplateTree(layout.templates);
    this.places = new Map(layout.keys.map((key, i) => [key, i]));
    this.measured = new Set(layout.measures.map(({ key }) => key));
  }

  protected line(text: string, row: number): ReadRow[] {
    const { pairs, rest } = pairsIn(text);
    if (pairs.length === 0) {
      return [{ row, reason: "the line has no key=value" }];
    }
    const cells = this.emptyCells();
    const others = [rest.replace(/\s+/g, " ")];
    for (const [key, value] of pairs) {
      const at = this.places.get(key);
      if (at === undefined || cells[at] !== null) others.push(`${key}=${value}`);
      else cells[at] = this.cellOf(key, value);
      if (key === this.layout.stamp) cells[this.layout.keys.length + 2] ??= STAMP.exec(value)?.[1] ?? null;
      if (key === this.layout.message) cells[this.layout.keys.length] = this.tree.learn(value);
    }
    cells[this.layout.keys.length + 1] = others.filter(Boolean).join(" ") || null;
    return [{ row, cells }];
  }

  private cellOf(key: string, value: string): Cell {
    if (value === "") return null;
    return this.measured.has(key) ? (measured(value)?.value ?? value) : value;
  }
}
