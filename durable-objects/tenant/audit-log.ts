import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { type ChainEntry, entryHash, firstBroken, GENESIS } from "../../src/audit";

/** Who did something. */
export interface Actor {
  clientId: string;
  requestId: string;
}

export interface AuditInput {
  actor: string;
  action: string;
  resource: string;
  requestId: string;
  /** What may hold personal data: sealed with a key of its own, unreadable once that is destroyed. */
  detail?: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The tenant's audit chain. Hashing and sealing are synchronous: an awaited one would let other requests in between. */
export class AuditLog {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS audit(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
      resource TEXT NOT NULL, request_id TEXT NOT NULL, key_version INTEGER NOT NULL, sealed_detail TEXT, hash TEXT NOT NULL)`);
    sql.exec("CREATE TABLE IF NOT EXISTS audit_keys(version INTEGER PRIMARY KEY, key BLOB)");
  }

  append(nowMs: number, input: AuditInput): void {
    const last = this.sql
      .exec<{ seq: number; hash: string }>("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
      .toArray()[0];
    const { version, key } = this.key();
    const entry: ChainEntry = {
      seq: (last?.seq ?? 0) + 1,
      atMs: nowMs,
      actor: input.actor,
      action: input.action,
      resource: input.resource,
      requestId: input.requestId,
      sealedDetail: input.detail === undefined ? null : seal(key, input.detail),
    };
    const hash = entryHash(sha256, last?.hash ?? GENESIS, entry);
    this.sql.exec(
      "INSERT INTO audit VALUES(?,?,?,?,?,?,?,?,?)",
      entry.seq,
      nowMs,
      entry.actor,
      entry.action,
      entry.resource,
      entry.requestId,
      version,
      entry.sealedDetail,
      hash,
    );
  }

  /** What an actor did just now. */
  note({ clientId, requestId }: Actor, action: string, resource: string): void {
    this.append(Date.now(), { actor: clientId, action, resource, requestId });
  }

  page(before: number | null, limit: number) {
    const keys = new Map(
      this.sql
        .exec<{ version: number; key: ArrayBuffer | null }>("SELECT version, key FROM audit_keys")
        .toArray()
        .map((row) => [row.version, row.key]),
    );
    return this.rows("WHERE seq < ? ORDER BY seq DESC LIMIT ?", before ?? Number.MAX_SAFE_INTEGER, limit).map(
      ({ sealedDetail, keyVersion, ...row }) => {
        const key = keys.get(keyVersion);
        return {
          ...row,
          detail: sealedDetail !== null && key ? open(new Uint8Array(key), sealedDetail) : null,
        };
      },
    );
  }

  verify() {
    return firstBroken(sha256, this.rows("ORDER BY seq"));
  }

  /** Destroys the key: details become unreadable, the chain stays whole. */
  destroyKey(): void {
    this.sql.exec("UPDATE audit_keys SET key = NULL");
  }

  private key(): { version: number; key: Uint8Array } {
    const row = this.sql
      .exec<{ version: number; key: ArrayBuffer | null }>(
        "SELECT version, key FROM audit_keys ORDER BY version DESC LIMIT 1",
      )
      .toArray()[0];
    if (row?.key) return { version: row.version, key: new Uint8Array(row.key) };
    const key = new Uint8Array(randomBytes(32));
    const version = (row?.version ?? 0) + 1;
    this.sql.exec("INSERT INTO audit_keys VALUES(?,?)", version, key);
    return { version, key };
  }

  private rows(where: string, ...params: number[]) {
    return this.sql
      .exec<{
        seq: number;
        atMs: number;
        actor: string;
        action: string;
        resource: string;
        requestId: string;
        keyVersion: number;
        sealedDetail: string | null;
        hash: string;
      }>(
        `SELECT seq, at_ms AS atMs, actor, action, resource, request_id AS requestId, key_version AS keyVersion, sealed_detail AS sealedDetail, hash FROM audit ${where}`,
        ...params,
      )
      .toArray();
  }
}

/** AES-256-GCM: nonce (12), tag (16), text; base64. */
function seal(key: Uint8Array, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
}

function open(key: Uint8Array, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}
