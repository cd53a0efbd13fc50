import type { Frame } from "../frame";
import { concerns, type LiveFilter } from "./filter";
import { acknowledged, type Flow, room, sent } from "./flow";
import { type Gap, gapMessage, joined, noGap } from "./gap";
import { LIVE_LIMITS } from "./limits";
import { type Batch, gapOf, RecentRows } from "./recent-rows";

/** One reader. It holds no rows: only where it stands in the recent ones, and what it missed. */
export interface Subscriber {
  readonly filter: LiveFilter;
  /** Of `filter`. */
  readonly key: string;
  readonly flow: Flow;
  gap: Gap | null;
  /** The number of the row that it waits for. */
  next: number;
  send(text: string): void;
  /** Keeps `flow` and the gap with the connection: the object may be evicted from here on. */
  save(gap: Gap | null): void;
}

/** Time as it is passed in: a test turns it by hand. */
export interface Timing {
  nowMs(): number;
  after(ms: number, run: () => void): void;
}

/**
 * Spreads rows and alerts. The first rows after a rest go out at once; from then on one timer gives every subscriber at
 * most one frame a slot, until a slot passes in which nothing was due.
 */
export class FanOut {
  readonly subscribers = new Set<Subscriber>();
  private readonly recent = new RecentRows();
  /** Whose flow or gap is not kept yet. */
  private readonly unsaved = new Set<Subscriber>();
  private isTicking = false;

  constructor(private readonly timing: Timing) {}

  join(subscriber: Subscriber): void {
    subscriber.next = this.recent.end;
    this.subscribers.add(subscriber);
    if (subscriber.gap) this.wake();
  }

  leave(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.unsaved.delete(subscriber);
  }

  points(frame: Frame): void {
    if (this.subscribers.size === 0) return;
    this.recent.add(frame, (old, first) => this.forgotten(old, first));
    this.wake();
  }

  /** `event`: JSON of the alert as the hub gives it. Its own `type` becomes `alert_type`. */
  alert(event: string): void {
    if (this.subscribers.size === 0) return;
    const alert = JSON.parse(event) as Record<string, unknown>;
    for (const subscriber of this.subscribers) {
      if (!concerns(subscriber.filter, alert)) continue;
      const text = JSON.stringify({
        ...alert,
        type: "alert",
        alert_type: alert.type,
        seq: subscriber.flow.seq + 1,
      });
      if (room(subscriber.flow, this.timing.nowMs()) >= text.length) this.deliver(subscriber, text);
      else this.miss(subscriber, { ...noGap(), alerts: 1 });
    }
    this.wake();
  }

  /** False where no such message was sent. */
  acknowledge(subscriber: Subscriber, seq: number): boolean {
    if (!acknowledged(subscriber.flow, seq)) return false;
    this.unsaved.add(subscriber);
    this.wake();
    return true;
  }

  private wake(): void {
    if (this.isTicking) return;
    this.isTicking = true;
    this.tickAfter(0);
  }

  private tickAfter(ms: number): void {
    this.timing.after(ms, () => {
      try {
        this.tick();
      } catch (error) {
        // The next points start it again: a mistake of ours must not silence the stream.
        this.isTicking = false;
        throw error;
      }
    });
  }

  private tick(): void {
    const batches = new Map<string, Batch>();
    let isBusy = false;
    for (const subscriber of this.subscribers) {
      if (!this.isBehind(subscriber)) continue;
      const { flow } = subscriber;
      if (room(flow, this.timing.nowMs()) < LIVE_LIMITS.roomChars) {
        // The silent reader's room grows with time, the other's with its next acknowledgement.
        if (!flow.acknowledges) isBusy = true;
        continue;
      }
      this.tell(subscriber, batches);
      isBusy = true;
    }
    if (isBusy) this.tickAfter(LIVE_LIMITS.slotMs);
    else this.rest();
  }

  private tell(subscriber: Subscriber, batches: Map<string, Batch>): void {
    const { flow, key, filter } = subscriber;
    if (subscriber.gap) {
      this.deliver(subscriber, gapMessage(flow.seq + 1, subscriber.gap));
      subscriber.gap = null;
    }
    if (subscriber.next === this.recent.end) return;
    const maxChars = Math.min(LIVE_LIMITS.messageChars, room(flow, this.timing.nowMs()));
    const asked = `${subscriber.next} ${maxChars} ${key}`;
    const batch = batches.get(asked) ?? this.recent.batch(subscriber.next, filter, maxChars);
    batches.set(asked, batch);
    subscriber.next = this.recent.end;
    const { texts, dropped } = batch;
    if (texts.length === 0 && dropped === 0) return;
    const tail = dropped > 0 ? `,"dropped":${dropped}` : "";
    this.deliver(subscriber, `{"type":"points","seq":${flow.seq + 1},"points":[${texts.join(",")}]${tail}}`);
  }

  private deliver(subscriber: Subscriber, text: string): void {
    sent(subscriber.flow, text.length, this.timing.nowMs());
    this.unsaved.add(subscriber);
    subscriber.send(text);
  }

  /** Rows leave the recent ones: who still waits for them gets a gap in their place. */
  private forgotten(frame: Frame, first: number): void {
    const gaps = new Map<string, Gap | null>();
    const end = first + frame.times.length;
    for (const subscriber of this.subscribers) {
      if (subscriber.next >= end) continue;
      const from = Math.max(0, subscriber.next - first);
      const asked = `${from} ${subscriber.key}`;
      const known = gaps.get(asked);
      const gap = known === undefined ? gapOf(frame, from, subscriber.filter) : known;
      gaps.set(asked, gap);
      this.miss(subscriber, gap);
      subscriber.next = end;
    }
  }

  private miss(subscriber: Subscriber, gap: Gap | null): void {
    subscriber.gap = joined(subscriber.gap, gap);
    this.unsaved.add(subscriber);
  }

  /** Nothing is due. What a reader without room has not got is a gap to it, should the object be evicted now. */
  private rest(): void {
    this.isTicking = false;
    for (const subscriber of this.subscribers) {
      if (!this.unsaved.has(subscriber) && !this.isBehind(subscriber)) continue;
      const waiting = this.recent.gapFrom(subscriber.next, subscriber.filter);
      subscriber.save(joined(subscriber.gap, waiting));
    }
    this.unsaved.clear();
  }

  private isBehind(subscriber: Subscriber): boolean {
    return subscriber.gap !== null || subscriber.next < this.recent.end;
  }
}
