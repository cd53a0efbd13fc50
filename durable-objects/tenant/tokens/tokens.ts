import { fail } from "../../../src/core/errors";
import type { Account } from "../account";
import type { LeaseBook } from "../admission/lease-book";
import type { Actor, AuditLog } from "../audit-log";
import type { NewFamily, RefreshFamilies } from "./refresh-families";

/** What a family is called in the audit: enough to tell it from others, and nothing that a token could be made of. */
const shortOf = (family: string): string => family.slice(0, 8);

/** The life of the tenant's tokens, each step of it in the audit. */
export class Tokens {
  constructor(
    private readonly account: Account,
    private readonly families: RefreshFamilies,
    private readonly book: LeaseBook,
    private readonly log: AuditLog,
  ) {}

  /** Throws `invalid_client` where the account is closed. */
  async openFamily(input: NewFamily & Actor): Promise<{ region: string | null }> {
    const tenant = await this.account.load();
    if (tenant.status !== "active") throw fail("invalid_client", "The account is closed.");
    this.families.open(input, Date.now());
    this.log.note(input, "token.issued", shortOf(input.family));
    return { region: tenant.region };
  }

  /** The next generation of a family. Throws `invalid_grant`. */
  async rotateFamily(family: string, generation: number, requestId: string) {
    const { status, region } = await this.account.load();
    if (status !== "active") throw fail("invalid_grant", "The account is closed.");
    const rotated = this.families.rotate(family, generation, Date.now());
    this.log.note({ clientId: rotated.clientId, requestId }, "token.refreshed", shortOf(family));
    return { ...rotated, region };
  }

  /** Nothing is refreshed any more. No holder of a lease knows of families, so none is asked. */
  revokeFamily(family: string, actor: Actor): void {
    this.families.revoke(family);
    this.log.note(actor, "token.revoked", shortOf(family));
  }

  /** No request with the access token is let in anywhere once this has resolved. */
  async revokeToken(tokenId: string, expiresS: number, actor: Actor): Promise<void> {
    this.families.revokeToken(tokenId, expiresS, Date.now());
    this.log.note(actor, "token.revoked", tokenId);
    await this.book.revise();
  }
}
