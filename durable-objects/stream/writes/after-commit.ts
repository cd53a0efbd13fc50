import type { Alarms } from "../../shared/alarms";
import type { AlertDesk } from "../alert-desk";
import type { LiveRelay } from "../live/relay";
import type { LiveSockets } from "../live/sockets";
import type { StreamStore } from "../stream-store";
import type { Upkeep } from "../upkeep";
import type { CommittedRow } from "./appends";
import type { WriteReports } from "./reports";

interface Surroundings {
  store: StreamStore;
  alarms: Alarms;
  alerts: AlertDesk;
  reports: WriteReports;
  upkeep: Upkeep;
  live: LiveSockets;
  relay: LiveRelay;
  /** The alarm may have to ring earlier than it was to. */
  arm(): Promise<void>;
  /** Keeps the object alive until this is done; nobody waits for it. */
  behind(work: Promise<unknown>): void;
}

/** What follows when frames are durable: who listens is told at once, the rest comes behind the answers. */
export class AfterCommit {
  constructor(private readonly around: Surroundings) {}

  stored(rows: readonly CommittedRow[]): void {
    const { store, alarms, alerts, reports, upkeep, live, relay, behind } = this.around;
    const frames = rows.map(({ frame }) => frame);
    upkeep.wrote();
    // In the turn of the commit: a crash comes before both, or the alarm sees to what it left.
    behind(alarms.arm([alerts.committed(rows), reports.stored()]));
    behind(reports.time(rows));
    for (const frame of frames) live.points(frame);
    if (store.identity()?.shard) behind(relay.points(frames));
    behind(this.judgeAndSeal());
  }

  /** An alert was found; `event` is JSON. */
  raised(event: string): void {
    const { store, live, relay, behind } = this.around;
    live.alert(event);
    if (store.identity()?.shard) behind(relay.alert(event));
  }

  /** The answers go first. */
  private async judgeAndSeal(): Promise<void> {
    await this.around.alerts.judgeAll();
    await this.around.upkeep.sealIfFull();
    await this.around.arm();
  }
}
