/** Events on their way to the tenant's hub, each under a mark that only grows: the hub takes none twice. */
export interface OutboxEvent {
  mark: number;
  event: string;
}

/** To one call of the hub; of texts as long as one row can hold, far fewer. */
const BATCH = { events: 100, chars: 4_000_000 };
const RETRY_MS = { first: 1_000, most: 300_000 };

export class Outbox {
  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS outbox (mark INTEGER PRIMARY KEY, event TEXT NOT NULL)");
  }

  put(mark: number, event: string): void {
    this.sql.exec("INSERT INTO outbox (mark, event) VALUES (?, ?)", mark, event);
  }

  /** The oldest events, one at least where there is any. */
  batch(): OutboxEvent[] {
    const events: OutboxEvent[] = [];
    let chars = 0;
    for (const row of this.sql.exec<{ mark: number; event: string }>(
      "SELECT mark, event FROM outbox ORDER BY mark LIMIT ?",
      BATCH.events,
    )) {
      chars += row.event.length;
      if (events.length > 0 && chars > BATCH.chars) break;
      events.push(row);
    }
    return events;
  }

  isEmpty(): boolean {
    return this.sql.exec("SELECT 1 FROM outbox LIMIT 1").toArray().length === 0;
  }

  delivered(upTo: number): void {
    this.sql.exec("DELETE FROM outbox WHERE mark <= ?", upTo);
  }

  erase(): void {
    this.sql.exec("DELETE FROM outbox");
  }
}

/** Hands an outbox over, one call at a time; what was not taken is tried again later, further and further apart. */
export class OutboxDrain {
  private running: Promise<void> | null = null;
  private failures = 0;
  private retryMs: number | null = null;

  constructor(
    private readonly outbox: Outbox,
    /** Gives the mark up to which events were taken; null where the outbox was erased meanwhile. */
    private readonly send: (events: OutboxEvent[]) => Promise<number | null>,
  ) {}

  /** When it wants to be tried again; null where nothing failed. */
  next(): number | null {
    return this.retryMs;
  }

  /** Resolves when everything is handed over, or has failed. */
  async run(): Promise<void> {
    if (this.running === null && this.outbox.isEmpty()) return this.forget();
    this.running ??= this.all();
    return this.running;
  }

  /** Everything was erased: nothing is left to be tried again. */
  forget(): void {
    this.retryMs = null;
  }

  private async all(): Promise<void> {
    try {
      for (let events = this.outbox.batch(); events.length > 0; events = this.outbox.batch()) {
        const mark = await this.send(events);
        if (mark === null) return;
        this.outbox.delivered(mark);
        // A hub that takes nothing is as good as one that does not answer.
        if (mark < events[0]!.mark) throw new Error("the hub took no event");
      }
      this.failures = 0;
      this.retryMs = null;
    } catch {
      this.retryMs = Date.now() + Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.failures++);
    } finally {
      this.running = null;
    }
  }
}
