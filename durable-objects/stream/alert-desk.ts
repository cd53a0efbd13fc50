import { newId } from "../../src/core/ids";
import type { Result } from "../../src/core/result";
import { hubObject } from "../../src/platform/objects";
import type { Frame } from "../../src/streams/frame";
import { nextTurn } from "../shared/next-turn";
import { alertEvent } from "./alert-event";
import { Judge } from "./judge";
import { Outbox } from "./outbox";
import type { Identity, StreamStore } from "./stream-store";

const RETRY_MS = { first: 1_000, most: 300_000 };

/** Judges readings when they are stored, and hands what it finds to the tenant's hub: exactly once in effect. */
export class AlertDesk {
  readonly outbox: Outbox;
  private readonly judge: Judge;
  /** Frames that are stored and not yet judged, in their order. */
  private unjudged: Frame[] = [];
  private draining = false;
  private failures = 0;
  private retryMs: number | null = null;

  constructor(
    private readonly env: Env,
    sql: SqlStorage,
    private readonly store: StreamStore,
    /** Tells those who listen at the stream itself. */
    private readonly tell: (event: string) => void,
  ) {
    this.outbox = new Outbox(sql);
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
    this.retryMs = null;
  }

  /** When the outbox wants to be tried again. */
  next(): number | null {
    return this.retryMs;
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
    const identity = this.store.identity();
    if (this.draining || !identity) return;
    this.draining = true;
    try {
      await this.send(identity);
      this.failures = 0;
      this.retryMs = null;
    } catch {
      this.retryMs = Date.now() + Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.failures++);
    } finally {
      this.draining = false;
    }
  }

  private async send(identity: Identity): Promise<void> {
    const { tenantId, streamId, shard } = identity;
    for (let events = this.outbox.batch(); events.length > 0; events = this.outbox.batch()) {
      const taken: Result<{ mark: number }> = await hubObject(this.env, tenantId).publish({
        tenantId,
        source: `stream:${streamId}:${shard}`,
        events,
      });
      if (this.store.identity() !== identity) return;
      if (!taken.ok) throw new Error(taken.failure.code);
      this.outbox.delivered(taken.value.mark);
      // A hub that takes nothing is as good as one that does not answer.
      if (taken.value.mark < events[0]!.mark) throw new Error("the hub took no event");
    }
  }
}
