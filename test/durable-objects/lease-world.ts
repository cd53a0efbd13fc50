import { type HolderParts, StreamLease } from "../../durable-objects/stream/admission/stream-lease";
import { Budgets } from "../../durable-objects/tenant/admission/budgets";
import { LeaseBook, type Terms } from "../../durable-objects/tenant/admission/lease-book";
import { StorageLedger } from "../../durable-objects/tenant/admission/storage-ledger";
import type { Grant, LeaseRequest } from "../../src/core/admission";
import { attempt, type Result } from "../../src/core/result";
import { seededRandom } from "../support/series";

/** How the world treats messages, and how often. */
export interface Weather {
  mostDelayMs: number;
  /** The share of messages that get lost, on the way there or back. */
  lost: number;
  /** The share of leases whose grant gets lost on its way back, and nothing else. */
  lostGrants?: number;
}

export interface Served {
  atMs: number;
  holder: number;
  tokenId: string;
  epoch: number;
}

class Actor {
  bytes = 0;
  lease: StreamLease;
  clockOffsetMs = 0;

  constructor(private readonly parts: Omit<HolderParts, "storedBytes">) {
    this.lease = this.born();
  }

  /** Loses its memory and keeps its bytes. */
  crash(): void {
    this.lease = this.born();
  }

  private born(): StreamLease {
    return new StreamLease({ ...this.parts, storedBytes: () => this.bytes });
  }
}

/**
 * A tenant and its holders in one process, with a clock of its own: messages take a random time or get lost, everybody
 * may crash. The same seed gives the same history.
 */
export class World {
  nowMs = 1_800_000_000_000;
  readonly random: () => number;
  readonly holders: Actor[];
  readonly served: Served[] = [];
  readonly refused: { atMs: number; code: string }[] = [];
  /** What the tenant says while nothing is changed; changed by tests in place. */
  terms: Terms = {
    epoch: 1,
    active: true,
    limits: {
      rate_limit_per_minute: 100,
      max_concurrent_streams: 1_000,
      max_storage_mb: 1_000,
      max_strategies_per_hour: 1,
    },
    region: null,
    corsOrigins: null,
  };
  readonly revoked = new Set<string>();
  ledger!: StorageLedger;
  book!: LeaseBook;
  private events: { atMs: number; order: number; run: () => void }[] = [];
  private order = 0;
  private life = 0;

  constructor(
    private readonly sql: SqlStorage,
    seed: number,
    holders: number,
    private readonly weather: Weather,
  ) {
    this.random = seededRandom(seed);
    this.restartTenant(false);
    this.holders = Array.from({ length: holders }, () => this.holder());
  }

  /** The TenantObject's memory is gone; its storage is not. */
  restartTenant(grantedBefore = true): void {
    const life = ++this.life;
    this.ledger = new StorageLedger(this.sql);
    this.book = new LeaseBook(
      {
        budgets: new Budgets(this.sql),
        ledger: this.ledger,
        // A call that was under way in a life that is over gets no answer, and changes nothing any more.
        terms: () => {
          if (life !== this.life) throw new Error("dead");
          return this.terms;
        },
        revoked: () => ({ tokenIds: [...this.revoked], complete: true }),
        recall: ({ streamId }, id) =>
          this.message(() => Promise.resolve(this.holders[Number(streamId)]!.lease.recall(id))),
        now: () => this.nowMs,
        wait: (ms) => new Promise((resolve) => this.at(this.nowMs + ms, resolve)),
      },
      grantedBefore ? this.nowMs + 2_500 : 0,
    );
  }

  at(atMs: number, run: () => void): void {
    this.events.push({ atMs, order: this.order++, run });
  }

  /** One request for a holder; what came of it is noted. */
  async request(index: number, tokenId = "t", bytes: number | null = null): Promise<Result<Grant>> {
    const actor = this.holders[index]!;
    const admission = { tokenId, operator: false, requests: 1 as const, epoch: null, region: null };
    const call = { tenantId: "tenant", streamId: String(index), shard: 0, admission };
    const { lease } = actor;
    const answer = await lease.admit(call, { write: bytes !== null, bytes: bytes ?? 0 });
    // What a crashed object answers reaches nobody.
    if (lease !== actor.lease) return answer;
    if (answer.ok) {
      this.served.push({ atMs: this.nowMs, holder: index, tokenId, epoch: answer.value.epoch });
      actor.bytes += bytes ?? 0;
    } else this.refused.push({ atMs: this.nowMs, code: answer.failure.code });
    return answer;
  }

  /** Lets everything happen that was set for the time up to `untilMs`, or, without it, everything. */
  async run(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    for (;;) {
      this.events.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = this.events[0];
      if (!next || next.atMs > untilMs) break;
      this.events.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      await settled();
    }
    if (Number.isFinite(untilMs)) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  get storedBytes(): number {
    return this.holders.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The most that was served in any window of so long. */
  mostServedWithin(windowMs: number): number {
    let most = 0;
    for (let first = 0, last = 0; last < this.served.length; last++) {
      while (this.served[last]!.atMs - this.served[first]!.atMs >= windowMs) first++;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  private holder(): Actor {
    const actor: Actor = new Actor({
      giver: () => ({
        lease: async (request: LeaseRequest) => {
          const answer = await this.message(() => attempt(() => this.book.lease(request)));
          if (this.random() < (this.weather.lostGrants ?? 0)) throw new Error("lost");
          return answer;
        },
      }),
      now: () => this.nowMs + actor.clockOffsetMs,
      after: (ms, work) => {
        let cancelled = false;
        this.at(this.nowMs + ms, () => cancelled || work());
        return () => {
          cancelled = true;
        };
      },
    });
    return actor;
  }

  /** There and back, each with a delay; a lost one is an error of the caller's, sooner or later. */
  private async message<T>(work: () => Promise<T>): Promise<T> {
    await this.travel();
    const answer = await work();
    await this.travel();
    return answer;
  }

  private travel(): Promise<void> {
    const lost = this.random() < this.weather.lost;
    const delayMs = Math.floor(this.random() * this.weather.mostDelayMs);
    return new Promise((resolve, reject) =>
      this.at(this.nowMs + delayMs, () => (lost ? reject(new Error("lost")) : resolve())),
    );
  }
}

/** Until nothing is left to do at this moment of the world's clock. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}
