import { WORK_LIMITS, type WorkClaim, type WorkQueue } from "../../../src/core/work";

/** Turns with the piece that each is at, unless another has claimed it. */
const LIVES =
  "turns LEFT JOIN work ON work.id = turns.work_id AND work.claim = turns.claim AND work.status = 'running'";
/** At a piece, a turn lives as long as its lease, which progress renews. */
const LOST_AT = `max(turns.touched_ms + ${WORK_LIMITS.leaseMs}, coalesce(work.due_ms, 0))`;

/**
 * Messages of the tenant that are under way in a queue. Each stands for a turn: a bounded slice of work, after which the
 * tenant queues up again behind the others. So a tenant with 1,000 pieces has a handful of messages in the queue, and a
 * message delivered again after its turn finds nothing to do.
 */
export class Turns {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS turns(id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, touched_ms INTEGER NOT NULL,
      work_id TEXT, claim INTEGER)`);
  }

  begin(queue: WorkQueue, nowMs: number): number {
    return this.sql
      .exec<{ id: number }>("INSERT INTO turns(queue, touched_ms) VALUES(?,?) RETURNING id", queue, nowMs)
      .one().id;
  }

  /** The queue of a turn and the claim it made last; null where the turn is over. */
  find(id: number): { queue: WorkQueue; last: WorkClaim | null } | null {
    const turn = this.sql
      .exec<{ queue: WorkQueue; workId: string | null; claim: number | null }>(
        "SELECT queue, work_id AS workId, claim FROM turns WHERE id = ?",
        id,
      )
      .toArray()[0];
    if (!turn) return null;
    const { queue, workId, claim } = turn;
    return { queue, last: workId === null || claim === null ? null : { id: workId, claim } };
  }

  /** Notes what a turn is at: it lives on. */
  take(id: number, { id: workId, claim }: WorkClaim, nowMs: number): void {
    this.sql.exec(
      "UPDATE turns SET work_id = ?, claim = ?, touched_ms = ? WHERE id = ?",
      workId,
      claim,
      nowMs,
      id,
    );
  }

  end(id: number): void {
    this.sql.exec("DELETE FROM turns WHERE id = ?", id);
  }

  /** Turns of a queue, and how many of them are not at work: under way, or between two pieces. */
  count(queue: WorkQueue): { all: number; idle: number } {
    return this.sql
      .exec<{ all: number; idle: number }>(
        `SELECT count(*) AS "all", count(*) FILTER (WHERE work.id IS NULL) AS idle FROM ${LIVES} WHERE turns.queue = ?`,
        queue,
      )
      .one();
  }

  /** Ends those that nobody has heard of for long: their message is lost, or whoever took them has died. */
  endLost(nowMs: number): void {
    this.sql.exec(
      `DELETE FROM turns WHERE id IN (SELECT turns.id FROM ${LIVES} WHERE ${LOST_AT} <= ?)`,
      nowMs,
    );
  }

  /** When the next one counts as lost; null where none is under way. */
  nextMs(): number | null {
    return this.sql.exec<{ at: number | null }>(`SELECT min(${LOST_AT}) AS at FROM ${LIVES}`).one().at;
  }

  erase(): void {
    this.sql.exec("DELETE FROM turns");
  }
}
