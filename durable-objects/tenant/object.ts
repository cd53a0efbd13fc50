import { DurableObject } from "cloudflare:workers";
import { HOUR_MS, MINUTE_MS } from "../../src/core/clock";
import { fail } from "../../src/core/errors";
import { secureRandom } from "../../src/core/ids";
import { attempt, type Result } from "../../src/core/result";
import type { NewWork, WorkItem, WorkKind, WorkOutcome } from "../../src/core/work";
import { configOf } from "../../src/env";
import type { Grant } from "../../src/platform/context";
import { newWrappedKey } from "../../src/platform/seal";
import { findTenant, type Tenant } from "../../src/tenants";
import { type AuditInput, AuditLog } from "./audit-log";
import { Budgets } from "./budgets";
import { DataKeys } from "./data-keys";
import { Idempotency } from "./idempotency";
import { type NewFamily, RefreshFamilies } from "./refresh-families";
import { StorageLedger } from "./storage-ledger";
import { LEASE_MS, WorkList } from "./work-list";

/** Who did something, for the audit. */
interface Actor {
  clientId: string;
  requestId: string;
}

/**
 * One a tenant: budgets, usage, refresh families, executions and jobs, keys and the audit chain. Exact, because it is
 * one. A shell: the parts beside this file hold one table or two each, the rules stand in src/.
 */
export class TenantObject extends DurableObject<Env> {
  private readonly budgets: Budgets;
  private readonly ledger: StorageLedger;
  private readonly families: RefreshFamilies;
  private readonly idempotency: Idempotency;
  private readonly work: WorkList;
  private readonly log: AuditLog;
  private readonly keys: DataKeys;
  private known: Tenant | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const sql = ctx.storage.sql;
    sql.exec("CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)");
    this.budgets = new Budgets(sql);
    this.ledger = new StorageLedger(sql);
    this.families = new RefreshFamilies(sql);
    this.idempotency = new Idempotency(sql);
    this.work = new WorkList(sql);
    this.log = new AuditLog(sql);
    this.keys = new DataKeys(sql);
  }

  /** One request of the rate policy for a token that is not revoked. The plain form of a lease (src/platform/leases.ts). */
  admit(request: { tokenId: string; operator: boolean }): Promise<Result<Grant>> {
    return attempt(async () => {
      const tenant = await this.tenant();
      const now = Date.now();
      if (tenant.status !== "active" && !request.operator)
        throw fail("unauthorized", "The account is closed.");
      if (this.families.isRevoked(request.tokenId))
        throw fail("unauthorized", "The access token was revoked.");
      const limit = tenant.limits.rate_limit_per_minute;
      const grant = {
        epoch: this.epoch(),
        region: tenant.region,
        corsOrigins: tenant.settings.cors_origins ?? null,
      };
      if (request.operator)
        return { ...grant, rate: { limit, windowSeconds: 60, remaining: limit, resetSeconds: 0 } };
      const spent = this.budgets.spend("rate", MINUTE_MS, limit, now);
      const resetSeconds = Math.max(1, Math.ceil(spent.resetMs / 1000));
      if (!spent.ok) {
        throw fail("rate_limited", `The tenant may send ${limit} requests a minute.`, {
          retryAfterSeconds: resetSeconds,
          extra: { limit },
        });
      }
      this.count("requests");
      return { ...grant, rate: { limit, windowSeconds: 60, remaining: spent.remaining, resetSeconds } };
    });
  }

  /** Leave for a stream to write: quotas, and the epoch under which data exist. */
  openWrite(write: {
    streamId: string;
    epoch: number;
    bytes: number;
    storedBytes: number;
  }): Promise<Result<{ epoch: number }>> {
    return attempt(async () => {
      const tenant = await this.tenant();
      if (tenant.status !== "active") throw fail("unauthorized", "The account is closed.");
      // The request was admitted before an erasure: what it carries belongs to what was erased.
      if (write.epoch < this.epoch())
        throw fail("conflict", "The tenant's data were erased while this request was under way.");
      this.ledger.reserve(write, tenant.limits, Date.now());
      return { epoch: this.epoch() };
    });
  }

  policy(): Promise<
    Result<{
      allowedStrategies: string[];
      limits: Tenant["limits"];
      region: string | null;
      tier: string;
      epoch: number;
    }>
  > {
    return attempt(async () => {
      const { allowedStrategies, limits, region, tier } = await this.tenant();
      return { allowedStrategies, limits, region, tier, epoch: this.epoch() };
    });
  }

  /** Reads the account again: what was changed is in force once this has answered. */
  async refreshPolicy(): Promise<void> {
    this.known = null;
    await this.tenant();
  }

  usage() {
    return attempt(async () => ({
      requests: this.meta("requests"),
      strategies: this.meta("strategies"),
      jobs: this.meta("jobs"),
      concurrent_streams: this.ledger.concurrent(Date.now()),
      stored_bytes: this.ledger.storedBytes(),
      limits: (await this.tenant()).limits,
    }));
  }

  lastStream(): string | null {
    return this.ledger.last();
  }

  forgetStream(streamId: string, actor: Actor): void {
    this.ledger.forget(streamId);
    this.audit({
      actor: actor.clientId,
      action: "stream.deleted",
      resource: streamId,
      requestId: actor.requestId,
    });
  }

  // Refresh families
  openFamily(input: NewFamily & { requestId: string }): Promise<Result<null>> {
    return attempt(async () => {
      const tenant = await this.tenant();
      if (tenant.status !== "active") throw fail("invalid_client", "The account is closed.");
      this.families.open(input, Date.now());
      this.audit({
        actor: input.clientId,
        action: "token.issued",
        resource: input.family.slice(0, 8),
        requestId: input.requestId,
      });
      return null;
    });
  }

  rotateFamily(family: string, generation: number, requestId: string) {
    return attempt(async () => {
      if ((await this.tenant()).status !== "active") throw fail("invalid_grant", "The account is closed.");
      const rotated = this.families.rotate(family, generation, Date.now());
      this.audit({
        actor: rotated.clientId,
        action: "token.refreshed",
        resource: family.slice(0, 8),
        requestId,
      });
      return rotated;
    });
  }

  revokeFamily(family: string, clientId: string, requestId: string): void {
    this.families.revoke(family);
    this.audit({ actor: clientId, action: "token.revoked", resource: family.slice(0, 8), requestId });
  }

  revokeToken(tokenId: string, expiresS: number, clientId: string, requestId: string): void {
    this.families.revokeToken(tokenId, expiresS, Date.now());
    this.audit({ actor: clientId, action: "token.revoked", resource: tokenId, requestId });
  }

  // Idempotency
  beginIdempotent(id: string, fingerprint: string) {
    return attempt(() => this.idempotency.begin(id, fingerprint, Date.now()));
  }
  finishIdempotent(id: string, status: number, body: string, headers: string): void {
    this.idempotency.finish(id, status, body, headers);
  }
  abandonIdempotent(id: string): void {
    this.idempotency.abandon(id);
  }

  // Executions and jobs
  createWork(work: NewWork, actor: Actor): Promise<Result<WorkItem>> {
    return attempt(async () => {
      const tenant = await this.tenant();
      const now = Date.now();
      if (work.kind === "strategy") {
        const limit = tenant.limits.max_strategies_per_hour;
        const spent = this.budgets.spend("strategies", HOUR_MS, limit, now);
        if (!spent.ok) {
          const retryAfterSeconds = Math.max(1, Math.ceil(spent.resetMs / 1000));
          throw fail("strategy_quota_exceeded", `The tenant may run ${limit} strategies an hour.`, {
            retryAfterSeconds,
            extra: { limit },
          });
        }
      }
      this.count(work.kind === "strategy" ? "strategies" : "jobs");
      const item = this.work.create(work, now);
      this.audit({
        actor: actor.clientId,
        action: `${work.kind}.created`,
        resource: work.id,
        requestId: actor.requestId,
      });
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + LEASE_MS);
      return item;
    });
  }
  startWork(id: string): Promise<Result<WorkItem>> {
    return attempt(() => this.work.start(id, Date.now()));
  }
  claimWork(kind: WorkKind, max: number): WorkItem[] {
    return this.work.claim(kind, max, Date.now());
  }
  progressWork(id: string, progress: string): void {
    this.work.progress(id, progress, Date.now());
  }
  finishWork(id: string, outcome: WorkOutcome): Promise<Result<WorkItem>> {
    return attempt(() => this.work.finish(id, outcome, Date.now()));
  }
  cancelWork(id: string): Promise<Result<WorkItem>> {
    return attempt(() => this.work.cancel(id, Date.now()));
  }
  getWork(id: string, kind: WorkKind): Promise<Result<WorkItem>> {
    return attempt(() => this.work.get(id, kind));
  }
  listWork(filter: {
    kind: WorkKind;
    streamId: string | null;
    status: string | null;
    cursor: string | null;
    limit: number;
  }) {
    return this.work.list(filter);
  }

  /** Sends stalled work to its queue again: a request that died, a message that was lost. */
  override async alarm(): Promise<void> {
    const tenantId = this.tenantId();
    const stalled = this.work.stalled(Date.now());
    for (const { id, kind } of stalled) {
      if (kind === "extract")
        await this.env.EXTRACT.send({ kind: "extract", tenant_id: tenantId, job_id: id, traceparent: "" });
    }
    if (stalled.some(({ kind }) => kind === "strategy"))
      await this.env.ANALYZE.send({ kind: "work", tenant_id: tenantId, traceparent: "" });
    if (this.work.hasOpen()) await this.ctx.storage.setAlarm(Date.now() + LEASE_MS);
  }

  // Keys and audit
  async dataKey(): Promise<{ version: number; wrapped: Uint8Array }> {
    const known = this.keys.newest();
    if (known) return known;
    const wrapped = await newWrappedKey(configOf(this.env), this.tenantId(), secureRandom);
    // Another request may have made one while this one waited.
    return this.keys.newest() ?? this.keys.add(wrapped);
  }
  dataKeyVersion(version: number): { version: number; wrapped: Uint8Array } | null {
    return this.keys.of(version);
  }

  audit(input: AuditInput): void {
    this.log.append(Date.now(), input);
  }
  auditPage(before: number | null, limit: number) {
    return this.log.page(before, limit);
  }
  verifyAudit() {
    return this.log.verify();
  }

  /** Erasure, first step: from now on nothing admitted before may write. */
  beginErasure(): number {
    this.ctx.storage.sql.exec(
      "INSERT INTO meta VALUES('epoch', 2) ON CONFLICT(name) DO UPDATE SET value = value + 1",
    );
    return this.epoch();
  }

  /** Erasure, last step: executions, jobs, answers kept, usage of streams; keys destroyed, the audit chain kept. */
  eraseOwn(actor: Actor): { work: number } {
    const work = this.work.erase();
    this.ctx.storage.sql.exec("DELETE FROM idempotency");
    this.ledger.erase();
    this.keys.destroy();
    this.log.destroyKey();
    this.audit({
      actor: actor.clientId,
      action: "tenant.data_erased",
      resource: this.tenantId(),
      requestId: actor.requestId,
    });
    return { work };
  }

  private async tenant(): Promise<Tenant> {
    this.known ??= await findTenant(this.env, this.tenantId());
    if (!this.known) throw fail("tenant_not_found", "There is no tenant with this id.");
    return this.known;
  }

  private tenantId(): string {
    const name = this.ctx.id.name;
    if (!name) throw new Error("a TenantObject is reached by its tenant's name only");
    return name;
  }

  private epoch(): number {
    return this.meta("epoch") || 1;
  }

  private meta(name: string): number {
    return (
      this.ctx.storage.sql.exec<{ value: number }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]
        ?.value ?? 0
    );
  }

  private count(name: string): void {
    this.ctx.storage.sql.exec(
      "INSERT INTO meta VALUES(?, 1) ON CONFLICT(name) DO UPDATE SET value = value + 1",
      name,
    );
  }
}
