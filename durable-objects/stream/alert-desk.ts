import { fail } from "../../src/core/errors";
import { newId } from "../../src/core/ids";
import { type Result, unwrap } from "../../src/core/result";
import { nextTurn } from "../../src/platform/next-turn";
import { hubObject } from "../../src/platform/objects";
import type { DetectionCounts, Feedback, FeedbackAnswer } from "../../src/streams/contract";
import { Outbox, OutboxDrain, type OutboxEvent } from "../shared/outbox";
import { alertEvent } from "./detection/alert-event";
import { Detection, type ToTell } from "./detection/detection";
import { feedbackOn } from "./detection/feedback";
import { Incidents } from "./detection/incidents";
import { incidentsOf } from "./detection/merge-alerts";
import { DetectorStates } from "./detection/states";
import type { Author } from "./engine/log/audit";
import type { LoggedRow } from "./engine/log/journal";
import type { StreamStore } from "./stream-store";

/** Work units (about a microsecond each) of a turn: requests that came meanwhile go in between. */
const TURN_WORK = 10_000;
/** And of one that learns from what is stored, whose states are stored each time. */
const HISTORY_WORK = 50_000;
/** A crash may come between a write and its judgement: by then the alarm sees to it. */
const BACKSTOP_MS = 60_000;

/** Judges readings when they are stored, and hands what it finds to the tenant's hub: exactly once in effect. */
export class AlertDesk {
  readonly outbox: Outbox;
  private readonly drainage: OutboxDrain;
  private readonly detection: Detection;
  private readonly incidents: Incidents;
  /** Events were put into the outbox since it was emptied last. */
  private hasEvents = false;
  /** It was not looked at since the wake: an earlier life may have left some. */
  private isFresh = true;

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
    /** Tells those who listen at the stream itself. */
    private readonly tell: (event: string) => void,
  ) {
    this.outbox = new Outbox(store.sql);
    this.drainage = new OutboxDrain(this.outbox, (events) => this.send(events));
    this.incidents = new Incidents(store.sql);
    this.detection = new Detection(store, (rows) => this.raise(rows));
    store.follow(this.detection);
  }

  static createTables(sql: SqlStorage): void {
    Outbox.createTables(sql);
    Incidents.createTables(sql);
    DetectorStates.createTables(sql);
  }

  /** Rows were committed. Gives when (ms) the alarm is to see to it that they are judged. */
  committed(rows: readonly LoggedRow[]): number | null {
    if (!this.detection.isEnabled) return null;
    this.detection.committed(rows);
    return Date.now() + BACKSTOP_MS;
  }

  /** Something else was committed, such as a deletion. */
  changed(): void {
    this.detection.readOn();
  }

  /** Everything was erased. */
  erased(): void {
    this.incidents.forget();
    this.drainage.forget();
  }

  get isEnabled(): boolean {
    return this.detection.isEnabled;
  }

  /** When the outbox wants to be tried again, and when silence is to be looked for. */
  next(): (number | null)[] {
    return [this.hasEvents ? Date.now() : this.drainage.next(), this.detection.looksAtMs];
  }

  async judgeAll(): Promise<void> {
    let told: Promise<void> | undefined;
    for (let isMore = true; isMore; ) {
      // The answer goes first.
      await nextTurn();
      isMore = this.detection.work(TURN_WORK);
      // An alert does not wait for the readings behind it.
      if (this.hasEvents || this.isFresh) told = this.drain();
    }
    await told;
  }

  /** The alarm rang. A series that fell silent is told of here, for no reading comes that would. */
  async lookForSilence(nowMs: number): Promise<void> {
    if (!this.store.identity() || !this.detection.isEnabled) return;
    await this.judgeAll();
    // Erased meanwhile.
    if (!this.store.identity()) return;
    this.detection.catchUp();
    const silent = this.detection.silent(nowMs);
    if (silent.length > 0) {
      const entry = { kind: "silence", atMs: nowMs, requestId: "", clientId: "detection" } as const;
      const { engine } = this.store;
      this.store.transaction(() => engine.note({ ...entry, counts: { series: silent.length } }, { silent }));
      this.detection.readOn();
    }
    await this.judgeAll();
  }

  /** Null where no alert of this stream is meant. */
  async feedback(feedback: Feedback, by: Author): Promise<FeedbackAnswer | null> {
    await this.judgeStored();
    this.detection.catchUp();
    const answer = feedbackOn(this.store, this.incidents, feedback, by);
    this.detection.readOn();
    this.detection.catchUp();
    return answer;
  }

  /** Loads of history were stored to their end: the detectors learn from the newest of it, in turns. */
  async learnHistory(by: Author): Promise<void> {
    for (let next: number | null = 0; next !== null; ) {
      await this.judgeStored();
      if (!this.detection.isEnabled) return;
      const { engine } = this.store;
      const first: number = next;
      const note = () => engine.note({ ...by, kind: "history", counts: { first_series: first } });
      next = this.detection.learnStored(first, HISTORY_WORK, note);
    }
  }

  /** Switches detection. What was learned goes with it: on again, every series begins anew. */
  switch(enabled: boolean, by: Author): void {
    if (this.detection.isEnabled === enabled) return;
    const { engine } = this.store;
    this.store.transaction(() => {
      engine.note({ ...by, kind: "detection", counts: { enabled } });
      this.detection.begin(enabled, engine.lastSeq);
    });
  }

  async counts(): Promise<DetectionCounts> {
    await this.judgeStored();
    return this.detection.counts();
  }

  /** Throws `stream_not_found` where the stream was erased meanwhile. */
  private async judgeStored(): Promise<void> {
    await this.judgeAll();
    if (!this.store.identity()) throw fail("stream_not_found", "There is no stream with this id.");
  }

  /** Hands the outbox to the hub; what it did not take is tried again later. */
  async drain(): Promise<void> {
    if (!this.store.identity()) return;
    this.hasEvents = false;
    this.isFresh = false;
    await this.drainage.run();
  }

  /** One transaction with the word that the rows were told: a replay does not tell them again. */
  private raise(rows: readonly ToTell[]): void {
    const { streamId } = this.store.identity()!;
    const now = Date.now();
    const alerts = rows
      .flatMap(incidentsOf)
      .map((found) => ({ id: newId("alert"), found }))
      .map(({ id, found }) => ({ id, found, event: alertEvent(id, now, streamId, found) }));
    this.store.transaction(() => {
      // Also greater than any mark of a stream of this name that was erased.
      let mark = Math.max(this.store.meta<number>("mark") ?? 0, now * 1_000);
      for (const { id, found, event } of alerts) {
        this.outbox.put(++mark, event);
        this.incidents.add(mark, id, found);
      }
      this.store.setMeta("mark", mark);
      this.store.setMeta("told_seq", rows.at(-1)!.seq);
    });
    this.hasEvents = true;
    for (const { event } of alerts) this.tell(event);
  }

  private async send(events: OutboxEvent[]): Promise<number | null> {
    const identity = this.store.identity();
    if (!identity) return null;
    const { tenantId, streamId, shard } = identity;
    const source = `stream:${streamId}:${shard}`;
    const taken: Result<{ mark: number }> = await hubObject(this.env, tenantId).publish({
      tenantId,
      source,
      events,
    });
    return this.store.identity() === identity ? unwrap(taken).mark : null;
  }
}
