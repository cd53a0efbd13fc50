/** Events on their way to the tenant's hub, each under a mark that only grows: the hub takes none twice. */
export interface OutboxEvent {
  mark: number;
  event: string;
}

/** Events to one call of the hub. */
const BATCH = 100;

export class Outbox {
  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS outbox (mark INTEGER PRIMARY KEY, event TEXT NOT NULL)");
  }

  put(mark: number, event: string): void {
    this.sql.exec("INSERT INTO outbox (mark, event) VALUES (?, ?)", mark, event);
  }

  batch(): OutboxEvent[] {
    return this.sql
      .exec<{ mark: number; event: string }>("SELECT mark, event FROM outbox ORDER BY mark LIMIT ?", BATCH)
      .toArray();
  }

  isEmpty(): boolean {
    return this.batch().length === 0;
  }

  delivered(upTo: number): void {
    this.sql.exec("DELETE FROM outbox WHERE mark <= ?", upTo);
  }
}
