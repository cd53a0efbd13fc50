import {
  type Admission,
  type Grant,
  LEASE_MS,
  type Lease,
  type LeaseId,
  type LeaseRequest,
  type Recalled,
} from "../../../src/core/admission";
import { type AppError, fail } from "../../../src/core/errors";
import { failed, type Result } from "../../../src/core/result";
import { tenantObject } from "../../../src/platform/objects";
import { HeldLease, tokensOf, type Want } from "./held-lease";

/** Leases that came too late or were called back before they could be used: then the caller is asked to try again. */
const MOST_TRIES = 6;

/** What a call to an object says of itself. */
export interface AdmittedCall {
  tenantId: string;
  streamId: string;
  shard: number;
  admission: Admission;
}

export type { Want } from "./held-lease";

export interface LeaseGiver {
  lease(request: LeaseRequest): Promise<Result<Lease>>;
}

export interface HolderParts {
  /** Who grants leases to the tenant's streams. */
  giver(tenantId: string, region: string | null): LeaseGiver;
  now(): number;
  /** The object's size, with what was admitted and is not written yet, as far as it knows. */
  storedBytes(): number;
  /** Runs `work` later; gives what cancels it. */
  after(ms: number, work: () => void): () => void;
}

interface Waiter {
  call: AdmittedCall;
  want: Want;
  tries: number;
  resolve(result: Result<Grant>): void;
}

/** The holder in an object of this platform. */
export const streamLease = (env: Env, storedBytes: () => number): StreamLease =>
  new StreamLease({
    giver: (tenantId, region) => tenantObject(env, tenantId, region),
    now: () => Date.now(),
    storedBytes,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });

/**
 * Admits the requests of one shard of a stream from a lease of the tenant's policy: at once while the lease has tokens,
 * room and time, otherwise with a new one, for which all that wait ask together. Who waits is served in order.
 */
export class StreamLease {
  private readonly holding = crypto.randomUUID();
  private held: HeldLease | null = null;
  private waiting: Waiter[] = [];
  private asking = false;
  /** The number of the last lease asked for, and of the last one that was called back, or ran out, before it came. */
  private seq = 0;
  private voidSeq = 0;
  /** The last lease that was given up: what its tenant asks about, or hears with the next request. */
  private spent: { seq: number; unused: number; used: number; atMs: number } | null = null;
  private lastWriteMs: number | null = null;
  private seenMs = 0;
  private cancelTimer = () => {};

  constructor(private readonly parts: HolderParts) {}

  /** Leave for one piece of work. Refusals: those of `refusal`, `tenant_not_found`, `unavailable`. */
  admit(call: AdmittedCall, want: Want): Result<Grant> | Promise<Result<Grant>> {
    const held = this.live();
    const outcome = held && this.decide(held, call, want, false);
    if (outcome) return outcome;
    return new Promise((resolve) => {
      this.waiting.push({ call, want, tries: 0, resolve });
      void this.ask();
    });
  }

  /** Gives a lease up, or, without an id, whatever is held. It is not used after this call. */
  recall(id: LeaseId | null): Recalled {
    return {
      unusedTokens: this.unusedOf(id),
      storedBytes: this.parts.storedBytes(),
      lastWriteMs: this.lastWriteMs,
    };
  }

  /** By how much the object may still grow under its lease. */
  bytesLeft(): number {
    const held = this.live();
    return held?.lease.write === "granted" ? Math.max(0, held.room()) : 0;
  }

  /** The tenant's epoch as the lease says; null without a lease. */
  epoch(): number | null {
    return this.live()?.lease.epoch ?? null;
  }

  private unusedOf(id: LeaseId | null): Recalled["unusedTokens"] {
    if (id === null) {
      this.giveUp();
      // Whatever is still on its way comes from a life of the tenant's object that nobody remembers.
      this.voidSeq = this.seq;
    }
    // An earlier life of this object held it: what that used is not known any more.
    if (id?.holding !== this.holding) return 0;
    if (this.held?.lease.id.seq === id.seq) this.giveUp();
    if (this.spent?.seq === id.seq) return this.spent.unused;
    if (id.seq <= (this.spent?.seq ?? 0)) return 0;
    // Called back before it came.
    this.voidSeq = Math.max(this.voidSeq, id.seq);
    return "all";
  }

  /**
   * The lease, while it lasts. Where the clock went back nobody knows for how long it has; the timer ends it also when
   * the clock went back between two requests.
   */
  private live(): HeldLease | null {
    const now = this.parts.now();
    if (this.held && (now >= this.held.untilMs || now < this.seenMs)) this.giveUp();
    this.seenMs = now;
    return this.held;
  }

  private giveUp(): void {
    if (!this.held) return;
    this.cancelTimer();
    const { lease, tokens } = this.held;
    this.spent = { seq: lease.id.seq, unused: tokens, used: lease.tokens - tokens, atMs: this.seenMs };
    this.held = null;
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.waiting.length > 0) await this.round();
    } finally {
      this.asking = false;
    }
  }

  /** Asks for one lease for all that wait now, and serves whom it can. */
  private async round(): Promise<void> {
    const request = this.request();
    const asked = new Set(this.waiting);
    // Counted from here, not from the answer: the tenant counts from its grant, which comes later (LEASE_MARGIN_MS).
    this.seenMs = this.parts.now();
    const untilMs = this.seenMs + LEASE_MS;
    const end = this.endsAfter(LEASE_MS, request.id.seq);
    const { call } = this.waiting[0]!;
    const answer = await this.parts
      .giver(call.tenantId, call.admission.region)
      .lease(request)
      .catch(() => null);
    if (!answer?.ok) {
      end();
      const noAnswer = answer ?? failed(unavailable().failure);
      for (const waiter of asked) waiter.tries++;
      const retry = answer === null || answer.failure.code === "unavailable";
      this.settle((waiter) =>
        asked.has(waiter) && (!retry || waiter.tries >= MOST_TRIES / 2) ? noAnswer : null,
      );
      return;
    }
    const lease = answer.value;
    this.cancelTimer = end;
    this.held = new HeldLease(lease, untilMs, new Set(request.tokenIds), this.parts.storedBytes);
    // The recall that overtook this answer told the tenant that the lease would not be used.
    if (lease.id.seq <= this.voidSeq) this.giveUp();
    const held = this.live();
    for (const waiter of asked) waiter.tries++;
    this.settle((waiter) => {
      // A recall cannot come in between: nothing here waits.
      const outcome = held && this.decide(held, waiter.call, waiter.want, asked.has(waiter));
      return outcome ?? (waiter.tries >= MOST_TRIES ? failed(unavailable().failure) : null);
    });
  }

  private endsAfter(ms: number, seq: number): () => void {
    return this.parts.after(ms, () => {
      this.voidSeq = Math.max(this.voidSeq, seq);
      if (this.held?.lease.id.seq === seq) this.giveUp();
    });
  }

  private settle(outcomeOf: (waiter: Waiter) => Result<Grant> | null): void {
    this.waiting = this.waiting.filter((waiter) => {
      const outcome = outcomeOf(waiter);
      if (outcome) waiter.resolve(outcome);
      return outcome === null;
    });
  }

  /** The request for a lease; whatever is held is given up with it. */
  private request(): LeaseRequest {
    this.giveUp();
    const { streamId, shard } = this.waiting[0]!.call;
    const writes = this.waiting.filter(({ want }) => want.write).map(({ want }) => want.bytes);
    const tokenIds = new Set(this.waiting.map(({ call }) => call.admission.tokenId));
    return {
      holder: { streamId, shard },
      id: { holding: this.holding, seq: ++this.seq },
      previous: this.spent && { seq: this.spent.seq, unused: this.spent.unused },
      need: this.waiting.reduce((sum, { call }) => sum + tokensOf(call.admission), 0),
      recent: this.spent && this.parts.now() - this.spent.atMs < 2 * LEASE_MS ? this.spent.used : 0,
      write: writes.length > 0 ? { least: Math.min(...writes), sum: sumOf(writes) } : null,
      storedBytes: this.parts.storedBytes(),
      lastWriteMs: this.lastWriteMs,
      tokenIds: [...tokenIds],
    };
  }

  private decide(held: HeldLease, { admission }: AdmittedCall, want: Want, final: boolean) {
    const outcome = held.decide(admission, want, final);
    if (outcome?.ok && want.write) this.lastWriteMs = this.seenMs;
    return outcome;
  }
}

const sumOf = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0);
const unavailable = (): AppError =>
  fail("unavailable", "The tenant's account does not answer; try again.", { retryAfterSeconds: 1 });
