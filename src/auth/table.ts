import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** API clients of a tenant. Eraser: "clients" (with the account). */
export const clients = sqliteTable(
  "clients",
  {
    tenantId: text("tenant_id").notNull(),
    clientId: text("client_id").notNull(),
    /** HMAC of the secret under a key derived from MASTER_KEY; the secret itself is shown once and not kept. */
    secretHash: text("secret_hash").notNull(),
    /** JSON array of scopes. */
    scopes: text("scopes").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.clientId] })],
);

/** ES256 keys of access tokens, the platform's own: the newest signs, those within their lifetime verify. */
export const signingKeys = sqliteTable(
  "signing_keys",
  {
    kid: text("kid").primaryKey(),
    publicJwk: text("public_jwk").notNull(),
    /** The private JWK, sealed under a key derived from MASTER_KEY; base64url of nonce and AES-GCM. */
    sealedPrivateJwk: text("sealed_private_jwk").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("signing_keys_created").on(table.createdAt)],
);
