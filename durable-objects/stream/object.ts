import { DurableObject } from "cloudflare:workers";
import type { Grant, LeaseId, Recalled } from "../../src/core/admission";
import { attempt, failed, ok, type Result } from "../../src/core/result";
import type { WriteReport } from "../../src/core/write-report";
import { configOf } from "../../src/env";
import { db } from "../../src/platform/db";
import { admitted, refused } from "../../src/platform/leases";
import { streamObject } from "../../src/platform/objects";
import type { SeriesTrack } from "../../src/streams/accuracy/track";
import type {
  AppendAnswer,
  AppendCall,
  Feedback,
  FeedbackAnswer,
  IdempotencyLookup,
  SeriesColumns,
  SeriesForecast,
  StreamCall,
  StreamDescription,
} from "../../src/streams/contract";
import type { Range } from "../../src/streams/engine/merge";
import { liveRequestOf } from "../../src/streams/live/request";
import { type Partials, runPartials } from "../../src/streams/query/partials";
import { runQuery } from "../../src/streams/query/run";
import type { QueryPage, QuerySpec } from "../../src/streams/query/spec";
import type { Sharded } from "../../src/streams/shard";
import { unregisterStream } from "../../src/streams/store";
import { Alarms, doDuties } from "../shared/alarms";
import { streamLease, type Want } from "./admission/stream-lease";
import { AlertDesk } from "./alert-desk";
import type { ChainedEntry } from "./engine/audit";
import { ForecastBook } from "./forecasts/book";
import { liveHost } from "./live/host";
import { LiveRelay, type Relayed } from "./live/relay";
import { LiveSockets } from "./live/sockets";
import { columnsOf, descriptionOf, type Selection } from "./reading";
import { Shards } from "./shards";
import { type Identity, StreamStore } from "./stream-store";
import { Upkeep } from "./upkeep";
import { Appends, type CommittedRow } from "./writes/appends";
import { WriteReports } from "./writes/reports";

const AUDIT_PAGE = 1_000;
const READ: Want = { write: false, bytes: 0 };

/** Who does something, for the audit. */
interface By {
  requestId: string;
  clientId: string;
}

/**
 * One shard of a stream, the only writer of its points: order, counts and the acknowledgement come free. A shell: it
 * admits, asks the parts beside this file, and keeps the object's one alarm. What is in memory is a cache of storage.
 */
export class StreamObject extends DurableObject<Env> {
  private readonly store = new StreamStore(this.ctx.storage, () => configOf(this.env).SEAL_BYTES);
  private readonly lease = streamLease(this.env, () => this.store.storedBytes);
  private readonly alarms = new Alarms(this.ctx.storage);
  private readonly shards = new Shards(this.env, this.store);
  private readonly forecasts = new ForecastBook(this.env, this.store);
  private readonly reports = new WriteReports(this.env, this.store, () => this.ctx.storage.sync());
  private readonly appends: Appends;
  private readonly alerts: AlertDesk;
  private readonly live: LiveSockets;
  private readonly relay: LiveRelay;
  private readonly upkeep: Upkeep;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.alerts = new AlertDesk(env, this.store, (event) => this.raised(event));
    this.upkeep = new Upkeep(this.store, this.lease, this.alerts);
    this.appends = new Appends(env, this.store, this.alerts, (rows) => this.stored(rows));
    this.live = new LiveSockets(
      ctx,
      liveHost(env, this.lease, this.appends, this.shards, () => this.arm()),
    );
    this.relay = new LiveRelay(env, this.store, this.shards, this.live);
  }

  // Writes

  /** Stores a frame, all or nothing, and answers when it is durable. */
  append(call: AppendCall): Promise<Sharded<AppendAnswer>> {
    const arrivedMs = Date.now();
    return this.admit(call, this.appends.costOf(call.frame), (grant) =>
      this.appends.append(call, grant, arrivedMs),
    );
  }

  /** The state of a key; a new one counts as running from here on. */
  lookupIdempotent(call: StreamCall & { key: string }): Promise<Sharded<IdempotencyLookup>> {
    return this.admit(call, READ, (grant) => ok(this.appends.lookup(call.key, this.holds(grant.epoch))));
  }

  /** The key's request failed: it is free to be tried again. */
  releaseIdempotent(key: string): void {
    this.appends.release(key);
  }

  /** The first of `rows` distinct arrival times, for rows without a time; the same for the same upload. */
  reserveArrival(
    call: StreamCall & By & { dataType: string | null; uploadId: string; rows: number },
  ): Promise<Sharded<number>> {
    return this.admit(call, this.appends.costOf(null), (grant) => this.appends.reserveArrival(call, grant));
  }

  /** Deletes the readings in [start, end). */
  deleteRange(call: StreamCall & By & { range: Range }): Promise<Sharded<{ deleted: number }>> {
    return this.reading(call, async () => {
      const deleted = this.store.transaction(() =>
        this.store.engine.delete(call.range, authorOf(call), "delete_range"),
      );
      this.alerts.changed();
      // The alarm is the backstop: what was deleted must also go from the disk.
      await this.arm();
      this.ctx.waitUntil(this.upkeep.maintain(false));
      return { deleted };
    });
  }

  /** Keeps readings for so many days from now on; null: for ever. */
  retain(call: StreamCall & { days: number | null }): Promise<Sharded<{ deleted: number }>> {
    return this.reading(call, async () => {
      const deleted = this.upkeep.retain(call.days, Date.now());
      await this.arm();
      return { deleted };
    });
  }

  /** Switches detection on or off. */
  switchDetection(call: StreamCall & By & { enabled: boolean }): Promise<Sharded<null>> {
    return this.reading(call, () => {
      this.alerts.switch(call.enabled, authorOf(call));
      return null;
    });
  }

  /** Teaches the detectors what writes with the mode `defer` have left to this moment. */
  learnHistory(call: StreamCall & By): Promise<Sharded<null>> {
    return this.reading(call, async () => {
      await this.alerts.learnHistory(authorOf(call));
      await this.arm();
      return null;
    });
  }

  /** What a person says of an alert; null where this shard raised none that is meant. */
  feedback(call: StreamCall & By & { feedback: Feedback }): Promise<Sharded<FeedbackAnswer | null>> {
    return this.reading(call, async () => {
      const answer = await this.alerts.feedback(call.feedback, authorOf(call));
      await this.arm();
      return answer;
    });
  }

  /** Splits the stream into so many shards: new tag sets go where their hash says, those that are here stay. */
  split(call: StreamCall & { shards: number }): Promise<Sharded<{ shards: number }>> {
    return this.reading(call, () =>
      this.shards.split(call.shards, this.alerts.isEnabled, () => this.appends.turnAway()),
    );
  }

  /** Shard 0 makes this object one of its shards. A split that did not come to its end may have done so before. */
  async adopt(call: { identity: Identity; mapId: string; detects: boolean }): Promise<void> {
    const known = this.store.identity();
    if (known && known.epoch < call.identity.epoch) await this.appends.wipe();
    if (!this.store.identity()) this.appends.create(call.identity);
    this.shards.join(call.mapId);
    this.alerts.switch(call.detects, authorOf({ requestId: "", clientId: "" }));
  }

  // Reads

  describe(call: StreamCall): Promise<Sharded<StreamDescription>> {
    return this.reading(call, async () => {
      const detection = await this.alerts.counts();
      return { ...descriptionOf(this.store), detection };
    });
  }

  /** Columns of the selected series: the newest `maxPoints` of each, ascending. */
  columns(call: StreamCall & Selection & { maxPoints: number }): Promise<Sharded<SeriesColumns[]>> {
    return this.reading(call, () => columnsOf(this.store.reader, call, call.maxPoints));
  }

  /** A page of the answer to a query. */
  query(call: StreamCall & { spec: QuerySpec }): Promise<Sharded<QueryPage>> {
    return this.reading(call, () => runQuery(this.store.reader, call.spec));
  }

  /** What this shard has of a query's windows. */
  partials(call: StreamCall & { spec: QuerySpec }): Promise<Sharded<Partials>> {
    return this.reading(call, () => runPartials(this.store.reader, call.spec));
  }

  /** Keeps forecasts of this shard's series until what came can be held against them. */
  rememberForecasts(call: StreamCall & { forecasts: SeriesForecast[] }): Promise<Sharded<null>> {
    return this.reading(call, async () => {
      this.forecasts.remember(call.forecasts, Date.now());
      await this.arm();
      return null;
    });
  }

  /** How past forecasts turned out. */
  forecastTracks(call: StreamCall): Promise<Sharded<SeriesTrack[]>> {
    return this.reading(call, async () => {
      // What a crash left unsettled is taken up.
      await this.arm();
      return this.forecasts.tracks();
    });
  }

  audit(call: StreamCall & { afterSeq: number }): Promise<Sharded<ChainedEntry[]>> {
    return this.reading(call, () => this.store.engine.audit.entries(call.afterSeq, AUDIT_PAGE));
  }

  verifyAudit(call: StreamCall) {
    return this.reading(call, () => this.store.engine.audit.verify());
  }

  /** The upgrade of a live connection, which the Worker has admitted. */
  override async fetch(request: Request): Promise<Response> {
    const live = liveRequestOf(request);
    if (!live) return new Response(null, { status: 404 });
    const answer = this.live.accept(live, request.headers.get("sec-websocket-protocol"));
    await this.relay.ask(Date.now());
    await this.arm();
    return answer;
  }

  /** Shard 0 asks this one to pass on what it stores. */
  passOn({ untilMs }: { untilMs: number }): void {
    this.relay.passOn(untilMs);
  }

  /** Another shard passes on what it stored. */
  relayed(relayed: Relayed): void {
    this.relay.take(relayed);
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.live.message(socket, data);
  }

  override webSocketClose(socket: WebSocket): void {
    this.live.closed(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.live.failed(socket);
  }

  // The tenant's side

  /** Gives up the lease, for the tenant's policy changes or another holder needs what is left of it. */
  recall({ id }: { id: LeaseId | null }): Recalled {
    return this.lease.recall(id);
  }

  /** What was stored here, for the tenant's figures; null where nothing was. */
  written(): WriteReport | null {
    return this.reports.take();
  }

  /** Deletes everything held, and the stream's entry in the registry. */
  erase(stream: { tenantId: string; streamId: string }): Promise<{
    rows: number;
    values: number;
    writes: number;
  }> {
    // No write may come between the two: it would stand in no registry.
    return this.ctx.blockConcurrencyWhile(async () => {
      // Nobody could tell of it any more.
      await this.reports.tell(Date.now());
      const held = this.store.identity() ? descriptionOf(this.store) : null;
      const writes = held ? this.store.engine.audit.count : 0;
      // The others first: without this one's map nobody would find them.
      const others = await Promise.all(
        this.shards
          .others()
          .map((shard) => streamObject(this.env, stream.tenantId, stream.streamId, shard).erase(stream)),
      );
      await this.appends.wipe();
      this.shards.forget();
      this.alarms.forget();
      this.live.closeAll();
      await unregisterStream(db(this.env), stream.tenantId, stream.streamId);
      const all = [...others, { rows: held?.rows ?? 0, values: held?.values ?? 0, writes }];
      const sum = (of: "rows" | "values" | "writes") => all.reduce((total, one) => total + one[of], 0);
      return { rows: sum("rows"), values: sum("values"), writes: sum("writes") };
    });
  }

  /** Every duty that is due; one that fails does not hold up the others. */
  override async alarm(): Promise<void> {
    this.alarms.rang();
    const now = Date.now();
    await doDuties(this.env, this.ctx.id.name ?? "", [
      () => this.alerts.drain(),
      () => this.alerts.lookForSilence(now),
      () => this.live.due(now),
      () => this.relay.ask(now),
      () => this.upkeep.retentionDue(now),
      () => this.upkeep.idle(now),
      () => this.forecasts.run(now),
      () => this.reports.run(now),
    ]);
    await this.arm();
  }

  private async admit<T>(
    call: StreamCall,
    want: Want,
    work: (grant: Grant) => Result<T> | Promise<Result<T>>,
  ): Promise<Sharded<T>> {
    const leave = this.lease.admit(call, want);
    // Nearly always there is a lease: then nothing is waited for.
    const granted = leave instanceof Promise ? await leave : leave;
    if (!granted.ok) return { ...refused<T>(granted), moved: null };
    const moved = this.shards.moved(call.mapId);
    if (moved) return { ...admitted<T>(granted.value, notFound()), moved };
    return { ...admitted(granted.value, await work(granted.value)), moved: null };
  }

  /** Work on what is stored; `stream_not_found` where nothing is, or only what was erased since. */
  private reading<T>(call: StreamCall, work: () => T | Promise<T>): Promise<Sharded<T>> {
    return this.admit(call, READ, (grant) =>
      this.holds(grant.epoch) ? attempt(async () => work()) : notFound(),
    );
  }

  private holds(epoch: number): boolean {
    const identity = this.store.identity();
    return identity !== null && identity.epoch >= epoch;
  }

  /** Frames are durable. */
  private stored(rows: readonly CommittedRow[]): void {
    const frames = rows.map(({ frame }) => frame);
    this.upkeep.wrote();
    // In the turn of the commit: a crash comes before both, or the alarm sees to what it left.
    this.ctx.waitUntil(this.alarms.arm([this.alerts.committed(rows), this.reports.stored()]));
    this.ctx.waitUntil(this.reports.time(rows));
    for (const frame of frames) this.live.points(frame);
    if (this.store.identity()?.shard) this.ctx.waitUntil(this.relay.points(frames));
    this.ctx.waitUntil(this.afterWrite());
  }

  private raised(event: string): void {
    this.live.alert(event);
    if (this.store.identity()?.shard) this.ctx.waitUntil(this.relay.alert(event));
  }

  /** The answers go first. */
  private async afterWrite(): Promise<void> {
    await this.alerts.judgeAll();
    await this.upkeep.sealIfFull();
    await this.arm();
  }

  private arm(): Promise<void> {
    const { alerts, live, relay, forecasts, reports, upkeep } = this;
    return this.alarms.arm([
      ...[live.next(), relay.next(), forecasts.next(), reports.next()],
      ...alerts.next(),
      ...upkeep.next(),
    ]);
  }
}

const authorOf = ({ requestId, clientId }: By) => ({ atMs: Date.now(), requestId, clientId });

const notFound = () => failed({ code: "stream_not_found", detail: "There is no stream with this id." });
