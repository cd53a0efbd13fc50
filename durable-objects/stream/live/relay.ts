import { streamObject } from "../../../src/platform/objects";
import { decodeFrame, encodeFrame, type Frame } from "../../../src/streams/frame";
import type { Shards } from "../shards";
import type { StreamStore } from "../stream-store";
import type { LiveSockets } from "./sockets";

/** For how long a shard passes on what it stores, and when shard 0 asks anew: a call that fails leaves time for another. */
const FOLLOW_MS = 90_000;
const RENEW_MS = 30_000;

/** What a shard passes on to those who listen at shard 0. */
export interface Relayed {
  /** Column frames, with the times that rows got. */
  frames: Uint8Array[];
  alerts: string[];
}

/**
 * Live sockets hang on shard 0; while there are some, the other shards pass on what they store. Best effort from shard to
 * shard, as from the stream to a socket: what must not be missed is read from the data.
 */
export class LiveRelay {
  private askedMs = 0;

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
    private readonly shards: Shards,
    private readonly live: LiveSockets,
  ) {}

  /** When shard 0 must ask the others again; null where nobody listens, or there are no others. */
  next(): number | null {
    return this.live.next() !== null && this.shards.others().length > 0 ? this.askedMs + RENEW_MS : null;
  }

  /** Asks the other shards to pass on what they store, if it is time to. */
  async ask(nowMs: number): Promise<void> {
    const due = this.next();
    if (due === null || due > nowMs) return;
    this.askedMs = nowMs;
    const { tenantId, streamId } = this.store.identity()!;
    const untilMs = nowMs + FOLLOW_MS;
    await Promise.all(
      this.shards
        .others()
        .map((shard) => streamObject(this.env, tenantId, streamId, shard).passOn({ untilMs })),
    );
  }

  /** At another shard: kept in storage, for it may be evicted between two writes. */
  passOn(untilMs: number): void {
    if (this.store.identity()) this.store.transaction(() => this.store.setMeta("followed_ms", untilMs));
  }

  /** At shard 0: what another shard passed on. */
  take({ frames, alerts }: Relayed): void {
    for (const bytes of frames) {
      const frame = decodeFrame(bytes);
      if (frame) this.live.points(frame);
    }
    for (const alert of alerts) this.live.alert(alert);
  }

  async points(frames: readonly Frame[]): Promise<void> {
    if (this.isFollowed()) await this.send({ frames: frames.map(encodeFrame), alerts: [] });
  }

  async alert(event: string): Promise<void> {
    if (this.isFollowed()) await this.send({ frames: [], alerts: [event] });
  }

  private isFollowed(): boolean {
    const identity = this.store.identity();
    return (
      identity !== null && identity.shard !== 0 && (this.store.meta<number>("followed_ms") ?? 0) > Date.now()
    );
  }

  private async send(relayed: Relayed): Promise<void> {
    const { tenantId, streamId } = this.store.identity()!;
    await streamObject(this.env, tenantId, streamId)
      .relayed(relayed)
      .catch(() => {});
  }
}
