import { configOf } from "../../src/env";
import { Alarms } from "../shared/alarms";
import { StreamAdmission } from "./admission/admission";
import { streamLease } from "./admission/stream-lease";
import { AlertDesk } from "./alert-desk";
import { ForecastBook } from "./forecasts/book";
import { liveHost } from "./live/host";
import { LiveRelay } from "./live/relay";
import { LiveSockets } from "./live/sockets";
import { Shards } from "./shards";
import { StreamStore } from "./stream-store";
import { Upkeep } from "./upkeep";
import { AfterCommit } from "./writes/after-commit";
import { Appends } from "./writes/appends";
import { WriteReports } from "./writes/reports";

/**
 * What the object of a shard is made of, and who knows whom. `arm`: the alarm may have to ring earlier than it was to.
 */
export function streamParts(ctx: DurableObjectState, env: Env, arm: () => Promise<void>) {
  const behind = (work: Promise<unknown>) => ctx.waitUntil(work);
  const alarms = new Alarms(ctx.storage);
  const store = new StreamStore(ctx.storage, () => configOf(env).SEAL_BYTES);
  const lease = streamLease(env, () => store.storedBytes);
  const shards = new Shards(env, store);
  const reports = new WriteReports(env, store, () => ctx.storage.sync());
  const alerts = new AlertDesk(env, store, (event) => afterCommit.raised(event));
  const upkeep = new Upkeep(store, lease, alerts);
  const appends = new Appends(env, store, alerts, (rows) => afterCommit.stored(rows));
  const live = new LiveSockets(ctx, liveHost(env, lease, appends, shards, arm));
  const relay = new LiveRelay(env, store, shards, live);
  const afterCommit = new AfterCommit({ store, alarms, alerts, reports, upkeep, live, relay, arm, behind });
  return {
    ...{ alarms, store, lease, shards, reports, alerts, upkeep, appends, live, relay, behind },
    admission: new StreamAdmission(lease, shards, store, arm),
    forecasts: new ForecastBook(env, store),
  };
}

export type StreamParts = ReturnType<typeof streamParts>;
