import {
  type Holder,
  LEASE_MARGIN_MS,
  LEASE_MS,
  type LeaseId,
  type LeaseRequest,
  type Recalled,
} from "../../../src/core/admission";
import { MINUTE_MS } from "../../../src/core/clock";
import { fail } from "../../../src/core/errors";
import type { Budgets } from "./budgets";
import { keyOf, type StorageLedger } from "./storage-ledger";

/** Leases recalled at once. A change of policy that would need more waits until they have run out. */
export const RECALLED_AT_ONCE = 100;
/** How long a holder has to hand back tokens of a lease that has run out. */
const SETTLE_MS = 1_000;
/** A lease is used up to so much later than it is granted. */
export const OUTLIVES_MS = LEASE_MS + LEASE_MARGIN_MS;

export interface OutSurroundings {
  budgets: Budgets;
  ledger: StorageLedger;
  /** Asks a holder to give up a lease, or, without an id, whatever it has. */
  recall(holder: Holder, id: LeaseId | null): Promise<Recalled>;
  now(): number;
  wait(ms: number): Promise<void>;
}

interface LeaseOut {
  holder: Holder;
  id: LeaseId;
  tokens: number;
  /** How many of the tokens were not asked for: they count from when the lease ends. */
  spare: number;
  writes: boolean;
  grantedMs: number;
  /** It was asked for its tokens and did not answer. */
  silent?: boolean;
}

/**
 * Leases that are out, and how they come back: with the holder's next request, or recalled. A lease that has run out
 * stays here while its tokens are in the window, for the holder alone knows how many it did not use.
 */
export class LeasesOut {
  private readonly leases = new Map<string, LeaseOut>();
  /** The last question to a holder that has not asked for a lease since. */
  private readonly questions = new Map<string, object>();
  private prunedMs = 0;

  constructor(private readonly around: OutSurroundings) {}

  add(lease: LeaseOut): void {
    this.prune(lease.grantedMs);
    this.leases.set(keyOf(lease.holder), lease);
  }

  live(): LeaseOut[] {
    const now = this.around.now();
    return [...this.leases.values()].filter((lease) => endOf(lease) > now);
  }

  holders(): Holder[] {
    return [...this.leases.values()].map(({ holder }) => holder);
  }

  /** Holders whose lease lets them write, the newest first. */
  writers(): Holder[] {
    const writers = [...this.leases.values()].filter((lease) => lease.writes && !lease.silent);
    return writers.sort((a, b) => b.grantedMs - a.grantedMs).map(({ holder }) => holder);
  }

  /** Resolves when every lease that is out now is given up or has run out. */
  async end(): Promise<void> {
    const live = this.live();
    const end = async (lease: LeaseOut) => {
      const endMs = endOf(lease);
      if (live.length > RECALLED_AT_ONCE || !(await this.ask(lease.holder, lease.id, endMs)))
        await this.until(endMs);
    };
    await Promise.all(live.map(end));
  }

  /** A holder that asks for a lease has stopped using the one before it. */
  takeBack({ holder, id, previous, storedBytes, lastWriteMs }: LeaseRequest): void {
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
  async recall(holders: Holder[], asked: Set<string>): Promise<void> {
    const now = this.around.now();
    const distinct = [...new Map(holders.map((holder) => [keyOf(holder), holder])).values()];
    await Promise.all(
      distinct.slice(0, RECALLED_AT_ONCE).map(async (holder) => {
        asked.add(keyOf(holder));
        const lease = this.leases.get(keyOf(holder));
        const until = Math.max(lease ? endOf(lease) : 0, now + SETTLE_MS);
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
  until(untilMs: number): Promise<void> {
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
  withTokens(except: ReadonlySet<string>): Holder[] {
    return [...this.leases]
      .filter(([key, lease]) => lease.tokens > 0 && !lease.silent && !except.has(key))
      .sort(([, a], [, b]) => b.tokens - a.tokens)
      .map(([, { holder }]) => holder);
  }

  /** Forgets leases whose tokens have left the window; once a second is often enough. */
  private prune(nowMs: number): void {
    if (nowMs - this.prunedMs < 1_000) return;
    this.prunedMs = nowMs;
    for (const [key, lease] of this.leases) {
      const keptMs = lease.tokens > 0 || lease.writes ? MINUTE_MS : 0;
      if (nowMs > endOf(lease) + keptMs) this.leases.delete(key);
    }
  }
}

const endOf = ({ grantedMs }: LeaseOut): number => grantedMs + OUTLIVES_MS;
