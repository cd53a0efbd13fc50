import { fail } from "../../../src/core/errors";
import { WORK_LIMITS, WORK_RULES, type WorkKind } from "../../../src/core/work";

/** Ended pieces that one call forgets at most. */
const BATCH = 100;
const RETRY_SECONDS = 10;

interface Counts {
  open: number;
  openChars: number;
  ended: number;
  endedChars: number;
}

/** How much work is open and kept, counted once and carried on in memory: what the limits on both are held to. */
export class WorkTally {
  private counts: Counts | null = null;

  constructor(
    private readonly sql: SqlStorage,
    /** Told of each piece that is forgotten, in the same write. */
    private readonly forgotten: (id: string) => void,
  ) {}

  /** Throws `work_limit_reached` where so much work waits that nothing can be added. */
  admit(chars: number): void {
    const { open, openChars } = this.load();
    if (open < WORK_LIMITS.open && openChars + chars <= WORK_LIMITS.openChars) return;
    throw tooMuch(open, WORK_LIMITS.open);
  }

  /** Throws `work_limit_reached` where as many pieces of a kind are open as may be. */
  admitKind(kind: WorkKind): void {
    const most = WORK_RULES[kind].open;
    if (most === undefined) return;
    const open = "SELECT 1 FROM work WHERE status IN ('queued','running') AND kind = ? LIMIT ?";
    if (this.sql.exec(open, kind, most).toArray().length >= most) throw tooMuch(most, most);
  }

  opened(chars: number): void {
    const { counts } = this;
    if (!counts) return;
    counts.open++;
    counts.openChars += chars;
  }

  /** The request of an open piece has become longer. */
  changed(moreChars: number): void {
    if (this.counts) this.counts.openChars += moreChars;
  }

  ended(requestChars: number, chars: number): void {
    const { counts } = this;
    if (!counts) return;
    counts.open--;
    counts.openChars -= requestChars;
    counts.ended++;
    counts.endedChars += chars;
  }

  /** Counted anew when it is next asked for. */
  forget(): void {
    this.counts = null;
  }

  /** Forgets ended work that is too old or too much, the oldest first; gives when there will be more to forget. */
  purge(nowMs: number): number | null {
    const counts = this.load();
    for (let forgotten = 0; forgotten < BATCH; forgotten++) {
      const oldest = this.oldest();
      if (!oldest) return null;
      const isTooMuch = counts.ended > WORK_LIMITS.kept || counts.endedChars > WORK_LIMITS.keptChars;
      const endMs = oldest.updatedMs + WORK_LIMITS.keptMs;
      if (!isTooMuch && endMs > nowMs) return endMs;
      this.sql.exec("DELETE FROM work WHERE seq = ?", oldest.seq);
      this.forgotten(oldest.id);
      counts.ended--;
      counts.endedChars -= oldest.chars;
    }
    return nowMs;
  }

  private oldest() {
    return this.sql
      .exec<{ seq: number; id: string; updatedMs: number; chars: number }>(
        `SELECT seq, id, updated_ms AS updatedMs, chars FROM work INDEXED BY work_ended WHERE status NOT IN ('queued','running')
          ORDER BY seq LIMIT 1`,
      )
      .toArray()[0];
  }

  private load(): Counts {
    this.counts ??= this.sql
      .exec<{ open: number; openChars: number; ended: number; endedChars: number }>(
        `SELECT count(*) FILTER (WHERE isOpen) AS open, coalesce(sum(chars) FILTER (WHERE isOpen), 0) AS openChars,
          count(*) FILTER (WHERE NOT isOpen) AS ended, coalesce(sum(chars) FILTER (WHERE NOT isOpen), 0) AS endedChars
          FROM (SELECT status IN ('queued','running') AS isOpen, chars FROM work)`,
      )
      .one();
    return this.counts;
  }
}

const tooMuch = (open: number, limit: number) =>
  fail("work_limit_reached", `${open} pieces of work have not ended yet; more are taken when some have.`, {
    retryAfterSeconds: RETRY_SECONDS,
    extra: { limit },
  });
