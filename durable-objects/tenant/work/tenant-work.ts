import { HOUR_MS } from "../../../src/core/clock";
import { fail } from "../../../src/core/errors";
import {
  type FilledUpload,
  isExecution,
  type NewWork,
  type WorkCheckpoint,
  type WorkClaim,
  type WorkItem,
  type WorkKinds,
  type WorkOutcome,
} from "../../../src/core/work";
import type { Account } from "../account";
import type { Budgets } from "../admission/budgets";
import type { LeaseBook } from "../admission/lease-book";
import type { StorageLedger } from "../admission/storage-ledger";
import type { Actor, AuditLog } from "../audit-log";
import type { Figures } from "../figures/figures";
import type { WorkDesk } from "./desk";

/** What of the tenant's object work touches. */
interface Surroundings {
  desk: WorkDesk;
  account: Account;
  budgets: Budgets;
  book: LeaseBook;
  ledger: StorageLedger;
  figures: Figures;
  log: AuditLog;
  /** {@link WorkDesk.next} may be earlier than it was. */
  arm(): Promise<void>;
  /** Keeps the object alive until this is done; nobody waits for it. */
  behind(work: Promise<unknown>): void;
}

/**
 * What work asks of the rest of the tenant's object: quotas and room for it, an entry of the audit, a count in the
 * figures, and the alarm. What the work itself is lies with the desk.
 */
export class TenantWork {
  private readonly desk: WorkDesk;

  constructor(private readonly around: Surroundings) {
    this.desk = around.desk;
  }

  /** Throws where a limit is reached. What is there already by this id is given as it is: a schedule may ask twice. */
  async create(work: NewWork, actor: Actor): Promise<WorkItem> {
    const { account, book, log } = this.around;
    const { limits } = await account.load();
    const known = this.desk.list.find(work.id);
    if (known) return known;
    const now = Date.now();
    this.desk.admit(work, now);
    if (isExecution(work.kind)) this.spendExecution(limits.max_strategies_per_hour, now);
    if (work.upload?.storedBytes) await book.storeUpload(work.upload.storedBytes, limits);
    account.count(isExecution(work.kind) ? "strategies" : "jobs");
    const item = this.desk.list.create(work, now);
    log.note(actor, `${work.kind}.created`, work.id);
    await this.callTurns(now);
    return item;
  }

  /** Queues again what failed on our side. Throws `conflict` where it did not. */
  async redrive(id: string, kinds: WorkKinds, actor: Actor): Promise<WorkItem> {
    const now = Date.now();
    const item = this.desk.list.redrive(id, kinds, now);
    this.around.log.note(actor, `${item.kind}.redriven`, id);
    await this.callTurns(now);
    return item;
  }

  endTurn(turn: number): Promise<void> {
    this.desk.endTurn(turn, Date.now());
    return this.callTurns(Date.now());
  }

  /** The events are told where the progress is new. */
  progress(claim: WorkClaim, progress: string, events: readonly string[]): void {
    this.desk.progress(claim, progress, events, Date.now());
    this.tell();
  }

  /** Claimed work is about to store what it reads under a key of R2. Throws `conflict` where it has its upload. */
  expectUpload(claim: WorkClaim, key: string): Promise<void> {
    this.desk.expectUpload(claim, key);
    return this.around.arm();
  }

  /** It is stored, and counted from now on. Throws `conflict` where another try of the work has gone on with it. */
  async fillUpload(claim: WorkClaim, filled: FilledUpload): Promise<WorkItem> {
    const { account, book, ledger } = this.around;
    const { storedBytes } = filled.upload;
    const { limits } = await account.load();
    await book.storeUpload(storedBytes, limits);
    try {
      return this.desk.fillUpload(claim, filled, Date.now());
    } catch (error) {
      ledger.dropUploads(storedBytes);
      throw error;
    }
  }

  /** The events are told where the checkpoint is taken. */
  async checkpoint(
    claim: WorkClaim,
    checkpoint: WorkCheckpoint,
    events: readonly string[],
  ): Promise<WorkItem> {
    const now = Date.now();
    const item = this.desk.checkpoint(claim, checkpoint, events, now);
    if (checkpoint.cost) this.around.figures.add(checkpoint.cost);
    this.tell();
    if (checkpoint.release) await this.callTurns(now);
    return item;
  }

  /** Ends claimed work; the events are told once. */
  finish(claim: WorkClaim, outcome: WorkOutcome, events: readonly string[]): WorkItem {
    const item = this.desk.finish(claim, outcome, events, Date.now(), (ended) =>
      this.around.figures.ended(ended, outcome.cost),
    );
    this.tell();
    return item;
  }

  /** Gives back claimed work that did not end, for another try; false where its tries are used up. */
  async release(claim: WorkClaim, askedMs: number): Promise<boolean> {
    const isSettled = this.desk.list.claims.release(claim, Date.now(), askedMs);
    await this.around.arm();
    return isSettled;
  }

  private spendExecution(limit: number, nowMs: number): void {
    const spent = this.around.budgets.spend("strategies", HOUR_MS, limit, nowMs);
    if (spent.ok) return;
    throw fail("strategy_quota_exceeded", `The tenant may run ${limit} strategies an hour.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(spent.resetMs / 1000)),
      extra: { limit },
    });
  }

  /** Sends for consumers; the alarm is set before, so that a message that is lost is sent again. */
  private async callTurns(nowMs: number): Promise<void> {
    const turns = this.desk.openTurns(nowMs);
    await this.around.arm();
    await this.desk.send(turns, nowMs);
    await this.around.arm();
  }

  /** Hands the events on; the alarm tries again what was not taken. */
  private tell(): void {
    this.around.behind(this.desk.drain().then(() => this.around.arm()));
  }
}
