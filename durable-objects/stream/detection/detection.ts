import { StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import type { DetectionCounts } from "../../../src/streams/contract";
import type { LoggedRow } from "../engine/log/journal";
import type { StreamStore } from "../stream-store";
import { applyRow } from "./apply-row";
import { MOST_STATE_BYTES, makeRoom, nextUse, register } from "./budget";
import { learnSeries, readingsOfEach } from "./history";
import { LogReader } from "./log-reader";
import { type Found, type Observed, SERIES_WORK } from "./observe";
import { DetectorStates } from "./states";
import { countsOf, silentBy } from "./survey";

/** A replay of so much is not done twice: the states are kept after it. */
const SAVE_AFTER_BYTES = 1_000_000;
/** Work units after which room is made for what was read meanwhile, where all is to be done at once. */
const CATCH_UP_WORK = 100_000;
/** Work units of a row beside those of its readings. */
const ROW_WORK = 5;

interface Checkpoint {
  /** The last row of the log that the stored states have seen. */
  seq: number;
  enabled: boolean;
}

/** What a row of the log gave to tell. */
export interface ToTell {
  seq: number;
  found: Found[];
  /** It was a look for silence: each series of it is silent now, whenever it spoke last. */
  isSilence: boolean;
}

/**
 * The detectors of a stream follow its log: what they know is what its rows say, in their order. So an eviction at any
 * moment changes nothing: the states that were stored last see the rows after them again, and what was told already (up
 * to `told_seq`) is not told twice.
 */
export class Detection {
  /** When its states were last used, among all of the isolate. */
  usedAt = 0;
  private readonly states: DetectorStates;
  private readonly reader = new LogReader(() => this.store.engine);
  private readonly detector = new StreamingDetector();
  private checkpoint: Checkpoint | null = null;
  /** The last row that the states in memory have seen. */
  private seen = 0;
  private current: { row: LoggedRow; work: Generator<number, void>; observed: Observed } | null = null;
  private lookAtMs: number | null = null;
  /** Whether {@link lookAtMs} speaks for all series. */
  private hasLooked = false;

  constructor(
    private readonly store: StreamStore,
    /** Stores what is to be told, and that it was. */
    private readonly tell: (rows: ToTell[]) => void,
  ) {
    this.states = new DetectorStates(store.sql);
    register(this);
  }

  get bytes(): number {
    return this.states.bytes;
  }

  get isEnabled(): boolean {
    return this.open().enabled;
  }

  /** When (ms) {@link silent} is to be asked; null: no later than before. */
  get looksAtMs(): number | null {
    return this.lookAtMs;
  }

  /** Rows were committed to the log. */
  committed(rows: readonly LoggedRow[]): void {
    this.reader.committed(rows);
  }

  /** Something else was committed to it. */
  readOn(): void {
    this.reader.readOn();
  }

  /** Takes up to about so many microseconds of the work that waits; false when none is left. */
  work(most: number): boolean {
    if (!this.store.identity() || !this.isEnabled) return false;
    this.usedAt = nextUse();
    const toTell: ToTell[] = [];
    const isMore = this.observe(most, toTell);
    makeRoom(this);
    if (toTell.length > 0) this.tellOrDrop(toTell);
    if (!isMore) this.saveIfWorth();
    return isMore;
  }

  /** All that waits, at once. */
  catchUp(): void {
    while (this.work(CATCH_UP_WORK));
  }

  /** Stores the states, and up to which row they have seen. In the caller's transaction. */
  save(): void {
    if (!this.isEnabled) return;
    if (this.current) throw new Error("a row of the log is half observed");
    this.states.save();
    this.keep({ seq: this.seen, enabled: true });
    this.reader.readBytes = 0;
  }

  /** On: everything begins anew behind `seq`. Off: what was learned goes. In the caller's transaction. */
  begin(enabled: boolean, seq: number): void {
    this.states.clear();
    this.keep({ seq, enabled });
    this.drop();
    this.lookAtMs = null;
    this.hasLooked = true;
  }

  /** Memory is as a wake finds it. */
  forget(): void {
    this.checkpoint = null;
    this.drop();
    this.lookAtMs = null;
    this.hasLooked = false;
  }

  /** Leaves its memory: what was not stored is observed again from the log. */
  drop(): void {
    this.states.drop();
    this.current = null;
    this.seen = this.checkpoint?.seq ?? 0;
    this.reader.readOn();
  }

  /** The series that are silent for longer than ever by now; those that may be so later set {@link looksAtMs}. */
  silent(nowMs: number): number[] {
    if (this.hasLooked && (this.lookAtMs === null || this.lookAtMs > nowMs)) return [];
    const { silent, againMs } = silentBy(nowMs, this.states);
    this.lookAtMs = againMs;
    this.hasLooked = true;
    makeRoom(this);
    return silent;
  }

  /**
   * Learns from what is stored of the series from the one with id `first` on, for about so many microseconds, and stores
   * the states and that they have seen it, as `note` says in the log: all in one transaction, for no replay could read
   * the same once more. Gives the id to go on with; null: that was all.
   */
  learnStored(first: number, most: number, note: () => void): number | null {
    this.catchUp();
    const { store, states, detector } = this;
    const { engine } = store;
    const tools = { points: engine.points, states, detector };
    return store.transaction(() => {
      const { series } = engine.catalog;
      const readings = readingsOfEach(engine.catalog.liveSeries);
      const observed: Observed = { found: [], lookAtMs: null };
      let id = first;
      let learned = 0;
      for (let done = 0; id < series.length && done < most; id++) {
        const read = learnSeries(series[id]!, readings, tools, observed);
        learned += read;
        done += SERIES_WORK + read;
      }
      if (learned > 0) {
        note();
        this.seen = engine.lastSeq;
        this.reader.readOn();
        this.save();
        this.look(observed);
      }
      makeRoom(this);
      return id < series.length ? id : null;
    });
  }

  counts(): DetectionCounts {
    const counts = countsOf(this.states, this.isEnabled);
    makeRoom(this);
    return counts;
  }

  private observe(most: number, toTell: ToTell[]): boolean {
    for (let done = 0; done < most; ) {
      this.current ??= this.next();
      if (!this.current) return false;
      const step = this.current.work.next();
      if (!step.done) {
        done += step.value;
        continue;
      }
      done += ROW_WORK;
      const { row, observed } = this.current;
      this.current = null;
      this.seen = row.seq;
      const { found } = observed;
      this.look(observed);
      if (found.length > 0 && !row.meta.quiet)
        toTell.push({ seq: row.seq, found, isSilence: row.meta.silent !== undefined });
    }
    return true;
  }

  private look({ lookAtMs }: Observed): void {
    if (lookAtMs !== null) this.lookAtMs = Math.min(lookAtMs, this.lookAtMs ?? lookAtMs);
  }

  private next(): Detection["current"] {
    const row = this.reader.next(this.seen);
    if (!row) return null;
    const { states, detector, store } = this;
    const observed: Observed = { found: [], lookAtMs: null };
    const work = applyRow(row, { catalog: store.engine.catalog, states, detector }, observed);
    return { row, work, observed };
  }

  private tellOrDrop(rows: ToTell[]): void {
    const told = this.store.meta<number>("told_seq") ?? 0;
    const untold = rows.filter(({ seq }) => seq > told);
    if (untold.length === 0) return;
    try {
      this.tell(untold);
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  private saveIfWorth(): void {
    const isTooMuch = this.bytes > MOST_STATE_BYTES;
    if (!isTooMuch && this.reader.readBytes < SAVE_AFTER_BYTES) return;
    this.store.transaction(() => this.save());
    if (isTooMuch) this.drop();
  }

  private open(): Checkpoint {
    if (!this.checkpoint) {
      const text = this.store.identity() ? this.store.meta<string>("detection") : null;
      // Written by keep.
      const saved = text === null ? null : (JSON.parse(text) as Checkpoint);
      this.checkpoint = saved ?? { seq: 0, enabled: true };
      this.seen = this.checkpoint.seq;
    }
    return this.checkpoint;
  }

  private keep(checkpoint: Checkpoint): void {
    this.store.setMeta("detection", JSON.stringify(checkpoint));
    this.checkpoint = checkpoint;
  }
}
