import { unwrap } from "../../../src/core/result";
import {
  type FilledUpload,
  type NewWork,
  type TurnMessage,
  WORK_LIMITS,
  WORK_QUEUES,
  type WorkCheckpoint,
  type WorkClaim,
  type WorkItem,
  type WorkOutcome,
  type WorkQueue,
} from "../../../src/core/work";
import { hubObject } from "../../../src/platform/objects";
import { Outbox, OutboxDrain } from "../../shared/outbox";
import { WorkList } from "./list";
import { Turns } from "./turns";
import { Uploads } from "./uploads";

/** Pause after a queue took no message. */
const RESEND_MS = 5_000;
const SOURCE = "work";

interface OpenTurn {
  queue: WorkQueue;
  turn: number;
}

/**
 * Hands the tenant's work out and takes back what came of it. One place decides how many messages are under way, and an
 * end and its events are stored in one write, so that nothing is done twice or told twice, however often it is delivered.
 */
export class WorkDesk {
  readonly list: WorkList;
  private readonly uploads: Uploads;
  private readonly turns: Turns;
  private readonly outbox: Outbox;
  private readonly drainage: OutboxDrain;
  private resendMs: number | null = null;
  private purgeMs: number | null = null;

  constructor(
    private readonly env: Env,
    private readonly storage: DurableObjectStorage,
    private readonly tenantId: () => string,
    /** The next mark of an event: greater than any before. */
    private readonly nextMark: () => number,
    /** Told of bytes in R2 that no work reads any more and that are deleted. */
    giveBack: (storedBytes: number) => void,
  ) {
    this.uploads = new Uploads(storage.sql, env.UPLOADS, giveBack);
    this.list = new WorkList(storage.sql, this.uploads);
    this.turns = new Turns(storage.sql);
    Outbox.createTables(storage.sql);
    this.outbox = new Outbox(storage.sql);
    this.drainage = new OutboxDrain(this.outbox, async (events) => {
      const call = { tenantId: tenantId(), source: SOURCE, events };
      return unwrap<{ mark: number }>(await hubObject(env, tenantId()).publish(call)).mark;
    });
  }

  /** Makes room for new work. Throws `work_limit_reached` where too much waits already: what its request does itself does not wait. */
  admit({ kind, status, request }: Pick<NewWork, "kind" | "status" | "request">, nowMs: number): void {
    this.purgeMs = this.list.purge(nowMs);
    this.list.admitKind(kind);
    if (status === "queued") this.list.admit(request.length);
  }

  /**
   * The next piece of a turn, which ends where there is none. Null also where the turn is over, or somebody is at a piece
   * of it: its message was delivered twice, or whoever took it first has died, which its lease will show.
   */
  claim(turn: number, nowMs: number): WorkItem | null {
    const known = this.turns.find(turn);
    if (!known || this.list.claims.isHeld(known.last, nowMs)) return null;
    const item = this.list.claims.claim(known.queue, nowMs);
    if (item) this.turns.take(turn, item, nowMs);
    else this.turns.end(turn);
    return item;
  }

  /** A slice is done: if there is more, the tenant queues up again. */
  endTurn(turn: number, nowMs: number): void {
    if (!this.list.claims.isHeld(this.turns.find(turn)?.last ?? null, nowMs)) this.turns.end(turn);
  }

  progress(claim: WorkClaim, progress: string, events: readonly string[], nowMs: number): void {
    this.storage.transactionSync(() => {
      if (this.list.claims.progress(claim, progress, nowMs)) this.tell(events);
    });
  }

  /** Stores what work under way has found, and keeps its events: all of it or nothing. */
  checkpoint(
    claim: WorkClaim,
    checkpoint: WorkCheckpoint,
    events: readonly string[],
    nowMs: number,
  ): WorkItem {
    return this.storage.transactionSync(() => {
      const item = this.list.claims.checkpoint(claim, checkpoint, nowMs);
      this.tell(events);
      return item;
    });
  }

  expectUpload(claim: WorkClaim, key: string): void {
    this.storage.transactionSync(() => this.list.expectUpload(claim, key));
  }

  fillUpload(claim: WorkClaim, filled: FilledUpload, nowMs: number): WorkItem {
    return this.storage.transactionSync(() => this.list.fillUpload(claim, filled, nowMs));
  }

  /** Ends work and keeps its events, once; `ended` hears of it in the same write. */
  finish(
    claim: WorkClaim,
    outcome: WorkOutcome,
    events: readonly string[],
    nowMs: number,
    ended: (item: WorkItem) => void = () => {},
  ): WorkItem {
    return this.storage.transactionSync(() => {
      const { item, isFirst } = this.list.finish(claim, outcome, nowMs);
      // Also of a tenant that never comes back.
      this.purgeMs ??= nowMs + WORK_LIMITS.keptMs;
      if (isFirst) {
        this.tell(events);
        ended(item);
      }
      return item;
    });
  }

  /** Opens a turn for each piece that nobody comes for yet, up to the tenant's number of them; each wants its message. */
  openTurns(nowMs: number): OpenTurn[] {
    return WORK_QUEUES.flatMap((queue) => {
      const due = this.list.claims.due(queue, nowMs, WORK_LIMITS.turns);
      const { all, idle } = this.turns.count(queue);
      const wanted = Math.max(0, Math.min(due - idle, WORK_LIMITS.turns - all));
      return Array.from({ length: wanted }, () => ({ queue, turn: this.turns.begin(queue, nowMs) }));
    });
  }

  /** Sends the messages of turns; of those that a queue did not take the alarm opens others. */
  async send(turns: readonly OpenTurn[], nowMs: number): Promise<void> {
    for (const { queue, turn } of turns) {
      const message: TurnMessage = { kind: "work", tenant_id: this.tenantId(), turn };
      try {
        await (queue === "analyze" ? this.env.ANALYZE : this.env.EXTRACT).send(message);
      } catch {
        this.turns.end(turn);
        this.resendMs = nowMs + RESEND_MS;
      }
    }
  }

  /** Hands the events to the hub. */
  drain(): Promise<void> {
    return this.drainage.run();
  }

  /** What the alarm does: turns that were lost, events that were not taken, work that is too old and what it has read. */
  async ring(nowMs: number): Promise<void> {
    this.turns.endLost(nowMs);
    this.resendMs = null;
    await this.send(this.openTurns(nowMs), nowMs);
    await this.drain();
    this.purgeMs = this.list.purge(nowMs);
    await this.uploads.sweep(nowMs);
  }

  /** When {@link ring} has something to do. */
  next(nowMs: number): (number | null)[] {
    return [
      this.resendMs,
      this.turns.nextMs(),
      ...WORK_QUEUES.map((queue) => this.list.claims.nextDueMs(queue, nowMs)),
      this.drainage.next(),
      this.purgeMs,
      this.uploads.next(nowMs),
    ];
  }

  /** Everything goes, also what is on its way to the hub; resolves when nothing is. */
  async erase(): Promise<number> {
    const count = this.list.erase();
    this.turns.erase();
    this.outbox.erase();
    await this.drainage.run();
    this.drainage.forget();
    return count;
  }

  private tell(events: readonly string[]): void {
    for (const event of events) this.outbox.put(this.nextMark(), event);
  }
}
