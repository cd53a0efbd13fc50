import { DAY_MS } from "../../src/core/clock";
import { nextTurn } from "../../src/platform/next-turn";
import type { Range } from "../../src/streams/engine/merge";
import type { StreamLease } from "./admission/stream-lease";
import type { AlertDesk } from "./alert-desk";
import type { Author } from "./engine/log/audit";
import type { StreamStore } from "./stream-store";

/** After so long without a write the head is sealed, and small runs become one. */
const IDLE_MS = 5 * 60_000;

/** What keeps the storage in order behind the writes: sealing, compaction, what was deleted, retention. */
export class Upkeep {
  private lastWriteMs = 0;
  private maintaining = false;
  private resumed = false;

  constructor(
    private readonly store: StreamStore,
    private readonly lease: StreamLease,
    private readonly alerts: AlertDesk,
  ) {}

  wrote(): void {
    this.lastWriteMs = Date.now();
  }

  /** Off the acknowledged path: the answers have gone. What an earlier life left undone is taken up at the first write. */
  async sealIfFull(): Promise<void> {
    const isSealed = this.store.mustSeal() && this.store.seal(this.lease.bytesLeft());
    if (isSealed || !this.resumed) await this.maintain(false);
    this.resumed = true;
  }

  /** Everything that there is to do, a step at a time: writes go on in between. `isIdle`: also small runs become one. */
  async maintain(isIdle: boolean): Promise<void> {
    if (this.maintaining) return;
    this.maintaining = true;
    try {
      while (this.store.identity() && this.store.maintain(isIdle)) await nextTurn();
    } finally {
      this.maintaining = false;
    }
  }

  async idle(now: number): Promise<void> {
    if (!this.hasWork() || now - this.lastWriteMs < IDLE_MS) return;
    if (this.store.isWorthSealing()) this.store.seal(this.lease.bytesLeft());
    await this.maintain(true);
  }

  /** Deletes the readings in a range and gives how many went; {@link maintain} takes them from the disk. */
  delete(range: Range, by: Author): number {
    const deleted = this.store.transaction(() => this.store.engine.delete(range, by, "delete_range"));
    this.alerts.changed();
    return deleted;
  }

  /** Keeps readings for so many days from now on; null: for ever. Gives how many readings went at once. */
  retain(days: number | null, now: number): number {
    this.store.transaction(() => this.store.setMeta("retention_days", days ?? 0));
    return this.dropExpired(now);
  }

  retentionDue(now: number): void {
    const due = this.retentionAt();
    if (due !== null && due <= now) this.dropExpired(now);
  }

  /** When each of these wants to run next. */
  next(): (number | null)[] {
    return [this.retentionAt(), this.hasWork() ? (this.lastWriteMs || Date.now()) + IDLE_MS : null];
  }

  private hasWork(): boolean {
    if (!this.store.identity()) return false;
    return this.store.isWorthSealing() || this.store.maintenance.isNeeded();
  }

  private dropExpired(now: number): number {
    const days = this.store.meta<number>("retention_days");
    if (!days) return 0;
    const range = { start: Number.MIN_SAFE_INTEGER, end: (now - days * DAY_MS) * 1_000 };
    const author = { atMs: now, requestId: "", clientId: "retention" };
    const deleted = this.store.transaction(() => {
      this.store.setMeta("retained_ms", now);
      const { engine } = this.store;
      const isOld = engine.catalog.series.some(({ count, first }) => count > 0 && first < range.end);
      return isOld ? engine.delete(range, author, "retention") : 0;
    });
    this.alerts.changed();
    return deleted;
  }

  private retentionAt(): number | null {
    if (!this.store.identity() || !this.store.meta<number>("retention_days")) return null;
    return (this.store.meta<number>("retained_ms") ?? 0) + DAY_MS;
  }
}
