import { DurableObject } from "cloudflare:workers";
import type { LeaseId, Recalled } from "../../src/core/admission";
import type { WriteReport } from "../../src/core/write-report";
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
import { doDuties } from "../shared/alarms";
import type { ChainedEntry } from "./engine/log/audit";
import { type Erased, eraseStream } from "./erase";
import type { Relayed } from "./live/relay";
import { streamParts } from "./parts";
import { columnsOf, descriptionOf, type Selection } from "./reading";
import type { Identity } from "./stream-store";

const AUDIT_PAGE = 1_000;

/** Who does something, for the audit. */
interface By {
  requestId: string;
  clientId: string;
}

/**
 * One shard of a stream, the only writer of its points: order, counts and the acknowledgement come free. A shell: it
 * admits, names who does what, and keeps the object's one alarm. What it is made of stands in `parts`; what is in memory
 * is a cache of storage.
 */
export class StreamObject extends DurableObject<Env> {
  private readonly parts = streamParts(this.ctx, this.env, () => this.arm());

  // Writes
  /** Stores a frame, all or nothing, and answers when it is durable. */
  append(call: AppendCall): Promise<Sharded<AppendAnswer>> {
    const arrivedMs = Date.now();
    return this.parts.admission.admit(call, this.parts.appends.costOf(call.frame), (grant) =>
      this.parts.appends.append(call, grant, arrivedMs),
    );
  }
  /** The state of a key; a new one counts as running from here on. */
  lookupIdempotent(call: StreamCall & { key: string }): Promise<Sharded<IdempotencyLookup>> {
    return this.parts.admission.asking(call, (isThere) => this.parts.appends.lookup(call.key, isThere));
  }
  /** The key's request failed: it is free to be tried again. */
  releaseIdempotent(key: string): void {
    this.parts.appends.release(key);
  }
  /** The first of `rows` distinct arrival times, for rows without a time; the same for the same upload. */
  reserveArrival(
    call: StreamCall & By & { dataType: string | null; uploadId: string; rows: number },
  ): Promise<Sharded<number>> {
    return this.parts.admission.admit(call, this.parts.appends.costOf(null), (grant) =>
      this.parts.appends.reserveArrival(call, grant),
    );
  }
  /** Deletes the readings in [start, end). */
  deleteRange(call: StreamCall & By & { range: Range }): Promise<Sharded<{ deleted: number }>> {
    return this.parts.admission.reading(call, async () => {
      const deleted = this.parts.upkeep.delete(call.range, authorOf(call));
      // The alarm is the backstop: what was deleted must also go from the disk.
      await this.arm();
      this.parts.behind(this.parts.upkeep.maintain(false));
      return { deleted };
    });
  }
  /** Keeps readings for so many days from now on; null: for ever. */
  retain(call: StreamCall & { days: number | null }): Promise<Sharded<{ deleted: number }>> {
    return this.parts.admission.changing(call, () => ({
      deleted: this.parts.upkeep.retain(call.days, Date.now()),
    }));
  }
  /** Switches detection on or off. */
  switchDetection(call: StreamCall & By & { enabled: boolean }): Promise<Sharded<null>> {
    return this.parts.admission.reading(call, () => {
      this.parts.alerts.switch(call.enabled, authorOf(call));
      return null;
    });
  }
  /** Teaches the detectors what writes with the mode `defer` have left to this moment. */
  learnHistory(call: StreamCall & By): Promise<Sharded<null>> {
    return this.parts.admission.changing(call, async () => {
      await this.parts.alerts.learnHistory(authorOf(call));
      return null;
    });
  }
  /** What a person says of an alert; null where this shard raised none that is meant. */
  feedback(call: StreamCall & By & { feedback: Feedback }): Promise<Sharded<FeedbackAnswer | null>> {
    return this.parts.admission.changing(call, () =>
      this.parts.alerts.feedback(call.feedback, authorOf(call)),
    );
  }
  /** Splits the stream into so many shards: new tag sets go where their hash says, those that are here stay. */
  split(call: StreamCall & { shards: number }): Promise<Sharded<{ shards: number }>> {
    return this.parts.admission.reading(call, () =>
      this.parts.shards.split(call.shards, this.parts.alerts.isEnabled, () => this.parts.appends.turnAway()),
    );
  }
  /** Shard 0 makes this object one of its shards. A split that did not come to its end may have done so before. */
  async adopt(call: { identity: Identity; mapId: string; detects: boolean }): Promise<void> {
    await this.parts.appends.adopt(call.identity);
    this.parts.shards.join(call.mapId);
    this.parts.alerts.switch(call.detects, authorOf({ requestId: "", clientId: "" }));
  }

  // Reads
  describe(call: StreamCall): Promise<Sharded<StreamDescription>> {
    return this.parts.admission.reading(call, async () => {
      const detection = await this.parts.alerts.counts();
      return { ...descriptionOf(this.parts.store), detection };
    });
  }
  /** Columns of the selected series: the newest `maxPoints` of each, ascending. */
  columns(call: StreamCall & Selection & { maxPoints: number }): Promise<Sharded<SeriesColumns[]>> {
    return this.parts.admission.reading(call, () => columnsOf(this.parts.store.reader, call, call.maxPoints));
  }
  /** A page of the answer to a query. */
  query(call: StreamCall & { spec: QuerySpec }): Promise<Sharded<QueryPage>> {
    return this.parts.admission.reading(call, () => runQuery(this.parts.store.reader, call.spec));
  }
  /** What this shard has of a query's windows. */
  partials(call: StreamCall & { spec: QuerySpec }): Promise<Sharded<Partials>> {
    return this.parts.admission.reading(call, () => runPartials(this.parts.store.reader, call.spec));
  }

  // Forecasts
  /** Keeps forecasts of this shard's series until what came can be held against them. */
  rememberForecasts(call: StreamCall & { forecasts: SeriesForecast[] }): Promise<Sharded<null>> {
    return this.parts.admission.changing(call, () => {
      this.parts.forecasts.remember(call.forecasts, Date.now());
      return null;
    });
  }
  /** How past forecasts turned out. */
  forecastTracks(call: StreamCall): Promise<Sharded<SeriesTrack[]>> {
    return this.parts.admission.reading(call, async () => {
      // What a crash left unsettled is taken up.
      await this.arm();
      return this.parts.forecasts.tracks();
    });
  }

  // Audit
  audit(call: StreamCall & { afterSeq: number }): Promise<Sharded<ChainedEntry[]>> {
    return this.parts.admission.reading(call, () =>
      this.parts.store.engine.audit.entries(call.afterSeq, AUDIT_PAGE),
    );
  }
  verifyAudit(call: StreamCall) {
    return this.parts.admission.reading(call, () => this.parts.store.engine.audit.verify());
  }

  // Live
  /** The upgrade of a live connection, which the Worker has admitted. */
  override async fetch(request: Request): Promise<Response> {
    const live = liveRequestOf(request);
    if (!live) return new Response(null, { status: 404 });
    const answer = this.parts.live.accept(live, request.headers.get("sec-websocket-protocol"));
    await this.parts.relay.ask(Date.now());
    await this.arm();
    return answer;
  }
  /** Shard 0 asks this one to pass on what it stores. */
  passOn({ untilMs }: { untilMs: number }): void {
    this.parts.relay.passOn(untilMs);
  }
  /** Another shard passes on what it stored. */
  relayed(relayed: Relayed): void {
    this.parts.relay.take(relayed);
  }
  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.parts.live.message(socket, data);
  }
  override webSocketClose(socket: WebSocket): void {
    this.parts.live.closed(socket);
  }
  override webSocketError(socket: WebSocket): void {
    this.parts.live.failed(socket);
  }

  // The tenant's side
  /** Gives up the lease, for the tenant's policy changes or another holder needs what is left of it. */
  recall({ id }: { id: LeaseId | null }): Recalled {
    return this.parts.lease.recall(id);
  }
  /** What was stored here, for the tenant's figures; null where nothing was. */
  written(): WriteReport | null {
    return this.parts.reports.take();
  }
  /** Deletes everything held, and the stream's entry in the registry. */
  erase(stream: { tenantId: string; streamId: string }): Promise<Erased> {
    // No write may come between: it would stand in no registry.
    return this.ctx.blockConcurrencyWhile(() => eraseStream(this.env, this.parts, stream));
  }

  /** Every duty that is due; one that fails does not hold up the others. */
  override async alarm(): Promise<void> {
    this.parts.alarms.rang();
    const now = Date.now();
    await doDuties(this.env, this.ctx.id.name ?? "", [
      () => this.parts.alerts.drain(),
      () => this.parts.alerts.lookForSilence(now),
      () => this.parts.live.due(now),
      () => this.parts.relay.ask(now),
      () => this.parts.upkeep.retentionDue(now),
      () => this.parts.upkeep.idle(now),
      () => this.parts.forecasts.run(now),
      () => this.parts.reports.run(now),
    ]);
    await this.arm();
  }

  private arm(): Promise<void> {
    const { alerts, live, relay, forecasts, reports, upkeep } = this.parts;
    return this.parts.alarms.arm([
      ...[live.next(), relay.next(), forecasts.next(), reports.next()],
      ...alerts.next(),
      ...upkeep.next(),
    ]);
  }
}

const authorOf = ({ requestId, clientId }: By) => ({ atMs: Date.now(), requestId, clientId });
