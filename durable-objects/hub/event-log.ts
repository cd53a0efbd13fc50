import { EVENTS_KEPT, type PublishedEvent } from "../../src/notifications/contract";

/** The tenant's events in order of `seq`, and the high-water mark of each source: what came before it was kept already. */
export class EventLog {
  constructor(private readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL)");
    sql.exec("CREATE TABLE IF NOT EXISTS marks(source TEXT PRIMARY KEY, mark INTEGER NOT NULL)");
  }

  /** Keeps what is new of a source, and gives it with its `seq`. */
  append(source: string, events: readonly PublishedEvent[]): { seq: number; event: string }[] {
    const known =
      this.sql.exec<{ mark: number }>("SELECT mark FROM marks WHERE source = ?", source).toArray()[0]?.mark ??
      0;
    const fresh = events.filter(({ mark }) => mark > known);
    const kept = fresh.map(({ event }) => this.add(event));
    if (fresh.length > 0) {
      this.sql.exec("INSERT OR REPLACE INTO marks VALUES(?,?)", source, fresh.at(-1)!.mark);
      this.sql.exec("DELETE FROM events WHERE seq <= ?", this.last() - EVENTS_KEPT);
    }
    return kept;
  }

  since(seq: number, limit: number): { events: { seq: number; event: string }[]; gap: boolean } {
    const events = this.sql
      .exec<{ seq: number; event: string }>(
        "SELECT seq, event FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
        seq,
        limit,
      )
      .toArray();
    const first = this.sql.exec<{ seq: number | null }>("SELECT min(seq) AS seq FROM events").one().seq;
    return { events, gap: first !== null && seq + 1 < first };
  }

  last(): number {
    return this.sql.exec<{ seq: number | null }>("SELECT max(seq) AS seq FROM events").one().seq ?? 0;
  }

  count(): number {
    return this.sql.exec<{ n: number }>("SELECT count(*) AS n FROM events").one().n;
  }

  private add(event: string): { seq: number; event: string } {
    const { seq } = this.sql
      .exec<{ seq: number }>("INSERT INTO events(event) VALUES(?) RETURNING seq", event)
      .one();
    const text = JSON.stringify({ ...JSON.parse(event), seq });
    this.sql.exec("UPDATE events SET event = ? WHERE seq = ?", text, seq);
    return { seq, event: text };
  }
}
