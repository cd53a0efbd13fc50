import type { Holder } from "./admission";

/** What came of writes: writes that were stored, their rows, and the bytes of their frames. */
export interface Written {
  writes: number;
  accepted: number;
  updated: number;
  duplicates: number;
  rejected: number;
  bytes: number;
}

/** All that a shard had written since it came into being, at the end of a day or now. */
export interface DayMark extends Written {
  /** Days since the epoch, UTC. */
  day: number;
}

/**
 * How a shard of a stream tells its tenant what it stored: totals, so that a report that gets lost, or that is told
 * twice, changes nothing.
 */
export interface WriteReport {
  holder: Holder;
  /** The tenant's epoch under which the shard came into being, and when that was: one of its name may come after it. */
  epoch: number;
  bornMs: number;
  /** Of the latest days on which something was written, ascending. */
  marks: DayMark[];
  /** Writes that were timed since the last report, and how long they took from their arrival to their being durable. */
  timed: { writes: number; ms: number };
}

export const NOTHING_WRITTEN: Readonly<Written> = {
  writes: 0,
  accepted: 0,
  updated: 0,
  duplicates: 0,
  rejected: 0,
  bytes: 0,
};
