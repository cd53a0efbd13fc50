import { createState, type Form } from "../../../src/analytics/detection/streaming/detector";
import { VERSION } from "../../../src/analytics/detection/streaming/layout";
import { decodePage, encodePage, Page } from "./page";

/**
 * The first series of a stream have seasonal profiles (up to 24 KB each), the others the compact form (1.4 KB): ten
 * thousand fit the isolate's limit. By the place of a series and not by the room there is now, so that a replay of the log
 * gives each the same form.
 */
const FULL_SERIES = 64;
/** Series of a page: well below the 2 MB of a row. */
const FULL_A_PAGE = 32;
const COMPACT_A_PAGE = 512;
const FULL_PAGES = FULL_SERIES / FULL_A_PAGE;

/** Of what a page holds: the layout of its states, and which series are in it. */
const PAGE_VERSION = VERSION * 1_000 + FULL_SERIES;

const NEW_COMPACT = createState("compact");

export const formOf = (series: number): Form => (series < FULL_SERIES ? "full" : "compact");

/** Where the state of one series is. */
export interface Slot {
  page: Page;
  at: number;
}

/** The detector states of a stream by the ids of its series, in pages that are read when one of them is asked for. */
export class DetectorStates {
  private readonly pages = new Map<number, Page>();

  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS detector_states (page INTEGER PRIMARY KEY, data BLOB NOT NULL)");
  }

  /** Bytes of memory, the objects around them aside: about a hundred for each series. */
  get bytes(): number {
    let bytes = 0;
    for (const page of this.pages.values()) bytes += page.bytes;
    return bytes;
  }

  /** Where the series' state is; a series without one gets a new one. */
  slotOf(series: number): Slot {
    const slot = placeOf(series);
    const page = this.page(slot.page);
    if (!page.states[slot.at]) {
      if (formOf(series) === "full") page.set(slot.at, createState("full"));
      else page.setCopy(slot.at, NEW_COMPACT);
    }
    return { page, at: slot.at };
  }

  /** Every state there is. */
  *all(): Generator<{ series: number; state: Float64Array; slot: Slot }> {
    const stored = this.sql.exec<{ page: number }>("SELECT page FROM detector_states").toArray();
    for (const { page: number } of stored) this.page(number);
    for (const [number, page] of this.pages) {
      for (const [at, state] of page.states.entries())
        if (state) yield { series: seriesAt(number, at), state, slot: { page, at } };
    }
  }

  /** Writes the pages that changed. */
  save(): void {
    for (const [number, page] of this.pages) {
      if (!page.isChanged) continue;
      if (page.isEmpty) this.sql.exec("DELETE FROM detector_states WHERE page = ?", number);
      else
        this.sql.exec(
          "INSERT OR REPLACE INTO detector_states (page, data) VALUES (?, ?)",
          number,
          encodePage(page, PAGE_VERSION),
        );
      page.isChanged = false;
    }
  }

  /** Leaves memory as a wake finds it. */
  drop(): void {
    this.pages.clear();
  }

  /** Deletes all of them. */
  clear(): void {
    this.drop();
    this.sql.exec("DELETE FROM detector_states");
  }

  private page(number: number): Page {
    const known = this.pages.get(number);
    if (known) return known;
    const [row] = this.sql
      .exec<{ data: ArrayBuffer }>("SELECT data FROM detector_states WHERE page = ?", number)
      .toArray();
    const series = number < FULL_PAGES ? FULL_A_PAGE : COMPACT_A_PAGE;
    const page = row ? decodePage(row.data, series, PAGE_VERSION) : new Page(series);
    this.pages.set(number, page);
    return page;
  }
}

function placeOf(series: number): { page: number; at: number } {
  if (series < FULL_SERIES) return { page: Math.floor(series / FULL_A_PAGE), at: series % FULL_A_PAGE };
  const compact = series - FULL_SERIES;
  return { page: FULL_PAGES + Math.floor(compact / COMPACT_A_PAGE), at: compact % COMPACT_A_PAGE };
}

const seriesAt = (page: number, at: number): number =>
  page < FULL_PAGES ? page * FULL_A_PAGE + at : FULL_SERIES + (page - FULL_PAGES) * COMPACT_A_PAGE + at;
