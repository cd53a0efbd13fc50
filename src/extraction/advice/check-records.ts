import type { FoundRecords } from "./records";
import { inOneLine, standsIn } from "./stands-in";

/** A row of a text as a model is shown it. */
export interface ShownRow {
  id: string;
  /** In one line. */
  text: string;
}

/** A record that stands in the text. */
export interface CheckedRecord {
  /** The words that it stands in. */
  span: string;
  /** Name and value, each name once. */
  values: [string, string][];
  /** In [-1, 1], the model's own; null: it gave none. */
  sentiment: number | null;
}

export interface CheckedRecords {
  /** In the order of the text. */
  records: CheckedRecord[];
  /** Rows that a record stands in. */
  told: number;
  proposed: number;
  /** Values of the records that are kept which do not stand in their words. */
  valuesDropped: number;
}

const NAME_CHARS = 40;

/**
 * What of a model's answer stands literally in the rows that it was shown: a record where its quote stands in the row that
 * it names and a value in the quote, a value where it stands in the quote as a token of its own. Pure.
 */
export function checkRecords({ records, values }: FoundRecords, rows: readonly ShownRow[]): CheckedRecords {
  const places = new Map(rows.map(({ id, text }, at) => [id, { at, text }]));
  const valuesOf = Map.groupBy(values, ({ record }) => record);
  const kept: (CheckedRecord & { row: number; at: number })[] = [];
  const seen = new Set<string>();
  let valuesDropped = 0;
  for (const { id, row, quote, sentiment } of records) {
    const place = places.get(row);
    const span = inOneLine(quote);
    const at = place ? standsIn(place.text, span) : -1;
    if (!place || at < 0 || seen.has(`id ${id}`)) continue;
    seen.add(`id ${id}`);
    const given = valuesOf.get(id) ?? [];
    const standing = standingIn(place.text, at, at + span.length, given);
    const key = JSON.stringify([row, at, span, standing]);
    if (standing.length === 0 || seen.has(key)) continue;
    seen.add(key);
    valuesDropped += given.length - standing.length;
    kept.push({ row: place.at, at, span, values: standing, sentiment: sentimentIn(sentiment) });
  }
  kept.sort((a, b) => a.row - b.row || a.at - b.at);
  return {
    records: kept.map(({ span, values, sentiment }) => ({ span, values, sentiment })),
    told: new Set(kept.map(({ row }) => row)).size,
    proposed: records.length,
    valuesDropped,
  };
}

function standingIn(
  text: string,
  from: number,
  to: number,
  given: FoundRecords["values"],
): [string, string][] {
  const standing = new Map<string, string>();
  for (const { name, value } of given) {
    const column = columnName(name);
    const literal = inOneLine(value);
    if (column === null || standing.has(column) || standsIn(text, literal, from, to) < 0) continue;
    standing.set(column, literal);
  }
  return [...standing];
}

/** A model's word for a column as a name of one: snake_case, of letters that every client can type. Null: none is left. */
export function columnName(name: string): string | null {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, NAME_CHARS)
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) ? plain : null;
}

function sentimentIn(text: string): number | null {
  const score = text.trim() === "" ? Number.NaN : Number(text);
  return score >= -1 && score <= 1 ? score : null;
}
