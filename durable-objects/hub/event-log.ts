import { EVENTS_KEPT, type PublishedEvent } from "../../src/notifications/contract";

/** Text of one page: an RPC message holds 32 MB. At least one event is always given. */
const PAGE_CHARS = 4_000_000;

export interface KeptEvent {
  seq: number;
  event: string;
}

/** The tenant's events in order of `seq`, and the high-water mark of each source: what came before it was kept already. */
export class EventLog {
  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL)");
    sql.exec("CREATE TABLE IF NOT EXISTS marks(source TEXT PRIMARY KEY, mark INTEGER NOT NULL)");
  }

  /** Keeps what is new of a source, and gives it with its `seq`. To be called in a transaction: all of it or nothing. */
  append(source: string, events: readonly PublishedEvent[]): KeptEvent[] {
    let mark =
      this.sql.exec<{ mark: number }>("SELECT mark FROM marks WHERE source = ?", source).toArray()[0]?.mark ??
      0;
    const kept: KeptEvent[] = [];
    for (const event of [...events].sort((a, b) => a.mark - b.mark)) {
      if (event.mark <= mark) continue;
      mark = event.mark;
      kept.push(this.add(event.event));
    }
    if (kept.length > 0) {
      this.sql.exec("INSERT OR REPLACE INTO marks VALUES(?,?)", source, mark);
      this.sql.exec("DELETE FROM events WHERE seq <= ?", kept.at(-1)!.seq - EVENTS_KEPT);
    }
    return kept;
  }

  /** What came after `seq`, as much as fits a page; `gap` where some of it is no longer kept. */
  since(seq: number, limit: number): { events: KeptEvent[]; gap: boolean } {
    const events: KeptEvent[] = [];
    let chars = 0;
    for (const row of this.sql.exec<{ seq: number; event: string }>(
      "SELECT seq, event FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
      seq,
      limit,
    )) {
      chars += row.event.length;
      if (events.length > 0 && chars > PAGE_CHARS) break;
      events.push({ seq: row.seq, event: numbered(row.event, row.seq) });
    }
    const first = this.sql.exec<{ seq: number | null }>("SELECT min(seq) AS seq FROM events").one().seq;
    // Zero asks for what there is: a newcomer has missed nothing.
    return { events, gap: seq > 0 && first !== null && seq + 1 < first };
  }

  /** The last `seq` given, also when its event is gone: an erasure does not start the numbers again. */
  last(): number {
    const row = this.sql
      .exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
      .toArray()[0];
    return row?.seq ?? 0;
  }

  count(): number {
    return this.sql.exec<{ n: number }>("SELECT count(*) AS n FROM events").one().n;
  }

  private add(event: string): KeptEvent {
    const { seq } = this.sql
      .exec<{ seq: number }>("INSERT INTO events(event) VALUES(?) RETURNING seq", event)
      .one();
    return { seq, event: numbered(event, seq) };
  }
}

/** The event with its `seq`. It is stored without: one row written an event, not two. */
const numbered = (event: string, seq: number): string => JSON.stringify({ ...JSON.parse(event), seq });
