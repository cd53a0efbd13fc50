import type { DayMark } from "../../../src/core/write-report";
import type { StreamTotals } from "../../../src/streams/contract";

/** What a seal stores of how far the engine has come. */
export interface Checkpoint {
  /** Of the log that holds what came after it. */
  generation: number;
  totals: StreamTotals;
  /** Absent in what was sealed before writes were told apart by day. */
  marks?: DayMark[];
  rows: number;
  /** Arrival times before this one may be taken. */
  arrivalCursor: number;
  /** The last log entry that blocks and pages hold. */
  seq: number;
}

/** What the engine keeps beside its blocks and pages, a row a name (docs/formats/stream-storage.md). */
export class EngineState {
  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS engine_state (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID");
  }

  /** Null before the first seal. */
  checkpoint(): Checkpoint | null {
    const saved = this.read<string>("checkpoint");
    return saved === null ? null : (JSON.parse(saved) as Checkpoint);
  }

  /** `stats`: pages of what is known of the series (Catalog.stats). */
  save(checkpoint: Checkpoint, stats: readonly ArrayBuffer[]): void {
    this.write("checkpoint", JSON.stringify(checkpoint));
    for (const [i, page] of stats.entries()) this.write(`stats ${i}`, page);
  }

  stats(): ArrayBuffer[] {
    const pages: ArrayBuffer[] = [];
    for (;;) {
      const page = this.read<ArrayBuffer>(`stats ${pages.length}`);
      if (!page) return pages;
      pages.push(page);
    }
  }

  /** The run that a compaction was writing; null where none was cut off. */
  building(): number | null {
    return this.read<number>("building");
  }

  setBuilding(run: number | null): void {
    if (run === null) this.sql.exec("DELETE FROM engine_state WHERE name = 'building'");
    else this.write("building", run);
  }

  private read<T extends SqlStorageValue>(name: string): T | null {
    const [row] = this.sql
      .exec<{ value: T }>("SELECT value FROM engine_state WHERE name = ?", name)
      .toArray();
    return row?.value ?? null;
  }

  private write(name: string, value: SqlStorageValue): void {
    this.sql.exec("INSERT OR REPLACE INTO engine_state (name, value) VALUES (?, ?)", name, value);
  }
}
