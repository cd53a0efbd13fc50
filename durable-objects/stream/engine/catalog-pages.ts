import { fromUtf8, utf8 } from "../../../src/core/bytes";
import { unwrapEnvelope, wrap } from "../../../src/streams/block/envelope";

const TAG = "SMC1";
/** Floats of one series in a checkpoint: count, first, last, last sealed, tiers. */
const STATS = 5;
/** Series of one page of a checkpoint, 1 MB: those without points keep their ids, and a stored value holds 2 MB. */
const STATS_PAGE = 25_000;
/** Characters of a page's JSON, of up to three bytes each: a row holds 2 MB, and names may be long. */
const PAGE_CHARS = 600_000;

/** Names in the order of their ids. */
export interface CatalogPage {
  tag_sets: Record<string, string>[];
  fields: string[];
  series: [tagSet: number, field: number][];
}

/** What is known of a series' points without reading them. */
export interface SeriesStats {
  /** Points held. */
  count: number;
  /** The extent of what was ever held since it was last empty, microseconds. */
  first: number;
  last: number;
  /** The latest time that stands in a block: what is later need not be looked for there. */
  sealedLast: number;
  /** Bit i: rollup tier i is kept. */
  tiers: number;
}

/** The catalog on disk: names, which are only ever added, and what is known of the series' points at a seal. */
export class CatalogPages {
  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS catalog (page INTEGER PRIMARY KEY, data BLOB NOT NULL)");
  }

  /** Oldest first. */
  *read(): Generator<CatalogPage> {
    for (const { data } of this.sql.exec<{ data: ArrayBuffer }>("SELECT data FROM catalog ORDER BY page"))
      yield JSON.parse(fromUtf8(unwrapEnvelope(TAG, new Uint8Array(data)))) as CatalogPage;
  }

  append(page: CatalogPage): void {
    for (const part of splitPage(page))
      this.sql.exec("INSERT INTO catalog (data) VALUES (?)", wrap(TAG, utf8(JSON.stringify(part))));
  }
}

/** Stats of all series, in the order of their ids, as pages of floats. */
export function writeStats(series: readonly SeriesStats[]): ArrayBuffer[] {
  const pages: ArrayBuffer[] = [];
  for (let from = 0; from < series.length; from += STATS_PAGE) {
    const page = series.slice(from, from + STATS_PAGE);
    const floats = new Float64Array(page.length * STATS);
    for (const [i, { count, first, last, sealedLast, tiers }] of page.entries())
      floats.set([count, first, last, sealedLast, tiers], i * STATS);
    pages.push(floats.buffer);
  }
  return pages;
}

/** What {@link writeStats} wrote. */
export function* readStats(pages: readonly ArrayBuffer[]): Generator<SeriesStats> {
  for (const page of pages) {
    const floats = new Float64Array(page);
    for (let at = 0; at < floats.length; at += STATS) {
      const [count, first, last, sealedLast, tiers] = floats.subarray(at, at + STATS);
      yield { count: count!, first: first!, last: last!, sealedLast: sealedLast!, tiers: tiers! };
    }
  }
}

/** Pages whose JSON stays under a row's size: tag sets and fields come before the series that name them. */
function splitPage(page: CatalogPage): CatalogPage[] {
  if (JSON.stringify(page).length <= PAGE_CHARS) return [page];
  const pages: CatalogPage[] = [];
  let tagSets: CatalogPage["tag_sets"] = [];
  let chars = 0;
  for (const tags of page.tag_sets) {
    chars += JSON.stringify(tags).length;
    tagSets.push(tags);
    if (chars > PAGE_CHARS / 4) {
      pages.push({ tag_sets: tagSets, fields: [], series: [] });
      tagSets = [];
      chars = 0;
    }
  }
  if (tagSets.length > 0) pages.push({ tag_sets: tagSets, fields: [], series: [] });
  for (let at = 0; at < page.fields.length; at += 500)
    pages.push({ tag_sets: [], fields: page.fields.slice(at, at + 500), series: [] });
  for (let at = 0; at < page.series.length; at += 50_000)
    pages.push({ tag_sets: [], fields: [], series: page.series.slice(at, at + 50_000) });
  return pages;
}
