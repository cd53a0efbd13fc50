import { DurableObject } from "cloudflare:workers";
import type { Grant, Holder, Lease, LeaseRequest } from "../../src/core/admission";
import { secureRandom } from "../../src/core/ids";
import { attempt, type Result } from "../../src/core/result";
import type {
  FilledUpload,
  NewWork,
  WorkCheckpoint,
  WorkClaim,
  WorkItem,
  WorkKinds,
  WorkOutcome,
} from "../../src/core/work";
import type { WriteReport } from "../../src/core/write-report";
import { configOf } from "../../src/env";
import { newWrappedKey } from "../../src/platform/seal";
import type { Period } from "../../src/tenants/metrics/period";
import { Alarms, doDuties } from "../shared/alarms";
import type { Policy } from "./admission/admission";
import type { Actor, AuditInput } from "./audit-log";
import type { WrappedKey } from "./data-keys";
import { eraseOwn } from "./erase";
import type { Accuracy } from "./figures/accuracy-ledger";
import { tenantParts } from "./parts";
import type { NewFamily } from "./tokens/refresh-families";
import type { WorkFilter } from "./work/rows";

/**
 * One a tenant: budgets, usage, refresh families, executions and jobs, keys and the audit chain. Exact, because it is
 * one. A shell: it names who does what, keeps the object's one alarm, and lets no error cross a call as one. What it is
 * made of stands in `parts`, the rules in src/.
 */
export class TenantObject extends DurableObject<Env> {
  private readonly alarms = new Alarms(this.ctx.storage);
  private readonly parts = tenantParts({
    env: this.env,
    storage: this.ctx.storage,
    tenantId: () => this.tenantId(),
    arm: () => this.arm(),
    behind: (work) => this.ctx.waitUntil(work),
  });

  // Admission
  admit(request: { tokenId: string; operator: boolean }): Promise<Result<Grant>> {
    return attempt(() => this.parts.admission.admit(request));
  }
  /** The next lease of a shard of a stream, which admits its requests itself. */
  lease(request: LeaseRequest): Promise<Result<Lease>> {
    return attempt(() => this.parts.admission.lease(request));
  }
  policy(): Promise<Result<Policy>> {
    return attempt(() => this.parts.admission.policy());
  }
  refreshPolicy(): Promise<void> {
    return this.parts.admission.refresh();
  }

  // Figures
  usage() {
    return attempt(() => this.parts.reports.usage());
  }
  metrics(period: Period) {
    return attempt(() => this.parts.reports.metrics(period));
  }
  noteWrites(report: WriteReport): void {
    this.parts.figures.noteWrites(report);
  }
  noteAccuracy(holder: Holder, accuracy: Accuracy): void {
    this.parts.figures.noteAccuracy(holder, accuracy);
  }
  /** Takes tokens of a month's budget for a question to a language model; false where not that many are left. */
  reserveModelTokens(month: string, tokens: number, limit: number): boolean {
    return this.parts.modelTokens.reserve(month, tokens, limit);
  }
  settleModelTokens(month: string, reserved: number, used: number): void {
    this.parts.modelTokens.settle(month, reserved, used);
  }

  // Streams
  async lastStream(): Promise<string | null> {
    await this.parts.book.measureWrites();
    return this.parts.ledger.last();
  }
  /** Streams that may have been written to since then, in the order of their ids. */
  async streamsWrittenSince(sinceMs: number): Promise<string[]> {
    await this.parts.book.measureWrites();
    return this.parts.ledger.writtenSince(sinceMs);
  }
  async forgetStream(streamId: string, actor: Actor): Promise<void> {
    await this.parts.account.load();
    await this.parts.book.recallStream(streamId);
    this.parts.ledger.forget(streamId);
    this.parts.figures.forget(streamId);
    this.parts.log.note(actor, "stream.deleted", streamId);
  }

  // Tokens
  openFamily(input: NewFamily & { requestId: string }): Promise<Result<{ region: string | null }>> {
    return attempt(() => this.parts.tokens.openFamily(input));
  }
  rotateFamily(family: string, generation: number, requestId: string) {
    return attempt(() => this.parts.tokens.rotateFamily(family, generation, requestId));
  }
  revokeFamily(family: string, clientId: string, requestId: string): void {
    this.parts.tokens.revokeFamily(family, { clientId, requestId });
  }
  revokeToken(tokenId: string, expiresS: number, clientId: string, requestId: string): Promise<void> {
    return this.parts.tokens.revokeToken(tokenId, expiresS, { clientId, requestId });
  }

  // Idempotency
  beginIdempotent(id: string, fingerprint: string) {
    return attempt(() => this.parts.idempotency.begin(id, fingerprint, Date.now()));
  }
  finishIdempotent(id: string, status: number, body: string, headers: string): void {
    this.parts.idempotency.finish(id, status, body, headers);
  }
  abandonIdempotent(id: string): void {
    this.parts.idempotency.abandon(id);
  }

  // Executions and jobs
  createWork(work: NewWork, actor: Actor): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.work.create(work, actor));
  }
  /** The next piece of a turn; null where there is nothing for it. */
  claimWork(turn: number): WorkItem | null {
    return this.parts.desk.claim(turn, Date.now());
  }
  endTurn(turn: number): Promise<void> {
    return this.parts.work.endTurn(turn);
  }
  progressWork(claim: WorkClaim, progress: string, events: string[] = []): void {
    this.parts.work.progress(claim, progress, events);
  }
  expectUpload(claim: WorkClaim, key: string): Promise<Result<void>> {
    return attempt(() => this.parts.work.expectUpload(claim, key));
  }
  fillUpload(claim: WorkClaim, filled: FilledUpload): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.work.fillUpload(claim, filled));
  }
  checkpointWork(
    claim: WorkClaim,
    checkpoint: WorkCheckpoint,
    events: string[] = [],
  ): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.work.checkpoint(claim, checkpoint, events));
  }
  /** JSON of what the last checkpoint of open work holds; null before the first. */
  workState(id: string): string | null {
    return this.parts.desk.list.checkpoints.load(id);
  }
  finishWork(claim: WorkClaim, outcome: WorkOutcome, events: string[] = []): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.work.finish(claim, outcome, events));
  }
  releaseWork(claim: WorkClaim, askedMs = 0): Promise<boolean> {
    return this.parts.work.release(claim, askedMs);
  }
  cancelWork(id: string, kinds: WorkKinds): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.desk.list.cancel(id, kinds, Date.now()));
  }
  redriveWork(id: string, kinds: WorkKinds, actor: Actor): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.work.redrive(id, kinds, actor));
  }
  getWork(id: string, kinds: WorkKinds): Promise<Result<WorkItem>> {
    return attempt(() => this.parts.desk.list.get(id, kinds));
  }
  listWork(filter: WorkFilter) {
    return this.parts.desk.list.list(filter);
  }

  // Keys and audit
  dataKey(): Promise<WrappedKey> {
    return this.parts.keys.current(() => newWrappedKey(configOf(this.env), this.tenantId(), secureRandom));
  }
  dataKeyVersion(version: number): WrappedKey | null {
    return this.parts.keys.of(version);
  }
  audit(input: AuditInput): void {
    this.parts.log.append(Date.now(), input);
  }
  auditPage(before: number | null, limit: number) {
    return this.parts.log.page(before, limit);
  }
  verifyAudit() {
    return this.parts.log.verify();
  }

  // Erasure
  /** First step: from now on nothing admitted before may write. */
  beginErasure(): Promise<number> {
    return this.parts.admission.beginEpoch();
  }
  /** Last step: executions, jobs, answers kept, usage of streams; keys destroyed, the audit chain kept. */
  eraseOwn(actor: Actor): Promise<{ work: number }> {
    return eraseOwn(this.parts, this.tenantId(), actor);
  }

  override async alarm(): Promise<void> {
    this.alarms.rang();
    await doDuties(this.env, this.tenantId(), [
      () => this.parts.desk.ring(Date.now()),
      () => this.parts.totals.run(Date.now()),
    ]);
    await this.arm();
  }

  private arm(): Promise<void> {
    return this.alarms.arm([...this.parts.desk.next(Date.now()), this.parts.totals.next()]);
  }

  private tenantId(): string {
    const name = this.ctx.id.name;
    if (!name) throw new Error("a TenantObject is reached by its tenant's name only");
    return name;
  }
}
