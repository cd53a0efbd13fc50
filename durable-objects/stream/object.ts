import { DurableObject } from "cloudflare:workers";
import { newId } from "../../src/core/ids";
import { failed, ok, type Result } from "../../src/core/result";
import { db } from "../../src/platform/db";
import { hubObject, tenantObject } from "../../src/platform/objects";
import {
  type AppendAnswer,
  type AppendCall,
  type IdempotencyLookup,
  type SeriesColumns,
  STREAM_LIMITS,
  type StoredPoint,
  type StreamDescription,
  type WriteAnswer,
} from "../../src/streams/contract";
import { decodeFrame, type Frame } from "../../src/streams/frame";
import { registerStream, unregisterStream } from "../../src/streams/store";
import { alertEvent } from "./alert-event";
import { Judge } from "./judge";
import { Outbox } from "./outbox";
import { type AppendCounts, type PointStore, RowStore, type Selection } from "./point-store";
import { WriteLog } from "./write-log";

/** How long a key counts as running when nothing more is heard of its request. */
const RUNNING_MS = 60_000;
/** Values of one answer of columns: 16 bytes each, and an RPC message holds 32 MB. */
const COLUMN_VALUES = 1_500_000;
const RETRY_MS = { first: 1_000, most: 300_000 };
const AUDIT_PAGE = 1_000;

interface Identity {
  tenantId: string;
  streamId: string;
}

/**
 * One shard of a stream, the only writer of its points: order, counts and the acknowledgement come free. What is in
 * memory is a cache of storage.
 */
export class StreamObject extends DurableObject<Env> {
  private readonly sql = this.ctx.storage.sql;
  private readonly store: PointStore = new RowStore(this.sql);
  private readonly log = new WriteLog(this.sql);
  private readonly outbox = new Outbox(this.sql);
  private readonly judge = new Judge(this.store);
  private readonly running = new Map<string, number>();
  /** Frames that are stored and not yet judged, in their order. */
  private unjudged: Frame[] = [];
  /** Grows when everything is erased: what was looked up before an await does not hold after it. */
  private generation = 0;
  private draining = false;
  private failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.createTables();
  }

  /** Stores a frame, all or nothing, and answers when it is durable. */
  async append(call: AppendCall): Promise<Result<AppendAnswer>> {
    const frame = decodeFrame(call.frame);
    if (!frame) return failed({ code: "malformed_data", detail: "The frame is damaged." });
    const leave = await this.openWrite(call);
    if (!leave.ok) return leave;
    const before = call.idempotency && this.log.lookup(call.idempotency.key, Date.now());
    if (call.idempotency && before?.state === "done")
      return this.replayed(call.idempotency.fingerprint, before);
    const total = this.store.seriesCount() + this.store.newSeries(frame);
    if (total > STREAM_LIMITS.seriesPerStream) {
      return failed({
        code: "too_many_series",
        detail: `The stream would have ${total} series; it may have ${STREAM_LIMITS.seriesPerStream}. A tag that differs in every row belongs to the attributes.`,
      });
    }
    if (call.detect) this.judge.prepare(frame);
    else this.judge.forget();
    const counts = this.write(call, frame);
    if (call.idempotency) this.running.delete(call.idempotency.key);
    if (call.detect) {
      this.unjudged.push(frame);
      this.ctx.waitUntil(this.judgeAll());
    }
    return ok({ ...counts, replayed: null, storedBytes: this.sql.databaseSize });
  }

  /** Columns of the selected series: the newest `maxPoints` of each, ascending. */
  columns(call: Selection & { epoch: number; maxPoints: number }): Result<SeriesColumns[]> {
    if (!this.holds(call.epoch)) return notFound();
    const columns = this.store.columns(call, call.maxPoints);
    if (!columns)
      return failed({
        code: "field_not_found",
        detail: `The stream has no field "${call.field?.slice(0, 60)}".`,
      });
    const values = columns.reduce((sum, series) => sum + series.times.length, 0);
    if (values <= COLUMN_VALUES) return ok(columns);
    return failed({
      code: "work_budget_exceeded",
      detail: `${values} values are asked for; at most ${COLUMN_VALUES} fit an answer. Select fewer series or points.`,
    });
  }

  describe(epoch: number): Result<StreamDescription> {
    return this.holds(epoch) ? ok(this.store.describe()) : notFound();
  }

  /** A page of rows ordered by time. */
  data(call: {
    epoch: number;
    startMicros: number;
    endMicros: number;
    fields: string[] | null;
    tags: Record<string, string>;
    limit: number;
    cursor: string | null;
  }): Result<{ points: StoredPoint[]; next: string | null }> {
    if (!this.holds(call.epoch)) return notFound();
    const page = this.store.page(call, call.cursor, call.limit);
    return page ? ok(page) : failed({ code: "field_not_found", detail: "The stream has no such field." });
  }

  /** The state of a key; a new one counts as running from here on. */
  lookupIdempotent(epoch: number, key: string): IdempotencyLookup {
    const now = Date.now();
    const stored: IdempotencyLookup = this.holds(epoch) ? this.log.lookup(key, now) : { state: "new" };
    if (stored.state !== "new") return stored;
    if ((this.running.get(key) ?? 0) > now) return { state: "running" };
    for (const [other, until] of this.running) if (until <= now) this.running.delete(other);
    this.running.set(key, now + RUNNING_MS);
    return stored;
  }

  /** The key's request failed: it is free to be tried again. */
  releaseIdempotent(key: string): void {
    this.running.delete(key);
  }

  /** The first of `rows` distinct arrival times, for rows without a time; the same for the same upload. */
  async reserveArrival(
    call: Identity & { epoch: number; region: string | null; uploadId: string; rows: number },
  ): Promise<Result<number>> {
    const leave = await this.openWrite({ ...call, dataType: null, frame: new Uint8Array(0) });
    if (!leave.ok) return leave;
    return ok(
      this.ctx.storage.transactionSync(() => {
        const [known] = this.sql
          .exec<{ base: number }>("SELECT base FROM arrivals WHERE upload_id = ?", call.uploadId)
          .toArray();
        if (known) return known.base;
        const base = this.takeArrival(call.rows);
        this.sql.exec("INSERT INTO arrivals (upload_id, base) VALUES (?, ?)", call.uploadId, base);
        return base;
      }),
    );
  }

  audit(call: { epoch: number; afterId: number }): Result<ReturnType<WriteLog["entries"]>> {
    return this.holds(call.epoch) ? ok(this.log.entries(call.afterId, AUDIT_PAGE)) : notFound();
  }

  verifyAudit(epoch: number): Result<ReturnType<WriteLog["verify"]>> {
    return this.holds(epoch) ? ok(this.log.verify()) : notFound();
  }

  /** Deletes the readings from `startMicros` up to, not including, `endMicros`. */
  deleteRange(call: {
    epoch: number;
    startMicros: number;
    endMicros: number;
    requestId: string;
    clientId: string;
  }): Result<{ deleted: number }> {
    if (!this.holds(call.epoch)) return notFound();
    const deleted = this.ctx.storage.transactionSync(() => {
      const rows = this.store.deleteRange(call.startMicros, call.endMicros);
      const counts = { deleted: rows, start: call.startMicros, end: call.endMicros };
      this.log.add({ ...call, kind: "delete_range", atMs: Date.now(), counts, idempotency: null });
      return rows;
    });
    this.judge.forget();
    return ok({ deleted });
  }

  /** Deletes everything held, and the stream's entry in the registry. */
  async erase(stream: Identity): Promise<{ rows: number; values: number; writes: number }> {
    // No write may come between the two: it would stand in no registry.
    return this.ctx.blockConcurrencyWhile(async () => {
      const { rows, values } = this.store.describe();
      const { writes } = this.sql.exec<{ writes: number }>("SELECT count(*) AS writes FROM writes").one();
      await this.wipe();
      await unregisterStream(db(this.env), stream.tenantId, stream.streamId);
      return { rows, values, writes };
    });
  }

  override async alarm(): Promise<void> {
    await this.drain();
  }

  private replayed(
    fingerprint: string,
    before: Extract<IdempotencyLookup, { state: "done" }>,
  ): Result<AppendAnswer> {
    if (before.fingerprint !== fingerprint) {
      return failed({
        code: "idempotency_key_reused",
        detail: "This Idempotency-Key was used with another body.",
      });
    }
    return ok({
      accepted: 0,
      updated: 0,
      duplicates: 0,
      replayed: before.answer,
      storedBytes: this.sql.databaseSize,
    });
  }

  /** The tenant's leave to write, the registration of a new stream, and the end of what an erasure left behind. */
  private async openWrite(
    call: Identity & { epoch: number; region: string | null; dataType: string | null; frame: Uint8Array },
  ): Promise<Result<{ epoch: number }>> {
    const { tenantId, streamId, epoch } = call;
    for (let tries = 0; tries < 3; tries++) {
      const { generation } = this;
      const bytes = call.frame.byteLength;
      const leave: Result<{ epoch: number }> = await tenantObject(this.env, tenantId, call.region).openWrite({
        streamId,
        epoch,
        bytes,
        storedBytes: this.sql.databaseSize,
      });
      if (!leave.ok) return leave;
      const stored = this.epoch();
      if (stored !== null && stored < leave.value.epoch) await this.wipe();
      else if (generation !== this.generation) continue;
      if (this.epoch() !== null) return leave;
      const now = this.generation;
      await registerStream(db(this.env), {
        tenantId,
        streamId,
        dataType: call.dataType,
        createdAt: Date.now(),
      });
      if (now !== this.generation) continue;
      if (this.epoch() === null) {
        this.ctx.storage.transactionSync(() => {
          this.setMeta("epoch", leave.value.epoch);
          this.setMeta("tenant_id", tenantId);
          this.setMeta("stream_id", streamId);
        });
      }
      return leave;
    }
    return failed({
      code: "unavailable",
      detail: "The stream is being erased; try again.",
      retryAfterSeconds: 1,
    });
  }

  private write(call: AppendCall, frame: Frame): AppendCounts {
    try {
      return this.ctx.storage.transactionSync(() => {
        this.giveArrivalTimes(frame);
        const counts = this.store.append(frame);
        const { requestId, clientId, idempotency } = call;
        this.log.add({
          kind: "append",
          atMs: Date.now(),
          requestId,
          clientId,
          counts: { ...counts },
          idempotency: idempotency && {
            ...idempotency,
            answer: JSON.stringify(summed(idempotency.soFar, counts)),
          },
        });
        return counts;
      });
    } catch (error) {
      this.store.forget();
      this.judge.forget();
      throw error;
    }
  }

  private giveArrivalTimes(frame: Frame): void {
    const rows = frame.times.reduce((count, time) => count + (Number.isNaN(time) ? 1 : 0), 0);
    if (rows === 0) return;
    let next = this.takeArrival(rows);
    for (let row = 0; row < frame.times.length; row++)
      if (Number.isNaN(frame.times[row]!)) frame.times[row] = next++;
  }

  private takeArrival(rows: number): number {
    const base = this.store.freeTimes(
      Math.max(Date.now() * 1_000, this.meta<number>("arrival_cursor") ?? 0),
      rows,
    );
    this.setMeta("arrival_cursor", base + rows);
    return base;
  }

  private async judgeAll(): Promise<void> {
    // The answer goes first.
    await scheduler.wait(0);
    const frames = this.unjudged;
    this.unjudged = [];
    const streamId = this.meta<string>("stream_id");
    if (streamId === null) return;
    const found = frames.flatMap((frame) => this.judge.judge(frame));
    if (found.length === 0) return;
    this.ctx.storage.transactionSync(() => {
      const now = Date.now();
      // Also greater than any mark of a stream of this name that was erased.
      let mark = Math.max(this.meta<number>("mark") ?? 0, now * 1_000);
      for (const judged of found) this.outbox.put(++mark, alertEvent(newId("alert"), now, streamId, judged));
      this.setMeta("mark", mark);
    });
    await this.drain();
  }

  /** Hands the outbox to the hub; what it did not take waits for the alarm. */
  private async drain(): Promise<void> {
    if (this.draining) return;
    this.draining = true;
    try {
      for (let events = this.outbox.batch(); events.length > 0; events = this.outbox.batch()) {
        const { generation } = this;
        const tenantId = this.meta<string>("tenant_id")!;
        const source = `stream:${this.meta<string>("stream_id")}:0`;
        const taken: Result<{ mark: number }> = await hubObject(this.env, tenantId).publish({
          tenantId,
          source,
          events,
        });
        if (generation !== this.generation) return;
        if (!taken.ok) throw new Error(taken.failure.code);
        this.outbox.delivered(taken.value.mark);
        // A hub that takes nothing is as good as one that does not answer.
        if (taken.value.mark < events[0]!.mark) throw new Error("the hub took no event");
      }
      this.failures = 0;
    } catch {
      const delay = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.failures++);
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + delay);
    } finally {
      this.draining = false;
    }
  }

  private async wipe(): Promise<void> {
    this.generation++;
    this.unjudged = [];
    this.running.clear();
    this.judge.forget();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.createTables();
  }

  private createTables(): void {
    this.ctx.storage.transactionSync(() => {
      this.store.createTables();
      this.log.createTables();
      this.outbox.createTables();
      this.sql.exec("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID");
      this.sql.exec(
        "CREATE TABLE IF NOT EXISTS arrivals (upload_id TEXT PRIMARY KEY, base INTEGER NOT NULL) WITHOUT ROWID",
      );
    });
  }

  private epoch(): number | null {
    return this.meta<number>("epoch");
  }

  /** Whether there is data, and none that was erased since. */
  private holds(epoch: number): boolean {
    const stored = this.epoch();
    return stored !== null && stored >= epoch;
  }

  private meta<T extends number | string>(
    name: "epoch" | "tenant_id" | "stream_id" | "arrival_cursor" | "mark",
  ): T | null {
    const [row] = this.sql.exec<{ value: T }>("SELECT value FROM meta WHERE name = ?", name).toArray();
    return row?.value ?? null;
  }

  private setMeta(name: string, value: number | string): void {
    this.sql.exec("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
  }
}

const notFound = () => failed({ code: "stream_not_found", detail: "There is no stream with this id." });

const summed = (soFar: WriteAnswer, counts: AppendCounts): WriteAnswer => ({
  ...soFar,
  accepted: soFar.accepted + counts.accepted,
  updated: soFar.updated + counts.updated,
  duplicates: soFar.duplicates + counts.duplicates,
});
