import { fail } from "../../../src/core/errors";
import {
  WORK_LIMITS,
  WORK_RULES,
  type WorkCheckpoint,
  type WorkClaim,
  type WorkItem,
  type WorkQueue,
} from "../../../src/core/work";
import type { Checkpoints } from "./checkpoints";
import { OPEN, type Row, type WorkRows } from "./rows";

/** Claimed work, without what can be large. */
interface Held extends Pick<WorkItem, "kind" | "attempts" | "progress"> {
  dueMs: number;
}

/** Who is at which piece of the tenant's work, and what they store while they are. */
export class WorkClaims {
  constructor(
    private readonly sql: SqlStorage,
    private readonly rows: WorkRows,
    private readonly checkpoints: Checkpoints,
  ) {}

  /** Takes the first in line of those that are due; null where there is none. */
  claim(queue: WorkQueue, nowMs: number): WorkItem | null {
    const next = this.sql
      .exec<{ id: string }>(
        `SELECT id FROM work INDEXED BY work_line WHERE ${OPEN} AND queue = ? AND due_ms <= ? ORDER BY line_ms, seq LIMIT 1`,
        queue,
        nowMs,
      )
      .toArray()[0];
    if (!next) return null;
    this.sql.exec(
      "UPDATE work SET status = 'running', claim = claim + 1, attempts = attempts + 1, due_ms = ?, updated_ms = ? WHERE id = ?",
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      next.id,
    );
    return this.rows.get(next.id);
  }

  /** How many pieces may be claimed now, up to `most`. */
  due(queue: WorkQueue, nowMs: number, most: number): number {
    return this.sql
      .exec(
        `SELECT 1 FROM work INDEXED BY work_due WHERE ${OPEN} AND queue = ? AND due_ms <= ? LIMIT ?`,
        queue,
        nowMs,
        most,
      )
      .toArray().length;
  }

  /** When the first piece of a queue that cannot be taken yet may be; null where there is none. */
  nextDueMs(queue: WorkQueue, nowMs: number): number | null {
    return this.sql
      .exec<{ at: number | null }>(
        `SELECT min(due_ms) AS at FROM work INDEXED BY work_due WHERE ${OPEN} AND queue = ? AND due_ms > ?`,
        queue,
        nowMs,
      )
      .one().at;
  }

  /** Stores how far claimed work has come; true where that is new. */
  progress(claim: WorkClaim, progress: string, nowMs: number): boolean {
    const held = this.held(claim);
    if (!held) return false;
    this.sql.exec(
      "UPDATE work SET progress = ?, due_ms = ?, updated_ms = ? WHERE id = ?",
      progress,
      nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      claim.id,
    );
    return held.progress !== progress;
  }

  /** Whether somebody is at a piece by this claim, and the lease has not run out. */
  isHeld(claim: WorkClaim | null, nowMs: number): boolean {
    const held = claim && this.held(claim);
    return held !== null && held.dueMs > nowMs;
  }

  /**
   * Stores what was found so far and renews the lease, or puts the work behind the others in line. Where it got further its
   * tries count anew; who goes over what was found before, and breaks at the same place each time, has to be given up.
   * Throws `conflict` where the work is not in the hands of this claim any more.
   */
  checkpoint(claim: WorkClaim, { state, progress, release }: WorkCheckpoint, nowMs: number): WorkItem {
    const { id, attempts } = this.claimed(claim);
    const gotFurther = this.checkpoints.save(id, state);
    const begun = release ? 0 : 1;
    this.sql.exec(
      "UPDATE work SET status = ?, attempts = ?, progress = ?, line_ms = iif(?, ?, line_ms), due_ms = ?, updated_ms = ? WHERE id = ?",
      release ? "queued" : "running",
      gotFurther ? begun : attempts,
      progress,
      Number(release),
      nowMs,
      release ? nowMs : nowMs + WORK_LIMITS.leaseMs,
      nowMs,
      id,
    );
    return this.rows.get(id);
  }

  /**
   * Gives back what a claim did not end, for another try after a pause that doubles with each, and is as long as was asked
   * for, within {@link WORK_LIMITS}. False where its tries are used up, and it is for the claim to end; what is not in its
   * hands any more stays as it is.
   */
  release(claim: WorkClaim, nowMs: number, askedMs = 0): boolean {
    const held = this.held(claim);
    if (!held) return true;
    const { attempts, retryMs } = WORK_RULES[held.kind];
    if (held.attempts >= attempts) return false;
    const pauseMs = Math.max(retryMs * 2 ** (held.attempts - 1), Math.min(askedMs, WORK_LIMITS.askedPauseMs));
    this.sql.exec(
      "UPDATE work SET status = 'queued', due_ms = ?, updated_ms = ? WHERE id = ?",
      nowMs + pauseMs,
      nowMs,
      claim.id,
    );
    return true;
  }

  /** Throws `conflict` where the work is not in the hands of this claim any more. */
  claimed({ id, claim }: WorkClaim): WorkItem {
    const item = this.rows.get(id);
    if (item.status !== "running") throw fail("conflict", `The work is ${item.status}.`);
    if (item.claim !== claim) throw fail("conflict", "Another has gone on with the work.");
    return item;
  }

  /** Of work that is in the hands of this claim; null where it is not any more. */
  private held({ id, claim }: WorkClaim): Held | null {
    return (
      this.sql
        .exec<Row<Held>>(
          "SELECT kind, attempts, progress, due_ms AS dueMs FROM work WHERE id = ? AND claim = ? AND status = 'running'",
          id,
          claim,
        )
        .toArray()[0] ?? null
    );
  }
}
