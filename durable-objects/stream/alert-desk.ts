import { newId } from "../../src/core/ids";
import { type Result, unwrap } from "../../src/core/result";
import { hubObject } from "../../src/platform/objects";
import type { Frame } from "../../src/streams/frame";
import { nextTurn } from "../shared/next-turn";
import { Outbox, OutboxDrain, type OutboxEvent } from "../shared/outbox";
import { alertEvent } from "./alert-event";
import { Judge } from "./judge";
import type { StreamStore } from "./stream-store";

/** Judges readings when they are stored, and hands what it finds to the tenant's hub: exactly once in effect. */
export class AlertDesk {
  readonly outbox: Outbox;
  private readonly judge: Judge;
  /** Frames that are stored and not yet judged, in their order. */
  private unjudged: Frame[] = [];
  private readonly drainage: OutboxDrain;

  constructor(
    private readonly env: Env,
    sql: SqlStorage,
    private readonly store: StreamStore,
    /** Tells those who listen at the stream itself. */
    private readonly tell: (event: string) => void,
  ) {
    this.outbox = new Outbox(sql);
    this.drainage = new OutboxDrain(this.outbox, (events) => this.send(events));
    this.judge = new Judge(store);
  }

  /** Before a frame is stored: what stands now is what its readings are judged against. */
  prepare(frame: Frame, detect: boolean): void {
    if (detect) this.judge.prepare(frame);
    else this.judge.forget();
  }

  /** Points went that detectors saw. */
  forget(): void {
    this.judge.forget();
  }

  stored(frame: Frame): void {
    this.unjudged.push(frame);
  }

  /** Everything was erased. */
  erased(): void {
    this.unjudged = [];
    this.judge.forget();
    this.drainage.forget();
  }

  /** When the outbox wants to be tried again. */
  next(): number | null {
    return this.drainage.next();
  }

  async judgeAll(): Promise<void> {
    // The answer goes first.
    await nextTurn();
    const frames = this.unjudged;
    this.unjudged = [];
    const identity = this.store.identity();
    if (!identity || frames.length === 0) return;
    const found = frames.flatMap((frame) => this.judge.judge(frame));
    if (found.length === 0) return;
    const now = Date.now();
    const events = found.map((judged) => alertEvent(newId("alert"), now, identity.streamId, judged));
    this.store.transaction(() => {
      // Also greater than any mark of a stream of this name that was erased.
      let mark = Math.max(this.store.meta<number>("mark") ?? 0, now * 1_000);
      for (const event of events) this.outbox.put(++mark, event);
      this.store.setMeta("mark", mark);
    });
    for (const event of events) this.tell(event);
    await this.drain();
  }

  /** Hands the outbox to the hub; what it did not take is tried again later. */
  async drain(): Promise<void> {
    if (this.store.identity()) await this.drainage.run();
  }

  private async send(events: OutboxEvent[]): Promise<number | null> {
    const identity = this.store.identity();
    if (!identity) return null;
    const { tenantId, streamId, shard } = identity;
    const source = `stream:${streamId}:${shard}`;
    const taken: Result<{ mark: number }> = await hubObject(this.env, tenantId).publish({
      tenantId,
      source,
      events,
    });
    return this.store.identity() === identity ? unwrap(taken).mark : null;
  }
}
