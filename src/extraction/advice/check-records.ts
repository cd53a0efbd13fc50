import type { ModelRecords } from "../contract";
import { folded, placeOfWhole } from "./literal";
import type { ProposedRecord } from "./records";

/** Names of fields of one text, and their characters, at most. */
const MOST_NAMES = 16;
const NAME_CHARS = 40;
const VALUE_CHARS = 500;
/** Characters of the checked records of one text, as JSON: a job's checkpoint holds those of several. */
const RECORDS_CHARS = 400_000;
/** Properties that objects have by themselves. */
const INHERITED: ReadonlySet<string> = new Set(
  Object.getOwnPropertyNames(Object.prototype)
    .map((name) => name.toLowerCase().replace(/^_+|_+$/g, ""))
    .concat("prototype"),
);

/** A row of free text; `text` is folded. */
export interface TextRow {
  id: string;
  text: string;
}

/** A record of which every value stands in its span. */
export interface CheckedRecord {
  /** The id of its row. */
  row: string;
  /** The span, and where it begins in the row. */
  quote: string;
  at: number;
  fields: Record<string, string>;
  /** The model's own word, in [-1, 1]; null: none. */
  sentiment: number | null;
}

/**
 * Checks what a model proposes for a text, row by row and value by value, against the text itself. Whatever does not
 * stand there is dropped and counted. Pure; the order of what is kept is the order in which it was proposed.
 */
export class RecordCheck {
  readonly names = new Set<string>();
  readonly records: CheckedRecord[] = [];
  readonly counts: ModelRecords = { proposed: 0, kept: 0, dropped: 0, values_dropped: 0 };
  private readonly seen = new Set<string>();
  private chars = 0;

  /** `reserved` are names that no field may have. */
  constructor(private readonly reserved: ReadonlySet<string>) {}

  /** Takes the proposals for some rows. */
  take(proposals: readonly (ProposedRecord | null)[], rows: readonly TextRow[]): void {
    const texts = new Map(rows.map(({ id, text }) => [id, text]));
    for (const proposal of proposals) {
      this.counts.proposed++;
      const text = proposal ? texts.get(proposal.row) : undefined;
      const record = proposal && text !== undefined ? this.check(proposal, text) : null;
      if (record) {
        this.records.push(record);
        this.counts.kept++;
      } else this.counts.dropped++;
    }
  }

  private check({ row, quote: raw, fields: told, sentiment: mood }: ProposedRecord, text: string) {
    const quote = folded(raw);
    const sentiment = sentimentIn(mood);
    // What stands in the text twice may have been said twice.
    for (let from = 0; ; ) {
      const at = placeOfWhole(text, quote, from);
      if (at < 0) return null;
      const { fields, key } = this.fieldsIn(text, at, at + quote.length, told);
      if (fields.size === 0 && sentiment === null) return null;
      from = at + quote.length;
      if (this.seen.has(`${row} ${key}`)) continue;
      const record: CheckedRecord = { row, quote, at, fields: Object.fromEntries(fields), sentiment };
      const chars = JSON.stringify(record).length;
      if (this.chars + chars > RECORDS_CHARS) return null;
      this.chars += chars;
      this.seen.add(`${row} ${key}`);
      for (const name of fields.keys()) this.names.add(name);
      this.counts.values_dropped += told.length - fields.size;
      return record;
    }
  }

  /** The values that stand in the text between two places, and what tells them from the same ones elsewhere. */
  private fieldsIn(text: string, from: number, to: number, told: ProposedRecord["fields"]) {
    const fields = new Map<string, string>();
    const places: string[] = [];
    const names = new Set(this.names);
    for (const field of told) {
      const name = fieldName(field.name);
      const value = folded(field.value);
      const isNamed = name !== "" && !this.reserved.has(name) && !fields.has(name);
      const isFree = names.has(name) || names.size < MOST_NAMES;
      if (!isNamed || !isFree || value.length > VALUE_CHARS) continue;
      const at = placeOfWhole(text, value, from, to);
      if (at < 0) continue;
      names.add(name);
      fields.set(name, value);
      places.push(`${name}@${at}`);
    }
    return { fields, key: places.length > 0 ? places.sort().join(" ") : `@${from}` };
  }
}

/** A model's name for a field as snake_case of a-z, 0-9 and _; empty where nothing usable is left. */
export function fieldName(raw: string): string {
  const name = raw
    .slice(0, 200)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+/, "")
    .slice(0, NAME_CHARS)
    .replace(/_+$/, "");
  return INHERITED.has(name.replaceAll("_", "")) || INHERITED.has(name) ? "" : name;
}

function sentimentIn(text: string): number | null {
  if (!/^[+-]?\d{0,2}(?:\.\d{1,12})?$/.test(text.trim()) || !/\d/.test(text)) return null;
  const value = Number(text);
  return value >= -1 && value <= 1 ? value : null;
}
