import type { WriteReport } from "../../../src/core/write-report";
import { tenantObject } from "../../../src/platform/objects";
import type { Identity, StreamStore } from "../stream-store";
import type { CommittedRow } from "./appends";

/** The first write after a pause is told within this time, while the object is awake anyway: its alarm wakes nobody. */
const TELL_MS = 10_000;
/** And others no more often than this: a report is a row of the tenant's. */
const TELL_EVERY_MS = 300_000;

/**
 * Tells the tenant what this shard stored and how long that took. What was stored is what the log says and survives
 * everything; times are kept in memory until they are told, so that an eviction loses some.
 */
export class WriteReports {
  /** Whose stream the memory below speaks of. */
  private identity: Identity | null = null;
  /** When the tenant is to be told; null: it knows. A former life of this object may have been cut off before it told. */
  private tellMs: number | null = 0;
  private toldMs = 0;
  private timed = { writes: 0, ms: 0 };

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
    /** Resolves when all that was committed is durable. */
    private readonly durable: () => Promise<void>,
  ) {}

  /** Rows were committed. Gives when (ms) the alarm is to tell of them. */
  stored(): number | null {
    if (!this.isOpen()) return null;
    const now = Date.now();
    this.tellMs = this.tellMs || Math.max(now + TELL_MS, this.toldMs + TELL_EVERY_MS);
    return this.tellMs;
  }

  /** Times writes to where they are durable. One clock for both ends: it moves with the waits, also where it stands still during work. */
  async time(rows: readonly CommittedRow[]): Promise<void> {
    await this.durable();
    const storedMs = Date.now();
    for (const { arrivedMs } of rows) this.timed.ms += Math.max(0, storedMs - arrivedMs);
    this.timed.writes += rows.length;
  }

  /** When there is something to tell. */
  next(): number | null {
    // What a former life may not have told waits for an alarm that rings anyway.
    return this.isOpen() && this.tellMs !== 0 ? this.tellMs : null;
  }

  /** What there is to tell now; null without a stream, or before its first write. Times are given once. */
  take(): WriteReport | null {
    if (!this.isOpen()) return null;
    const { streamId, shard, epoch, bornMs } = this.identity!;
    const marks = [...this.store.engine.written];
    if (marks.length === 0) return null;
    const { timed } = this;
    this.timed = { writes: 0, ms: 0 };
    return { holder: { streamId, shard }, epoch, bornMs, marks, timed };
  }

  async run(nowMs: number): Promise<void> {
    if (this.isOpen() && this.tellMs !== null && this.tellMs <= nowMs) await this.tell(nowMs);
  }

  /** Told twice, it is the same: what did not get there is told again. */
  async tell(nowMs: number): Promise<void> {
    const report = this.take();
    this.tellMs = null;
    this.toldMs = nowMs;
    if (!report) return;
    const { tenantId } = this.identity!;
    try {
      await tenantObject(this.env, tenantId).noteWrites(report);
    } catch {
      this.tellMs ??= nowMs + TELL_EVERY_MS;
    }
  }

  /** Whether there is a stream. Memory is of one that was not erased since. */
  private isOpen(): boolean {
    const identity = this.store.identity();
    if (identity !== this.identity) {
      this.identity = identity;
      this.tellMs = 0;
      this.toldMs = 0;
      this.timed = { writes: 0, ms: 0 };
    }
    return identity !== null;
  }
}
