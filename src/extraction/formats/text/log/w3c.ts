import { EXTRACTION_LIMITS } from "../../../limits";
import { type ColumnHint, distinctNames, type ReadRow } from "../../source-table";
import { type TextLayout, TextRows } from "../layout";
import type { Line } from "../lines";
import { repeats } from "./vocabulary";

/** The W3C Extended Log File Format (WD-logfile-960323), as IIS and CloudFront write it. */
export interface W3cLayout {
  kind: "w3c";
}

const FIELDS = /^#Fields:\s/i;
const VALUE = /"((?:[^"]|"")*)"|([^\s"]\S*)/g;

const namesOf = (line: string): string[] =>
  line.replace(FIELDS, "").trim().split(/\s+/).slice(0, EXTRACTION_LIMITS.columns);

const valuesOf = (line: string): (string | null)[] =>
  Array.from(line.matchAll(VALUE), (match) => {
    const text = match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"');
    return text === "-" || text === "" ? null : text;
  });

/** Whether the first line that is no directive stands below one that names its fields. */
export function isDirected(lines: readonly string[]): boolean {
  const directives = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("#")),
  );
  return directives.some((line) => FIELDS.test(line) && namesOf(line).length > 1);
}

/** Lines that a `#Fields:` directive names the columns of; or null. */
export function decideW3c(sample: readonly Line[]): TextLayout<W3cLayout> | null {
  const at = sample.findIndex(({ text }) => FIELDS.test(text));
  if (at < 0 || sample.slice(0, at).some(({ text }) => !text.startsWith("#"))) return null;
  const columns = distinctNames(namesOf(sample[at]!.text));
  if (columns.length < 2) return null;
  const rows = sample.filter(({ text }) => !text.startsWith("#")).map(({ text }) => valuesOf(text));
  const hints: Record<string, ColumnHint> = {};
  columns.forEach((name, i) => {
    const hint = hintOf(
      name.toLowerCase(),
      rows.map((row) => row[i] ?? null),
    );
    if (hint) hints[name] = hint;
  });
  const timed = columns.find((name) => /^date$/i.test(name)) ?? columns.find((name) => /^time$/i.test(name));
  return {
    columns,
    units: columns.map((name, i) => {
      if (/bytes/i.test(name)) return "B";
      // The draft has seconds with decimals; IIS writes whole milliseconds.
      const decimals = rows.some((row) => row[i]?.includes("."));
      return /^time-taken$/i.test(name) ? (decimals ? "s" : "ms") : null;
    }),
    hints,
    timeColumn: timed ?? null,
    leanOrder: "ymd",
    about: "web_traffic",
    certainty: 0.98,
    detail: { kind: "w3c" },
  };
}

function hintOf(name: string, cells: readonly (string | null)[]): ColumnHint | null {
  if (/^(?:date|time)$/.test(name)) return null;
  if (/^time-(?:taken|to-first-byte)$|bytes/.test(name)) return "value";
  if (/port|win32|substatus|request-id/.test(name)) return "attribute";
  return repeats(cells, /uri|referer|agent|query/.test(name) ? 100 : 1_000) ? "category" : "attribute";
}

export class W3cRows extends TextRows {
  /** For each value of a line the column it goes to; the directive may come again with other fields. */
  private places: number[];

  constructor(private readonly columns: readonly string[]) {
    super(columns.length);
    this.places = columns.map((_, i) => i);
  }

  protected line(text: string, row: number): ReadRow[] {
    if (text.startsWith("#")) {
      if (FIELDS.test(text)) this.places = namesOf(text).map((name) => this.columns.indexOf(name));
      this.skipped.comments++;
      return [];
    }
    const values = valuesOf(text);
    if (values.length !== this.places.length || this.places.includes(-1)) {
      return [
        {
          row,
          reason: `the line has ${values.length} values for ${this.places.length} known fields`,
        },
      ];
    }
    const cells = this.emptyCells();
    values.forEach((value, i) => {
      cells[this.places[i]!] = value;
    });
    return [{ row, cells }];
  }
}
