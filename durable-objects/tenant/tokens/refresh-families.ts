import { type RefreshFamily, rotate } from "../../../src/auth";
import { REFRESH_TOKEN_DAYS } from "../../../src/auth/contract";
import { DAY_MS } from "../../../src/core/clock";
import { fail } from "../../../src/core/errors";

/** Revoked tokens told with every lease. Tokens live an hour: more than these are rare. */
const MOST_LISTED = 200;

export interface NewFamily {
  family: string;
  clientId: string;
  scopes: string[];
}

/** Families of refresh tokens and the ids of revoked access tokens. One object a tenant serialises parallel refreshes. */
export class RefreshFamilies {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS refresh_families(family TEXT PRIMARY KEY, client_id TEXT NOT NULL, scopes TEXT NOT NULL,
      generation INTEGER NOT NULL, rotated_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, revoked INTEGER NOT NULL)`);
    sql.exec(
      "CREATE TABLE IF NOT EXISTS revoked_tokens(token_id TEXT PRIMARY KEY, expires_s INTEGER NOT NULL)",
    );
  }

  open(input: NewFamily, nowMs: number): void {
    this.sql.exec("DELETE FROM refresh_families WHERE expires_ms < ?", nowMs);
    this.sql.exec(
      "INSERT INTO refresh_families VALUES(?,?,?,1,?,?,0)",
      input.family,
      input.clientId,
      JSON.stringify(input.scopes),
      nowMs,
      nowMs + REFRESH_TOKEN_DAYS * DAY_MS,
    );
  }

  /** The next generation; throws `invalid_grant`, and revokes the family where a token was used twice. */
  rotate(
    family: string,
    presented: number,
    nowMs: number,
  ): { clientId: string; scopes: string[]; generation: number } {
    const row = this.sql
      .exec<{
        client_id: string;
        scopes: string;
        generation: number;
        rotated_ms: number;
        expires_ms: number;
        revoked: number;
      }>("SELECT * FROM refresh_families WHERE family = ?", family)
      .toArray()[0];
    if (!row) throw fail("invalid_grant", "The refresh token is not valid.");
    const state: RefreshFamily = {
      generation: row.generation,
      rotatedMs: row.rotated_ms,
      expiresMs: row.expires_ms,
      revoked: row.revoked === 1,
    };
    const rotation = rotate(state, presented, nowMs);
    if (!("generation" in rotation)) {
      if (rotation.outcome === "reuse") this.revoke(family);
      throw fail("invalid_grant", "The refresh token is not valid, or was used before.");
    }
    if (rotation.outcome === "rotated") {
      this.sql.exec(
        "UPDATE refresh_families SET generation = ?, rotated_ms = ? WHERE family = ?",
        rotation.generation,
        nowMs,
        family,
      );
    }
    return { clientId: row.client_id, scopes: JSON.parse(row.scopes), generation: rotation.generation };
  }

  revoke(family: string): void {
    this.sql.exec("UPDATE refresh_families SET revoked = 1 WHERE family = ?", family);
  }

  revokeToken(tokenId: string, expiresS: number, nowMs: number): void {
    this.sql.exec("DELETE FROM revoked_tokens WHERE expires_s < ?", nowMs / 1000);
    this.sql.exec("INSERT OR IGNORE INTO revoked_tokens VALUES(?,?)", tokenId, expiresS);
  }

  /** Ids of revoked tokens that have not ended by themselves: all, or, where that are too many, those among `asked`. */
  revokedTokens(nowMs: number, asked: string[]): { tokenIds: string[]; complete: boolean } {
    const all = this.sql
      .exec<{ token_id: string }>(
        "SELECT token_id FROM revoked_tokens WHERE expires_s >= ? LIMIT ?",
        Math.floor(nowMs / 1000),
        MOST_LISTED + 1,
      )
      .toArray();
    if (all.length <= MOST_LISTED) return { tokenIds: all.map((row) => row.token_id), complete: true };
    return { tokenIds: asked.filter((tokenId) => this.isRevoked(tokenId)), complete: false };
  }

  isRevoked(tokenId: string): boolean {
    return this.sql.exec("SELECT 1 FROM revoked_tokens WHERE token_id = ?", tokenId).toArray().length > 0;
  }
}
