import { formatMicros } from "../../core/timestamps";
import { OCCURRENCE } from "../contract";
import type { Frame, FrameField } from "../frame";

/** What of a stream a subscriber wants: some fields (null: all) of the rows that have all these tags. */
export interface LiveFilter {
  fields: string[] | null;
  tags: Record<string, string>;
}

/** Equal filters have equal keys, so that what was made for one subscriber serves the next. */
export const filterKey = ({ fields, tags }: LiveFilter): string =>
  JSON.stringify([fields && [...fields].sort(), Object.entries(tags).sort()]);

/** A frame as one filter sees it. */
export class FrameView {
  private readonly wanted: boolean[];
  private readonly columns: FrameField[];
  private readonly texts: Map<number, Record<string, string>>;
  private readonly everyRow: boolean;

  constructor(
    private readonly frame: Frame,
    { fields, tags }: LiveFilter,
  ) {
    const pairs = Object.entries(tags);
    this.wanted = frame.tagSets.map((set) => pairs.every(([name, value]) => set[name] === value));
    this.columns = frame.fields.filter(
      ({ name }) => name !== OCCURRENCE && (fields === null || fields.includes(name)),
    );
    this.everyRow = fields === null;
    // Texts belong to the row, not to a field: who names fields asked for no texts.
    this.texts = new Map(fields === null ? frame.attributes.map(({ row, values }) => [row, values]) : []);
  }

  /** Whether the row is seen at all. */
  has(row: number): boolean {
    if (!this.wanted[this.frame.tagSetOf[row]!]) return false;
    return this.everyRow || this.columns.some(({ values }) => !Number.isNaN(values[row]!));
  }

  /** The row as JSON, in the form of GET /data. */
  textOf(row: number): string {
    const fields: Record<string, number> = Object.create(null);
    for (const { name, values } of this.columns) {
      const value = values[row]!;
      if (!Number.isNaN(value)) fields[name] = value;
    }
    const attributes = this.texts.get(row);
    return JSON.stringify({
      timestamp: formatMicros(this.frame.times[row]!),
      fields,
      tags: this.frame.tagSets[this.frame.tagSetOf[row]!],
      ...(attributes ? { attributes } : {}),
    });
  }
}

/** Whether an alert is about what the filter shows. One that names no field is for everybody. */
export function concerns({ fields, tags }: LiveFilter, alert: Record<string, unknown>): boolean {
  const context = (alert.context ?? {}) as { field?: unknown; tags?: Record<string, unknown> };
  if (typeof context.field !== "string") return true;
  if (fields !== null && !fields.includes(context.field)) return false;
  return Object.entries(tags).every(([name, value]) => context.tags?.[name] === value);
}
