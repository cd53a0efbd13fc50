import {
  type Holder,
  LEASE_MARGIN_MS,
  LEASE_MS,
  type Lease,
  type LeaseId,
  type LeaseRequest,
  type Recalled,
  refusal,
} from "../../src/core/admission";
import { MINUTE_MS } from "../../src/core/clock";
import { fail } from "../../src/core/errors";
import type { Limits } from "../../src/tenants/tiers";
import type { Budgets } from "./budgets";
import { keyOf, type StorageLedger } from "./storage-ledger";

/** Leases recalled at once. A change of policy that would need more waits until they have run out. */
export const RECALLED_AT_ONCE = 100;
/** How long a holder has to hand back tokens of a lease that has run out. */
const SETTLE_MS = 1_000;
/** Room to grow that is granted beyond what is asked for, far from the edge: a sixteenth of what is left, at most this. */
const ALLOWANCE_BYTES = 1_000_000;
const ALLOWANCE_SHARE = 16;
/** A lease is used up to so much later than it is granted. */
const OUTLIVES_MS = LEASE_MS + LEASE_MARGIN_MS;

/** The account's policy at this moment. */
export interface Terms {
  epoch: number;
  active: boolean;
  limits: Limits;
  region: string | null;
  corsOrigins: string[] | null;
}

/** What the book needs of the object around it. */
export interface Surroundings {
  budgets: Budgets;
  ledger: StorageLedger;
  terms(): Terms;
  revoked(asked: string[]): Lease["revoked"];
  /** Asks a holder to give up a lease, or, without an id, whatever it has. */
  recall(holder: Holder, id: LeaseId | null): Promise<Recalled>;
  now(): number;
  wait(ms: number): Promise<void>;
}

interface Outstanding {
  holder: Holder;
  id: LeaseId;
  tokens: number;
  /** How many of the tokens were not asked for: they count from when the lease ends. */
  spare: number;
  writes: boolean;
  grantedMs: number;
  expiresMs: number;
  /** It was asked for its tokens and did not answer. */
  silent: boolean;
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
  private readonly leases = new Map<string, Outstanding>();
  /** The last question to a holder that has not asked for a lease since. */
  private readonly questions = new Map<string, object>();
  private turn: Promise<unknown> = Promise.resolve();
  private prunedMs = 0;

  /** `strangersUntilMs`: when the last lease that a former life of the object may have granted has run out. */
  constructor(
    private readonly around: Surroundings,
    private readonly strangersUntilMs: number,
  ) {}

  /** The next lease of a holder. Throws `unavailable` where the holder has asked again since. */
  lease(request: LeaseRequest): Promise<Lease> {
    this.takeBack(request);
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
        const owing = remaining > 0 ? [] : this.withTokens(asked);
        if (owing.length === 0) {
          if (remaining === 0) throw refusal.rate(limit, seconds(nextMs));
          const spent = this.around.budgets.spend("rate", MINUTE_MS, limit, now);
          return { terms, remaining: spent.remaining, resetSeconds: seconds(spent.resetMs) };
        }
        await this.settle(owing, asked);
      }
    });
  }

  /**
   * Ends every lease under the policy that was in force before this call: resolves when each holder has given its
   * lease up or cannot use it any more. The new policy must be in force already, or a lease under the old one slips by.
   */
  async revise(): Promise<void> {
    const now = this.around.now();
    const live = [...this.leases.values()].filter((lease) => lease.expiresMs > now);
    const end = async ({ holder, id, expiresMs }: Outstanding) => {
      if (live.length > RECALLED_AT_ONCE || !(await this.ask(holder, id, expiresMs)))
        await this.until(expiresMs);
    };
    await Promise.all([
      ...live.map(end),
      ...(this.strangersUntilMs > now ? [this.until(this.strangersUntilMs)] : []),
    ]);
  }

  /** Asks holders for their true size and unused tokens: RECALLED_AT_ONCE of them, those with the most of either. */
  async measure(): Promise<void> {
    const nobody = new Set<string>();
    await this.settle(distinct([...this.withTokens(nobody), ...this.around.ledger.slack(nobody)]), nobody);
  }

  /** Asks the holders that may have been written to since their leases were granted when that was. */
  async measureWrites(): Promise<void> {
    const writers = [...this.leases.values()].filter((lease) => lease.writes && !lease.silent);
    writers.sort((a, b) => b.grantedMs - a.grantedMs);
    const holders = writers.map(({ holder }) => holder);
    await this.settle(holders, new Set());
  }

  /** Calls back what one stream holds. */
  async recallStream(streamId: string): Promise<void> {
    const holders = [...this.leases.values()].map(({ holder }) => holder);
    const own = [...holders, ...this.around.ledger.holders()].filter(
      (holder) => holder.streamId === streamId,
    );
    await this.settle(distinct(own), new Set());
  }

  /** Holders whose leases have not run out, by key. */
  live(): ReadonlySet<string> {
    const now = this.around.now();
    return new Set([...this.leases].filter(([, lease]) => lease.expiresMs > now).map(([key]) => key));
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
      await this.settle(owing, asked);
    }
  }

  /** The holders to be asked before this request is refused anything. */
  private owing(request: LeaseRequest, { active, limits }: Terms, asked: ReadonlySet<string>): Holder[] {
    if (!active) return [];
    const { remaining } = this.left(limits.rate_limit_per_minute, this.around.now());
    if (request.need > remaining) {
      const holders = this.withTokens(asked);
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
    this.prune(now);
    this.leases.set(keyOf(holder), {
      holder,
      id,
      tokens: need + spare,
      spare,
      writes: write.write === "granted",
      grantedMs: now,
      expiresMs: now + OUTLIVES_MS,
      silent: false,
    });
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

  /** A holder that asks for a lease has stopped using the one before it. */
  private takeBack({ holder, id, previous, storedBytes, lastWriteMs }: LeaseRequest): void {
    this.questions.delete(keyOf(holder));
    const lease = this.leases.get(keyOf(holder));
    if (!lease) {
      this.around.ledger.report(holder, storedBytes, lastWriteMs);
      return;
    }
    let unusedTokens: Recalled["unusedTokens"] = 0;
    if (lease.id.holding === id.holding) {
      if (lease.id.seq >= id.seq) throw fail("unavailable", "A later lease was asked for.");
      // One that it does not know of got lost on its way.
      if (!previous || previous.seq < lease.id.seq) unusedTokens = "all";
      else if (previous.seq === lease.id.seq) unusedTokens = previous.unused;
    }
    this.settled(holder, lease.id, { unusedTokens, storedBytes, lastWriteMs });
  }

  /** Recalls from up to RECALLED_AT_ONCE of these holders, and notes them in `asked`. */
  private async settle(holders: Holder[], asked: Set<string>): Promise<void> {
    const now = this.around.now();
    await Promise.all(
      holders.slice(0, RECALLED_AT_ONCE).map(async (holder) => {
        asked.add(keyOf(holder));
        const lease = this.leases.get(keyOf(holder));
        const until = Math.max(lease?.expiresMs ?? 0, now + SETTLE_MS);
        if (!(await this.ask(holder, lease?.id ?? null, until)) && lease) lease.silent = true;
      }),
    );
  }

  /** Whether the holder gave its lease up before `untilMs`. */
  private ask(holder: Holder, id: LeaseId | null, untilMs: number): Promise<boolean> {
    const question = {};
    this.questions.set(keyOf(holder), question);
    const answer = this.around.recall(holder, id).then(
      (recalled) => {
        // An answer older than the holder's last request for a lease says nothing of what it did since.
        if (id !== null || this.questions.get(keyOf(holder)) === question) this.settled(holder, id, recalled);
        return true;
      },
      // No answer is no promise.
      () => false,
    );
    return Promise.race([answer, this.until(untilMs).then(() => false)]);
  }

  /** Never longer than a lease can last, also where the clock has been set back since. */
  private until(untilMs: number): Promise<void> {
    return this.around.wait(Math.max(0, Math.min(untilMs - this.around.now(), OUTLIVES_MS)));
  }

  /** Notes a holder's account of a lease; of one that was settled before, nothing. */
  private settled(holder: Holder, id: LeaseId | null, recalled: Recalled): void {
    const { unusedTokens, storedBytes, lastWriteMs } = recalled;
    const key = keyOf(holder);
    const lease = this.leases.get(key);
    if (lease?.id.holding !== id?.holding || lease?.id.seq !== id?.seq) return;
    this.around.ledger.report(holder, storedBytes, lastWriteMs);
    if (!lease) return;
    this.leases.delete(key);
    const unused = unusedTokens === "all" ? lease.tokens : Math.min(unusedTokens, lease.tokens);
    // Those asked for are used first.
    const spare = Math.min(unused, lease.spare);
    const { budgets } = this.around;
    if (spare > 0) budgets.giveBack("rate", MINUTE_MS, lease.grantedMs, spare, OUTLIVES_MS);
    if (unused > spare) budgets.giveBack("rate", MINUTE_MS, lease.grantedMs, unused - spare);
  }

  /** Holders that may have unused tokens, run out or not, the most first. */
  private withTokens(except: ReadonlySet<string>): Holder[] {
    return [...this.leases]
      .filter(([key, lease]) => lease.tokens > 0 && !lease.silent && !except.has(key))
      .sort(([, a], [, b]) => b.tokens - a.tokens)
      .map(([, { holder }]) => holder);
  }

  private left(limit: number, nowMs: number) {
    return this.around.budgets.left("rate", MINUTE_MS, limit, nowMs);
  }

  /** Forgets leases whose tokens have left the window; once a second is often enough. */
  private prune(nowMs: number): void {
    if (nowMs - this.prunedMs < 1_000) return;
    this.prunedMs = nowMs;
    for (const [key, lease] of this.leases) {
      const keptMs = lease.tokens > 0 || lease.writes ? MINUTE_MS : 0;
      if (nowMs > lease.expiresMs + keptMs) this.leases.delete(key);
    }
  }
}

/** Tokens beyond those asked for: up to twice what was used of late, many while half the budget is left, none near its edge. */
function spareTokens(remaining: number, limit: number, recent: number): number {
  const most = remaining > limit / 2 ? limit / 20 : remaining > limit / 8 ? remaining / 40 : 0;
  return Math.floor(Math.min(2 * recent, most, remaining));
}

const distinct = (holders: Holder[]): Holder[] => [
  ...new Map(holders.map((holder) => [keyOf(holder), holder])).values(),
];

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
