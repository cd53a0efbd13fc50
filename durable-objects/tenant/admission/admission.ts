import { type Grant, type Lease, type LeaseRequest, refusal } from "../../../src/core/admission";
import type { Tenant } from "../../../src/tenants";
import type { Account } from "../account";
import type { RefreshFamilies } from "../tokens/refresh-families";
import type { LeaseBook, Terms } from "./lease-book";

/** What the account may do, for whoever works in its name. */
export interface Policy extends Pick<Tenant, "allowedStrategies" | "limits" | "region" | "tier"> {
  epoch: number;
}

/** Lets requests in that touch no stream, and grants leases to the shards of streams, which let in the others. */
export class Admission {
  constructor(
    private readonly account: Account,
    private readonly families: RefreshFamilies,
    private readonly book: LeaseBook,
  ) {}

  /** One request of the rate policy for a token that is not revoked; an operator's spends nothing. */
  async admit({ tokenId, operator }: { tokenId: string; operator: boolean }): Promise<Grant> {
    await this.account.load();
    const check = ({ active }: Terms) => {
      if (!active && !operator) throw refusal.closed();
      if (this.families.isRevoked(tokenId)) throw refusal.revoked();
    };
    if (operator) {
      const terms = this.account.terms();
      check(terms);
      return grantOf(terms, terms.limits.rate_limit_per_minute, 0);
    }
    const { terms, remaining, resetSeconds } = await this.book.spend(check);
    return grantOf(terms, remaining, resetSeconds);
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    await this.account.load();
    this.account.noteLeases(Date.now());
    return this.book.lease(request);
  }

  async policy(): Promise<Policy> {
    const { allowedStrategies, limits, region, tier } = await this.account.load();
    return { allowedStrategies, limits, region, tier, epoch: this.account.epoch() };
  }

  /** Reads the account again: what was changed is in force everywhere once this has resolved. */
  async refresh(): Promise<void> {
    await this.account.refresh();
    await this.book.revise();
  }

  /** Once this has resolved, nothing that was admitted before may write. Gives the epoch that is in force then. */
  async beginEpoch(): Promise<number> {
    const epoch = this.account.raiseEpoch();
    await this.book.revise();
    return epoch;
  }
}

function grantOf(
  { epoch, region, corsOrigins, limits }: Terms,
  remaining: number,
  resetSeconds: number,
): Grant {
  const rate = { limit: limits.rate_limit_per_minute, windowSeconds: 60, remaining, resetSeconds };
  return { epoch, region, corsOrigins, rate };
}
