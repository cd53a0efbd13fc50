import { DurableObject } from "cloudflare:workers";
import { type Grant, type Holder, type Lease, type LeaseRequest, refusal } from "../../src/core/admission";
import { HOUR_MS, MINUTE_MS, monthOf } from "../../src/core/clock";
import { fail } from "../../src/core/errors";
import { secureRandom } from "../../src/core/ids";
import { attempt, type Result } from "../../src/core/result";
import {
  type FilledUpload,
  isExecution,
  type NewWork,
  type WorkCheckpoint,
  type WorkClaim,
  type WorkItem,
  type WorkKinds,
  type WorkOutcome,
} from "../../src/core/work";
import type { WriteReport } from "../../src/core/write-report";
import { configOf } from "../../src/env";
import { holderStub } from "../../src/platform/leases";
import { newWrappedKey } from "../../src/platform/seal";
import type { Tenant } from "../../src/tenants";
import type { Period } from "../../src/tenants/metrics/period";
import { Alarms, doDuties } from "../shared/alarms";
import { Account } from "./account";
import { Budgets } from "./admission/budgets";
import { LeaseBook } from "./admission/lease-book";
import { StorageLedger } from "./admission/storage-ledger";
import { type AuditInput, AuditLog } from "./audit-log";
import { DataKeys } from "./data-keys";
import { type Accuracy, AccuracyLedger } from "./figures/accuracy-ledger";
import { Figures } from "./figures/figures";
import { ModelTokens } from "./figures/model-tokens";
import { PlatformTotals } from "./figures/platform-totals";
import { Idempotency } from "./idempotency";
import { type NewFamily, RefreshFamilies } from "./refresh-families";
import { WorkDesk } from "./work/desk";
import type { WorkFilter } from "./work/rows";

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
  private readonly sql = this.ctx.storage.sql;
  private readonly account = new Account(this.env, this.sql, () => this.tenantId());
  private readonly budgets = new Budgets(this.sql);
  private readonly ledger = new StorageLedger(this.sql);
  private readonly modelTokens = new ModelTokens(this.sql);
  private readonly families = new RefreshFamilies(this.sql);
  private readonly idempotency = new Idempotency(this.sql);
  private readonly alarms = new Alarms(this.ctx.storage);
  private readonly desk = new WorkDesk(
    this.env,
    this.ctx.storage,
    () => this.tenantId(),
    () => this.account.nextMark(Date.now()),
    (storedBytes) => this.ledger.dropUploads(storedBytes),
  );
  private readonly accuracy = new AccuracyLedger(this.sql);
  private readonly log = new AuditLog(this.sql);
  private readonly keys = new DataKeys(this.sql);
  private readonly figures = new Figures(this.sql, {
    ledger: this.ledger,
    epoch: () => this.account.epoch(),
    ask: (holder) => this.holder(holder).written(),
    changed: () => this.counted(),
    now: () => Date.now(),
    wait: (ms) => scheduler.wait(ms),
  });
  private readonly totals = new PlatformTotals(
    this.env,
    this.sql,
    () => this.tenantId(),
    () => this.figures.totals(),
  );
  private readonly book = new LeaseBook(
    {
      budgets: this.budgets,
      ledger: this.ledger,
      terms: () => this.account.terms(),
      revoked: (asked) => this.families.revokedTokens(Date.now(), asked),
      recall: (holder, id) => this.holder(holder).recall({ id }),
      now: () => Date.now(),
      wait: (ms) => scheduler.wait(ms),
    },
    this.account.strangersUntilMs(),
  );

  // Admission
  /** One request of the rate policy for a token that is not revoked: for requests that touch no stream. */
  admit(request: { tokenId: string; operator: boolean }): Promise<Result<Grant>> {
    return attempt(async () => {
      await this.account.load();
      const check = ({ active }: { active: boolean }) => {
        if (!active && !request.operator) throw refusal.closed();
        if (this.families.isRevoked(request.tokenId)) throw refusal.revoked();
      };
      const grantOf = ({ epoch, region, corsOrigins }: Omit<Grant, "rate">) => ({
        epoch,
        region,
        corsOrigins,
      });
      if (request.operator) {
        const terms = this.account.terms();
        check(terms);
        const limit = terms.limits.rate_limit_per_minute;
        return { ...grantOf(terms), rate: { limit, windowSeconds: 60, remaining: limit, resetSeconds: 0 } };
      }
      const { terms, remaining, resetSeconds } = await this.book.spend(check);
      const limit = terms.limits.rate_limit_per_minute;
      return { ...grantOf(terms), rate: { limit, windowSeconds: 60, remaining, resetSeconds } };
    });
  }

  /** The next lease of a shard of a stream, which admits its requests itself (durable-objects/stream/stream-lease.ts). */
  lease(request: LeaseRequest): Promise<Result<Lease>> {
    return attempt(async () => {
      await this.account.load();
      this.account.noteLeases(Date.now());
      return this.book.lease(request);
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
      const { allowedStrategies, limits, region, tier } = await this.account.load();
      return { allowedStrategies, limits, region, tier, epoch: this.account.epoch() };
    });
  }

  /** Reads the account again: what was changed is in force everywhere once this has answered. */
  async refreshPolicy(): Promise<void> {
    await this.account.refresh();
    await this.book.revise();
  }

  usage() {
    return attempt(async () => {
      const { limits } = await this.account.load();
      await this.book.measure();
      return {
        requests: this.budgets.total("rate", MINUTE_MS),
        strategies: this.account.number("strategies"),
        jobs: this.account.number("jobs"),
        concurrent_streams: this.ledger.concurrent(Date.now()),
        stored_bytes: this.ledger.storedBytes(),
        accuracy_score: this.accuracy.score(),
        model_tokens_this_month: this.modelTokens.used(monthOf(Date.now())),
        limits,
      };
    });
  }

  /** What was counted on some days, and what stands now. */
  metrics(period: Period) {
    return attempt(async () => {
      const { tier, createdAt } = await this.account.load();
      await this.book.measure();
      return {
        counters: await this.figures.sum(period),
        stored_bytes: this.ledger.storedBytes(),
        model_tokens_this_month: this.modelTokens.used(monthOf(Date.now())),
        tier,
        createdMs: createdAt,
      };
    });
  }

  /** What a shard of a stream stored so far. */
  noteWrites(report: WriteReport): void {
    this.figures.noteWrites(report);
  }

  /** Takes tokens of a month's budget for a question to a language model; false where not that many are left. */
  reserveModelTokens(month: string, tokens: number, limit: number): boolean {
    const isReserved = this.modelTokens.reserve(month, tokens, limit);
    if (!isReserved) this.figures.add({ modelRefused: 1 });
    return isReserved;
  }
  /** Counts what was used instead of what was taken. */
  settleModelTokens(month: string, reserved: number, used: number): void {
    this.modelTokens.settle(month, reserved, used);
    this.figures.add({ modelCalls: 1, modelTokens: used });
  }

  /** How all past forecasts of a shard turned out so far. */
  noteAccuracy(holder: Holder, accuracy: Accuracy): void {
    // One that was deleted meanwhile counts no more.
    const more = this.ledger.holds(holder) ? this.accuracy.note(holder, accuracy) : null;
    if (more) this.figures.add({ compared: more.compared, accuracy: more.compared * more.accuracy });
  }

  async lastStream(): Promise<string | null> {
    await this.book.measureWrites();
    return this.ledger.last();
  }

  /** Streams that may have been written to since then, in the order of their ids. */
  async streamsWrittenSince(sinceMs: number): Promise<string[]> {
    await this.book.measureWrites();
    return this.ledger.writtenSince(sinceMs);
  }

  async forgetStream(streamId: string, actor: Actor): Promise<void> {
    await this.account.load();
    await this.book.recallStream(streamId);
    this.ledger.forget(streamId);
    this.accuracy.forget(streamId);
    this.figures.forget(streamId);
    this.audit({
      actor: actor.clientId,
      action: "stream.deleted",
      resource: streamId,
      requestId: actor.requestId,
    });
  }

  // Refresh families
  openFamily(input: NewFamily & { requestId: string }): Promise<Result<{ region: string | null }>> {
    return attempt(async () => {
      const tenant = await this.account.load();
      if (tenant.status !== "active") throw fail("invalid_client", "The account is closed.");
      this.families.open(input, Date.now());
      this.audit({
        actor: input.clientId,
        action: "token.issued",
        resource: input.family.slice(0, 8),
        requestId: input.requestId,
      });
      return { region: tenant.region };
    });
  }

  rotateFamily(family: string, generation: number, requestId: string) {
    return attempt(async () => {
      const { status, region } = await this.account.load();
      if (status !== "active") throw fail("invalid_grant", "The account is closed.");
      const rotated = this.families.rotate(family, generation, Date.now());
      this.audit({
        actor: rotated.clientId,
        action: "token.refreshed",
        resource: family.slice(0, 8),
        requestId,
      });
      return { ...rotated, region };
    });
  }

  /** Ends a family: nothing is refreshed any more. No holder of a lease knows of families, so none is asked. */
  revokeFamily(family: string, clientId: string, requestId: string): void {
    this.families.revoke(family);
    this.audit({ actor: clientId, action: "token.revoked", resource: family.slice(0, 8), requestId });
  }

  /** Ends an access token: no request with it is let in anywhere once this has answered. */
  async revokeToken(tokenId: string, expiresS: number, clientId: string, requestId: string): Promise<void> {
    this.families.revokeToken(tokenId, expiresS, Date.now());
    this.audit({ actor: clientId, action: "token.revoked", resource: tokenId, requestId });
    await this.book.revise();
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
      const tenant = await this.account.load();
      // What a schedule asks for may be asked for twice.
      const known = this.desk.list.find(work.id);
      if (known) return known;
      const now = Date.now();
      this.desk.admit(work, now);
      if (isExecution(work.kind)) {
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
      if (work.upload?.storedBytes) await this.storeUpload(work.upload.storedBytes);
      this.account.count(isExecution(work.kind) ? "strategies" : "jobs");
      const item = this.desk.list.create(work, now);
      this.audit({
        actor: actor.clientId,
        action: `${work.kind}.created`,
        resource: work.id,
        requestId: actor.requestId,
      });
      await this.callTurns(now);
      return item;
    });
  }
  /** The next piece of a turn; null where there is nothing for it. */
  claimWork(turn: number): WorkItem | null {
    return this.desk.claim(turn, Date.now());
  }
  endTurn(turn: number): Promise<void> {
    this.desk.endTurn(turn, Date.now());
    return this.callTurns(Date.now());
  }
  /** The events are told where the progress is new. */
  progressWork(claim: WorkClaim, progress: string, events: string[] = []): void {
    this.desk.progress(claim, progress, events, Date.now());
    this.tell();
  }
  /** Claimed work is about to store what it reads under a key of R2. Fails with `conflict` where it has its upload. */
  expectUpload(claim: WorkClaim, key: string): Promise<Result<void>> {
    return attempt(async () => {
      this.desk.expectUpload(claim, key);
      await this.arm();
    });
  }
  /** It is stored, and counted from now on. Fails with `conflict` where another try of the work has gone on with it. */
  fillUpload(claim: WorkClaim, filled: FilledUpload): Promise<Result<WorkItem>> {
    return attempt(async () => {
      const { storedBytes } = filled.upload;
      await this.storeUpload(storedBytes);
      try {
        return this.desk.fillUpload(claim, filled, Date.now());
      } catch (error) {
        this.ledger.dropUploads(storedBytes);
        throw error;
      }
    });
  }
  /** The events are told where the checkpoint is taken. */
  checkpointWork(
    claim: WorkClaim,
    checkpoint: WorkCheckpoint,
    events: string[] = [],
  ): Promise<Result<WorkItem>> {
    return attempt(async () => {
      const now = Date.now();
      const item = this.desk.checkpoint(claim, checkpoint, events, now);
      if (checkpoint.cost) this.figures.add(checkpoint.cost);
      this.tell();
      if (checkpoint.release) await this.callTurns(now);
      return item;
    });
  }
  /** JSON of what the last checkpoint of open work holds; null before the first. */
  workState(id: string): string | null {
    return this.desk.list.checkpoints.load(id);
  }
  finishWork(claim: WorkClaim, outcome: WorkOutcome, events: string[] = []): Promise<Result<WorkItem>> {
    return attempt(() => {
      const item = this.desk.finish(claim, outcome, events, Date.now(), (ended) =>
        this.figures.ended(ended, outcome.cost),
      );
      this.tell();
      return item;
    });
  }
  /** Gives back claimed work that did not end, for another try; false where its tries are used up. */
  async releaseWork(claim: WorkClaim, askedMs = 0): Promise<boolean> {
    const isSettled = this.desk.list.claims.release(claim, Date.now(), askedMs);
    await this.arm();
    return isSettled;
  }
  cancelWork(id: string, kinds: WorkKinds): Promise<Result<WorkItem>> {
    return attempt(() => this.desk.list.cancel(id, kinds, Date.now()));
  }
  redriveWork(id: string, kinds: WorkKinds, actor: Actor): Promise<Result<WorkItem>> {
    return attempt(async () => {
      const now = Date.now();
      const item = this.desk.list.redrive(id, kinds, now);
      this.audit({
        actor: actor.clientId,
        action: `${item.kind}.redriven`,
        resource: id,
        requestId: actor.requestId,
      });
      await this.callTurns(now);
      return item;
    });
  }
  getWork(id: string, kinds: WorkKinds): Promise<Result<WorkItem>> {
    return attempt(() => this.desk.list.get(id, kinds));
  }
  listWork(filter: WorkFilter) {
    return this.desk.list.list(filter);
  }

  override async alarm(): Promise<void> {
    this.alarms.rang();
    await doDuties(this.env, this.tenantId(), [
      () => this.desk.ring(Date.now()),
      () => this.totals.run(Date.now()),
    ]);
    await this.arm();
  }

  private arm(): Promise<void> {
    return this.alarms.arm([...this.desk.next(Date.now()), this.totals.next()]);
  }

  /** Something was counted that the platform's totals are to know. */
  private counted(): void {
    this.totals.changed(Date.now());
    this.ctx.waitUntil(this.arm());
  }

  /** Sends for consumers; the alarm is set before, so that a message that is lost is sent again. */
  private async callTurns(nowMs: number): Promise<void> {
    const turns = this.desk.openTurns(nowMs);
    await this.arm();
    await this.desk.send(turns, nowMs);
    await this.arm();
  }

  /** Hands the events on, and nobody waits for it; the alarm tries again what was not taken. */
  private tell(): void {
    this.ctx.waitUntil(this.desk.drain().then(() => this.arm()));
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

  /** Counts an upload; what streams were granted and do not use is called back before it is refused. */
  private async storeUpload(bytes: number): Promise<void> {
    const { limits } = await this.account.load();
    if (this.ledger.storeUpload(bytes, limits)) return;
    await this.book.measure();
    if (!this.ledger.storeUpload(bytes, limits)) throw refusal.storage(limits.max_storage_mb);
  }

  /** Erasure, first step: from now on nothing admitted before may write. */
  async beginErasure(): Promise<number> {
    const epoch = this.account.raiseEpoch();
    await this.book.revise();
    return epoch;
  }

  /** Erasure, last step: executions, jobs, answers kept, usage of streams; keys destroyed, the audit chain kept. */
  async eraseOwn(actor: Actor): Promise<{ work: number }> {
    const work = await this.desk.erase();
    this.sql.exec("DELETE FROM idempotency");
    this.ledger.erase(this.book.live());
    this.accuracy.erase();
    this.figures.erase();
    this.totals.erase();
    this.modelTokens.erase(monthOf(Date.now()));
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

  private holder(holder: Holder) {
    return holderStub(this.env, this.tenantId(), holder, this.account.known().region);
  }

  private tenantId(): string {
    const name = this.ctx.id.name;
    if (!name) throw new Error("a TenantObject is reached by its tenant's name only");
    return name;
  }
}
