import type { RowTexts } from "../../../src/streams/reader";

/** The texts of rows that no block holds yet, by tag set and place. */
export class HeadTexts {
  private tagSets = new Map<number, Map<string, RowTexts>>();
  /** What they take in memory, about. */
  bytes = 0;

  at(tagSet: number, timeMicros: number, ordinal: number): Record<string, string> | undefined {
    return this.tagSets.get(tagSet)?.get(`${timeMicros}/${ordinal}`)?.values;
  }

  put(tagSet: number, row: RowTexts): void {
    let rows = this.tagSets.get(tagSet);
    if (!rows) {
      rows = new Map();
      this.tagSets.set(tagSet, rows);
    }
    rows.set(`${row.timeMicros}/${row.ordinal}`, row);
    this.bytes += 200;
    for (const name in row.values) this.bytes += 2 * (name.length + row.values[name]!.length);
  }

  /** Tag sets that have some, ascending. */
  ids(): number[] {
    return [...this.tagSets.keys()].sort((a, b) => a - b);
  }

  rows(tagSet: number, start: number, end: number): RowTexts[] {
    const rows = [...(this.tagSets.get(tagSet)?.values() ?? [])];
    return rows
      .filter(({ timeMicros }) => timeMicros >= start && timeMicros < end)
      .sort((a, b) => a.timeMicros - b.timeMicros || a.ordinal - b.ordinal);
  }

  removeRange(start: number, end: number): void {
    for (const rows of this.tagSets.values())
      for (const [place, { timeMicros }] of rows)
        if (timeMicros >= start && timeMicros < end) rows.delete(place);
  }

  clear(): void {
    this.tagSets = new Map();
    this.bytes = 0;
  }
}
