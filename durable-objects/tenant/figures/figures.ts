import { type Holder, LEASE_MARGIN_MS, LEASE_MS } from "../../../src/core/admission";
import { isExecution, type WorkCost, type WorkItem } from "../../../src/core/work";
import type { WriteReport } from "../../../src/core/write-report";
import { type Counters, plus, wholeOf } from "../../../src/tenants/metrics/counters";
import { DAYS_KEPT, dayOf, type Period } from "../../../src/tenants/metrics/period";
import { keyOf, type StorageLedger } from "../admission/storage-ledger";
import { type Accuracy, AccuracyLedger } from "./accuracy-ledger";
import { UsageDays } from "./usage-days";
import { WriteLedger } from "./write-ledger";

/** Shards asked at once for what they stored and did not tell yet; those written to longest ago tell by themselves. */
const ASKED_AT_ONCE = 100;
/** A shard tells within five minutes of a write, by its alarm, which may be late. */
const UNTOLD_MS = 10 * 60_000;
/** For an answer: a stream that does not answer does not keep the others' figures back. */
const ANSWER_MS = 1_000;

export interface FigureSources {
  ledger: StorageLedger;
  epoch(): number;
  /** Asks a shard what it stored. */
  ask(holder: Holder): Promise<WriteReport | null>;
  /** Hears that something was counted. */
  changed(): void;
  now(): number;
  wait(ms: number): Promise<void>;
}

/** The tenant's figures by day: what crosses its object anyway, counted where it does. */
export class Figures {
  private readonly days: UsageDays;
  private readonly writes: WriteLedger;
  private readonly accuracy: AccuracyLedger;
  /** When a shard last told, in this life. */
  private readonly toldMs = new Map<string, number>();

  constructor(
    sql: SqlStorage,
    private readonly from: FigureSources,
  ) {
    this.days = new UsageDays(sql);
    this.writes = new WriteLedger(sql, (day, counters) => this.days.add(day, counters));
    this.accuracy = new AccuracyLedger(sql);
  }

  /** What a shard stored so far. One that was erased or deleted meanwhile counts no more. */
  noteWrites(report: WriteReport): void {
    if (report.epoch < this.from.epoch() || !this.from.ledger.holds(report.holder)) return;
    this.writes.note(report);
    this.toldMs.set(keyOf(report.holder), this.from.now());
    this.from.changed();
  }

  /** How all past forecasts of a shard turned out so far. One that was deleted meanwhile counts no more. */
  noteAccuracy(holder: Holder, accuracy: Accuracy): void {
    const more = this.from.ledger.holds(holder) ? this.accuracy.note(holder, accuracy) : null;
    if (more) this.add({ compared: more.compared, accuracy: more.compared * more.accuracy });
  }

  /** The mean over all past forecasts; null before any has come due. */
  accuracyScore(): number | null {
    return this.accuracy.score();
  }

  /** Work ended. */
  ended({ kind, status }: WorkItem, cost: WorkCost | undefined): void {
    const isFailed = status === "failed";
    this.add({ ...(isExecution(kind) ? { [isFailed ? "failed" : "succeeded"]: 1 } : { jobs: 1 }), ...cost });
  }

  add(counters: Partial<Counters>): void {
    this.days.add(dayOf(this.from.now()), counters);
    this.from.changed();
  }

  /** All that was ever counted and only grows, as far as streams have told. */
  totals(): Partial<Counters> {
    return wholeOf(plus(this.days.all(), this.writes.all()));
  }

  /** Everything that was counted on these days, with what streams have not told yet. */
  async sum(asked: Period): Promise<Partial<Counters>> {
    const today = dayOf(this.from.now());
    const period = { ...asked, firstDay: Math.max(asked.firstDay, today - DAYS_KEPT + 1) };
    await this.askWriters();
    return plus(this.days.sum(period), this.writes.sum(period));
  }

  forget(streamId: string): void {
    this.accuracy.forget(streamId);
    this.writes.forget(streamId);
  }

  /** Figures tell of data. */
  erase(): void {
    this.accuracy.erase();
    this.days.erase();
    this.writes.erase();
    this.toldMs.clear();
  }

  private async askWriters(): Promise<void> {
    const { from } = this;
    const holders = from.ledger
      .writers(from.now() - UNTOLD_MS)
      .filter(({ holder, lastWriteMs }) => !this.hasTold(holder, lastWriteMs))
      .slice(0, ASKED_AT_ONCE);
    const late = from.wait(ANSWER_MS).then(() => null);
    await Promise.all(
      holders.map(async ({ holder }) => {
        const report = await Promise.race([from.ask(holder).catch(() => null), late]);
        if (report) this.noteWrites(report);
      }),
    );
  }

  /** Whether it told since its last lease to write began, and that lease had run out. */
  private hasTold(holder: Holder, lastWriteMs: number): boolean {
    return (this.toldMs.get(keyOf(holder)) ?? 0) > lastWriteMs + LEASE_MS + LEASE_MARGIN_MS;
  }
}
