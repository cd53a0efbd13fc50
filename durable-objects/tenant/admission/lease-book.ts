import { type Holder, type Lease, type LeaseRequest, refusal } from "../../../src/core/admission";
import { MINUTE_MS } from "../../../src/core/clock";
import type { Limits } from "../../../src/tenants/tiers";
import { LeasesOut, OUTLIVES_MS, type OutSurroundings } from "./leases-out";
import { keyOf } from "./storage-ledger";

/** Room to grow that is granted beyond what is asked for, far from the edge: a sixteenth of what is left, at most this. */
const ALLOWANCE_BYTES = 4_000_000;
const ALLOWANCE_SHARE = 16;
/** The account's policy at this moment. */
export interface Terms {
  epoch: number;
  active: boolean;
  limits: Limits;
  region: string | null;
  corsOrigins: string[] | null;
}

/** What the book needs of the object around it. */
export interface Surroundings extends OutSurroundings {
  terms(): Terms;
  revoked(asked: string[]): Lease["revoked"];
}

/**
 * Grants leases: tokens of the rate policy, deducted before they are used, and room to store. Before anything is
 * refused for want of either, what others hold and do not use is called back: the edge is exact. What needs a token
 * stands in one queue, so that nobody overtakes and only one such recall is under way.
 *
 * Leases are kept in memory only. After a crash their tokens stay deducted, and a change waits until those that are
 * not known any more must have run out.
 */
export class LeaseBook {
  private readonly out: LeasesOut;
  private turn: Promise<unknown> = Promise.resolve();

  /** `strangersUntilMs`: when the last lease that a former life of the object may have granted has run out. */
  constructor(
    private readonly around: Surroundings,
    private readonly strangersUntilMs: number,
  ) {
    this.out = new LeasesOut(around);
  }

  /** The next lease of a holder. Throws `unavailable` where the holder has asked again since. */
  lease(request: LeaseRequest): Promise<Lease> {
    this.out.takeBack(request);
    return this.inTurn(() => this.grant(request));
  }

  /** Takes one request of the rate policy without a lease; `check` throws where the policy in force forbids it. */
  spend(check: (terms: Terms) => void): Promise<{ terms: Terms; remaining: number; resetSeconds: number }> {
    return this.inTurn(async () => {
      const asked = new Set<string>();
      for (;;) {
        const terms = this.around.terms();
        check(terms);
        const limit = terms.limits.rate_limit_per_minute;
        const now = this.around.now();
        const { remaining, nextMs } = this.left(limit, now);
        const owing = remaining > 0 ? [] : this.out.withTokens(asked);
        if (owing.length === 0) {
          if (remaining === 0) throw refusal.rate(limit, seconds(nextMs));
          const spent = this.around.budgets.spend("rate", MINUTE_MS, limit, now);
          return { terms, remaining: spent.remaining, resetSeconds: seconds(spent.resetMs) };
        }
        await this.out.recall(owing, asked);
      }
    });
  }

  /**
   * Ends every lease under the policy that was in force before this call: resolves when each holder has given its
   * lease up or cannot use it any more. The new policy must be in force already, or a lease under the old one slips by.
   */
  async revise(): Promise<void> {
    const strangers =
      this.strangersUntilMs > this.around.now() ? this.out.until(this.strangersUntilMs) : null;
    await Promise.all([this.out.end(), strangers]);
  }

  /** Asks holders for their true size and unused tokens: RECALLED_AT_ONCE of them, those with the most of either. */
  async measure(): Promise<void> {
    const nobody = new Set<string>();
    await this.out.recall([...this.out.withTokens(nobody), ...this.around.ledger.slack(nobody)], nobody);
  }

  /** Asks the holders that may have been written to since their leases were granted when that was. */
  async measureWrites(): Promise<void> {
    await this.out.recall(this.out.writers(), new Set());
  }

  /** Counts an upload. Throws `storage_limit_reached` where there is no room for it. */
  async storeUpload(bytes: number, limits: Limits): Promise<void> {
    const { ledger } = this.around;
    if (ledger.storeUpload(bytes, limits)) return;
    await this.measure();
    if (!ledger.storeUpload(bytes, limits)) throw refusal.storage(limits.max_storage_mb);
  }

  /** Calls back what one stream holds. */
  async recallStream(streamId: string): Promise<void> {
    const all = [...this.out.holders(), ...this.around.ledger.holders()];
    const own = all.filter((holder) => holder.streamId === streamId);
    await this.out.recall(own, new Set());
  }

  /** Holders whose leases have not run out, by key. */
  live(): ReadonlySet<string> {
    return new Set(this.out.live().map(({ holder }) => keyOf(holder)));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.turn.then(work);
    this.turn = run.catch(() => undefined);
    return run;
  }

  private async grant(request: LeaseRequest): Promise<Lease> {
    const asked = new Set([keyOf(request.holder)]);
    for (;;) {
      const terms = this.around.terms();
      const owing = this.owing(request, terms, asked);
      if (owing.length === 0) return this.allot(request, terms);
      await this.out.recall(owing, asked);
    }
  }

  /** The holders to be asked before this request is refused anything. */
  private owing(request: LeaseRequest, { active, limits }: Terms, asked: ReadonlySet<string>): Holder[] {
    if (!active) return [];
    const { remaining } = this.left(limits.rate_limit_per_minute, this.around.now());
    if (request.need > remaining) {
      const holders = this.out.withTokens(asked);
      if (holders.length > 0) return holders;
    }
    const { write, holder, storedBytes } = request;
    if (!write || storedBytes + write.sum <= this.around.ledger.room(holder, limits)) return [];
    return this.around.ledger.slack(asked);
  }

  private allot(request: LeaseRequest, terms: Terms): Lease {
    const { holder, id, storedBytes } = request;
    const { budgets, ledger } = this.around;
    const now = this.around.now();
    const limit = terms.limits.rate_limit_per_minute;
    const before = this.left(limit, now);
    const need = terms.active ? Math.min(request.need, before.remaining) : 0;
    const spare = terms.active ? spareTokens(before.remaining - need, limit, request.recent) : 0;
    if (need > 0) budgets.spend("rate", MINUTE_MS, limit, now, need);
    if (spare > 0) budgets.spend("rate", MINUTE_MS, limit, now, spare, OUTLIVES_MS);
    const write = this.allotWrite(request, terms, now);
    if (write.write === "granted") ledger.grant(holder, storedBytes, write.bytesUpTo, now);
    const writes = write.write === "granted";
    this.out.add({ holder, id, tokens: need + spare, spare, writes, grantedMs: now });
    const { epoch, active, region, corsOrigins } = terms;
    return {
      ...{ id, epoch, active, region, corsOrigins, ...write },
      tokens: need + spare,
      rate: {
        limit,
        windowSeconds: MINUTE_MS / 1000,
        remaining: before.remaining - need - spare,
        resetSeconds: seconds(before.emptyMs),
      },
      retryAfterSeconds: seconds(before.nextMs),
      quotas: { streams: terms.limits.max_concurrent_streams, storageMb: terms.limits.max_storage_mb },
      revoked: this.around.revoked(request.tokenIds),
    };
  }

  private allotWrite(
    { holder, storedBytes, write }: LeaseRequest,
    { active, limits }: Terms,
    nowMs: number,
  ): Pick<Lease, "write" | "bytesUpTo"> {
    if (!write || !active) return { write: "unasked", bytesUpTo: storedBytes };
    const { ledger } = this.around;
    if (!ledger.mayWrite(holder.streamId, limits, nowMs)) return { write: "streams", bytesUpTo: storedBytes };
    const room = ledger.room(holder, limits);
    // Not granted: the stream does not count as written to.
    if (storedBytes + write.least > room) return { write: "storage", bytesUpTo: storedBytes };
    const asked = storedBytes + write.sum;
    const allowance = Math.max(0, Math.min(ALLOWANCE_BYTES, Math.floor((room - asked) / ALLOWANCE_SHARE)));
    return { write: "granted", bytesUpTo: Math.min(room, asked + allowance) };
  }

  private left(limit: number, nowMs: number) {
    return this.around.budgets.left("rate", MINUTE_MS, limit, nowMs);
  }
}

/** Tokens beyond those asked for: up to twice what was used of late, many while half the budget is left, none near its edge. */
function spareTokens(remaining: number, limit: number, recent: number): number {
  const most = remaining > limit / 2 ? limit / 20 : remaining > limit / 8 ? remaining / 40 : 0;
  return Math.floor(Math.min(2 * recent, most, remaining));
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
