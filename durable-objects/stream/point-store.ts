import {
  OCCURRENCE,
  type SeriesColumns,
  type StoredPoint,
  type StreamDescription,
  type WriteCounts,
} from "../../src/streams/contract";
import type { Frame } from "../../src/streams/frame";
import { tagSetKey } from "../../src/streams/point";

export type AppendCounts = Omit<WriteCounts, "rejected">;

export interface Selection {
  field: string | null;
  tags: Record<string, string>;
  startMicros: number;
  endMicros: number;
}

export interface SeriesRef {
  tagSet: number;
  field: number;
}

/** The points of a stream. Callers hold the transaction; every value comes back exactly as it was given. */
export interface PointStore {
  createTables(): void;
  /** Drops what memory holds: after a rolled back transaction it may name ids that do not exist. */
  forget(): void;
  /** Series that the frame would add. */
  newSeries(frame: Frame): number;
  seriesCount(): number;
  append(frame: Frame): AppendCounts;
  /** The newest `most` points of each selected series, ascending. Null: there is no such field. */
  columns(selection: Selection, most: number): SeriesColumns[] | null;
  /** The last readings of one series, ascending. */
  lastOf(
    field: string,
    tags: Record<string, string>,
    most: number,
  ): { times: Float64Array; values: Float64Array };
  page(
    selection: Omit<Selection, "field"> & { fields: string[] | null },
    after: string | null,
    limit: number,
  ): { points: StoredPoint[]; next: string | null } | null;
  describe(): StreamDescription;
  deleteRange(startMicros: number, endMicros: number): number;
  /** The first time from `base` on with `rows` free microseconds after it. */
  freeTimes(base: number, rows: number): number;
}

/** Rows of five parameters to a statement: SQLite in a Durable Object takes 100. */
const ROWS_PER_INSERT = 20;
const FREE_TIME_TRIES = 1_000;

/** One SQLite row a value: the plain form, against which a compressed one can be checked. */
export class RowStore implements PointStore {
  private tagSetIds: Map<string, number> | null = null;
  private tagSets = new Map<number, Record<string, string>>();
  private fieldIds = new Map<string, number>();
  private fieldNames: string[] = [];
  private series = new Set<string>();

  constructor(private readonly sql: SqlStorage) {}

  createTables(): void {
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS tag_sets (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS fields (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS series (tag_set INTEGER NOT NULL, field INTEGER NOT NULL, PRIMARY KEY (tag_set, field)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS points (ts INTEGER NOT NULL, tag_set INTEGER NOT NULL, ord INTEGER NOT NULL, field INTEGER NOT NULL,
        value REAL NOT NULL, PRIMARY KEY (ts, tag_set, ord, field)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS points_by_series ON points (tag_set, field, ts, ord);
      CREATE TABLE IF NOT EXISTS rows (ts INTEGER NOT NULL, tag_set INTEGER NOT NULL, ord INTEGER NOT NULL,
        attributes TEXT NOT NULL, PRIMARY KEY (ts, tag_set, ord)) WITHOUT ROWID;`);
    this.forget();
  }

  /** Drops what memory holds: after a transaction that was rolled back it may name ids that do not exist. */
  forget(): void {
    this.tagSetIds = null;
  }

  private directory(): Map<string, number> {
    if (this.tagSetIds) return this.tagSetIds;
    const ids = new Map<string, number>();
    this.tagSets = new Map();
    this.fieldIds = new Map();
    this.fieldNames = [];
    this.series = new Set();
    for (const { id, key } of this.sql.exec<{ id: number; key: string }>("SELECT id, key FROM tag_sets")) {
      ids.set(key, id);
      this.tagSets.set(id, JSON.parse(key));
    }
    for (const { id, name } of this.sql.exec<{ id: number; name: string }>("SELECT id, name FROM fields")) {
      this.fieldIds.set(name, id);
      this.fieldNames[id] = name;
    }
    for (const row of this.sql.exec<{ tag_set: number; field: number }>(
      "SELECT tag_set, field FROM series",
    )) {
      this.series.add(`${row.tag_set}/${row.field}`);
    }
    this.tagSetIds = ids;
    return ids;
  }

  seriesCount(): number {
    this.directory();
    return this.series.size;
  }

  newSeries(frame: Frame): number {
    const ids = this.directory();
    const tagSets = frame.tagSets.map((tags) => ids.get(tagSetKey(tags)));
    let count = 0;
    for (const [field, name] of frame.fields.entries()) {
      const fieldId = this.fieldIds.get(name.name);
      for (const tagSet of tagSetsWith(frame, field)) {
        const id = tagSets[tagSet];
        if (id === undefined || fieldId === undefined || !this.series.has(`${id}/${fieldId}`)) count++;
      }
    }
    return count;
  }

  append(frame: Frame): AppendCounts {
    const tagSets = frame.tagSets.map((tags) => this.tagSetId(tags));
    const fields = frame.fields.map(({ name }) => this.fieldId(name));
    for (const field of frame.fields.keys()) {
      for (const tagSet of tagSetsWith(frame, field)) this.ensureSeries(tagSets[tagSet]!, fields[field]!);
    }
    const latest = this.latest();
    const counts: AppendCounts = { accepted: 0, updated: 0, duplicates: 0 };
    const points = new Inserts(this.sql, "points (ts, tag_set, ord, field, value)", 5);
    let attribute = 0;
    for (let row = 0; row < frame.times.length; row++) {
      const ts = frame.times[row]!;
      const tagSet = tagSets[frame.tagSetOf[row]!]!;
      // Past the latest stored time nothing can stand yet but what this frame itself wrote.
      const known = ts > latest ? null : this.valuesAt(ts, tagSet, points);
      let outcome: keyof AppendCounts = "duplicates";
      let rowOrdinal = 0;
      for (let i = 0; i < frame.fields.length; i++) {
        const value = frame.fields[i]!.values[row]!;
        if (Number.isNaN(value)) continue;
        const ord = frame.fields[i]!.ordinals?.[row] ?? 0;
        if (frame.fields[i]!.name === OCCURRENCE) rowOrdinal = ord;
        const before = known?.get(`${ord}/${fields[i]}`);
        if (before === value) continue;
        if (before === undefined) outcome = "accepted";
        else if (outcome === "duplicates") outcome = "updated";
        points.add(ts, tagSet, ord, fields[i]!, value);
      }
      const texts = frame.attributes[attribute];
      if (texts?.row === row) {
        attribute++;
        if (this.putAttributes(ts, tagSet, rowOrdinal, texts.values) && outcome === "duplicates")
          outcome = "updated";
      }
      counts[outcome]++;
    }
    points.flush();
    return counts;
  }

  private valuesAt(ts: number, tagSet: number, pending: Inserts): Map<string, number> {
    // What this frame wrote at the same time must be seen: it is in the buffer until then.
    if (pending.mayHold(ts)) pending.flush();
    const rows = this.sql.exec<{ ord: number; field: number; value: number }>(
      "SELECT ord, field, value FROM points WHERE ts = ? AND tag_set = ?",
      ts,
      tagSet,
    );
    const values = new Map<string, number>();
    for (const { ord, field, value } of rows) values.set(`${ord}/${field}`, value);
    return values;
  }

  /** True where the row's texts changed. */
  private putAttributes(ts: number, tagSet: number, ord: number, values: Record<string, string>): boolean {
    const before = this.attributesAt(ts, tagSet, ord);
    const merged = tagSetKey({ ...before, ...values });
    if (before && tagSetKey(before) === merged) return false;
    this.sql.exec(
      "INSERT OR REPLACE INTO rows (ts, tag_set, ord, attributes) VALUES (?, ?, ?, ?)",
      ts,
      tagSet,
      ord,
      merged,
    );
    return true;
  }

  private tagSetId(tags: Record<string, string>): number {
    const ids = this.directory();
    const key = tagSetKey(tags);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const { id } = this.sql
      .exec<{ id: number }>("INSERT INTO tag_sets (key) VALUES (?) RETURNING id", key)
      .one();
    ids.set(key, id);
    this.tagSets.set(id, tags);
    return id;
  }

  private fieldId(name: string): number {
    this.directory();
    const known = this.fieldIds.get(name);
    if (known !== undefined) return known;
    const { id } = this.sql
      .exec<{ id: number }>("INSERT INTO fields (name) VALUES (?) RETURNING id", name)
      .one();
    this.fieldIds.set(name, id);
    this.fieldNames[id] = name;
    return id;
  }

  private ensureSeries(tagSet: number, field: number): void {
    const key = `${tagSet}/${field}`;
    if (this.series.has(key)) return;
    this.sql.exec("INSERT INTO series (tag_set, field) VALUES (?, ?)", tagSet, field);
    this.series.add(key);
  }

  private latest(): number {
    return (
      this.sql.exec<{ latest: number | null }>("SELECT max(ts) AS latest FROM points").one().latest ??
      -Infinity
    );
  }

  private matching(tags: Record<string, string>): number[] {
    this.directory();
    const wanted = Object.entries(tags);
    return [...this.tagSets]
      .filter(([, set]) => wanted.every(([name, value]) => set[name] === value))
      .map(([id]) => id);
  }

  columns({ field, tags, startMicros, endMicros }: Selection, most: number): SeriesColumns[] | null {
    const tagSets = new Set(this.matching(tags));
    if (field !== null && !this.fieldIds.has(field)) return null;
    const out: SeriesColumns[] = [];
    for (const { tagSet, field: id } of this.seriesInOrder()) {
      if (!tagSets.has(tagSet) || this.fieldNames[id] === OCCURRENCE) continue;
      if (field !== null && this.fieldIds.get(field) !== id) continue;
      const { times, values } = this.newest(tagSet, id, startMicros, endMicros, most);
      if (times.length === 0) continue;
      out.push({
        field: this.fieldNames[id]!,
        tags: this.tagSets.get(tagSet)!,
        times,
        values,
      });
    }
    return out;
  }

  lastOf(field: string, tags: Record<string, string>, most: number) {
    const tagSet = this.directory().get(tagSetKey(tags));
    const id = this.fieldIds.get(field);
    if (tagSet === undefined || id === undefined)
      return { times: new Float64Array(0), values: new Float64Array(0) };
    return this.newest(tagSet, id, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, most);
  }

  private newest(tagSet: number, field: number, startMicros: number, endMicros: number, most: number) {
    const times: number[] = [];
    const values: number[] = [];
    const rows = this.sql.exec<{ ts: number; value: number }>(
      `SELECT ts, value FROM points INDEXED BY points_by_series WHERE tag_set = ? AND field = ? AND ts >= ? AND ts < ?
       ORDER BY ts DESC, ord DESC LIMIT ?`,
      tagSet,
      field,
      startMicros,
      endMicros,
      most,
    );
    for (const row of rows) {
      times.push(row.ts);
      values.push(row.value);
    }
    return { times: Float64Array.from(times.reverse()), values: Float64Array.from(values.reverse()) };
  }

  private seriesInOrder(): SeriesRef[] {
    return this.sql
      .exec<{ tag_set: number; field: number }>("SELECT tag_set, field FROM series ORDER BY field, tag_set")
      .toArray()
      .map(({ tag_set, field }) => ({ tagSet: tag_set, field }));
  }

  page(
    { fields, tags, startMicros, endMicros }: Omit<Selection, "field"> & { fields: string[] | null },
    after: string | null,
    limit: number,
  ): { points: StoredPoint[]; next: string | null } | null {
    const tagSets = this.matching(tags);
    const ids = fields?.map((name) => this.fieldIds.get(name)) ?? null;
    if (ids?.some((id) => id === undefined)) return null;
    const [ts, tagSet, ord] = after ? after.split("_").map(Number) : [startMicros, -1, -1];
    const rows = this.sql.exec<{ ts: number; tag_set: number; ord: number; field: number; value: number }>(
      `SELECT ts, tag_set, ord, field, value FROM points
       WHERE ts >= ? AND ts < ? AND (ts, tag_set, ord) > (?, ?, ?)
         AND (? = 0 OR tag_set IN (SELECT value FROM json_each(?)))
         AND (? = 0 OR field IN (SELECT value FROM json_each(?)))
       ORDER BY ts, tag_set, ord, field`,
      Math.max(startMicros, ts!),
      endMicros,
      ts!,
      tagSet!,
      ord!,
      Object.keys(tags).length,
      JSON.stringify(tagSets),
      ids ? 1 : 0,
      JSON.stringify(ids ?? []),
    );
    const points: StoredPoint[] = [];
    let key = "";
    for (const row of rows) {
      const at = `${row.ts}_${row.tag_set}_${row.ord}`;
      if (at !== key) {
        if (points.length === limit) return { points, next: key };
        key = at;
        const attributes = this.attributesAt(row.ts, row.tag_set, row.ord);
        points.push({
          timeMicros: row.ts,
          fields: {},
          tags: this.tagSets.get(row.tag_set)!,
          ...(attributes ? { attributes } : {}),
        });
      }
      const name = this.fieldNames[row.field]!;
      if (name !== OCCURRENCE) points.at(-1)!.fields[name] = row.value;
    }
    return { points, next: null };
  }

  private attributesAt(ts: number, tagSet: number, ord: number): Record<string, string> | null {
    const [row] = this.sql
      .exec<{ attributes: string }>(
        "SELECT attributes FROM rows WHERE ts = ? AND tag_set = ? AND ord = ?",
        ts,
        tagSet,
        ord,
      )
      .toArray();
    return row ? JSON.parse(row.attributes) : null;
  }

  describe(): StreamDescription {
    this.directory();
    const all = this.sql
      .exec<{ tag_set: number; field: number; count: number; first: number; last: number }>(
        "SELECT tag_set, field, count(*) AS count, min(ts) AS first, max(ts) AS last FROM points INDEXED BY points_by_series GROUP BY tag_set, field",
      )
      .toArray()
      .map(({ tag_set, field, count, first, last }) => ({
        field: this.fieldNames[field]!,
        tags: this.tagSets.get(tag_set)!,
        count,
        firstMicros: first,
        lastMicros: last,
      }));
    const series = all.filter(({ field }) => field !== OCCURRENCE);
    const { rows } = this.sql
      .exec<{ rows: number }>("SELECT count(*) AS rows FROM (SELECT DISTINCT ts, tag_set, ord FROM points)")
      .one();
    return {
      series,
      rows,
      values: series.reduce((sum, one) => sum + one.count, 0),
      firstMicros: all.length ? all.reduce((least, one) => Math.min(least, one.firstMicros), Infinity) : null,
      lastMicros: all.length ? all.reduce((most, one) => Math.max(most, one.lastMicros), -Infinity) : null,
      storedBytes: this.sql.databaseSize,
    };
  }

  deleteRange(startMicros: number, endMicros: number): number {
    const { rows } = this.sql
      .exec<{ rows: number }>(
        "SELECT count(*) AS rows FROM (SELECT DISTINCT ts, tag_set, ord FROM points WHERE ts >= ? AND ts < ?)",
        startMicros,
        endMicros,
      )
      .one();
    this.sql.exec("DELETE FROM points WHERE ts >= ? AND ts < ?", startMicros, endMicros);
    this.sql.exec("DELETE FROM rows WHERE ts >= ? AND ts < ?", startMicros, endMicros);
    this.sql.exec(
      "DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM points p WHERE p.tag_set = series.tag_set AND p.field = series.field)",
    );
    this.forget();
    return rows;
  }

  freeTimes(base: number, rows: number): number {
    let from = base;
    for (let tries = 0; tries < FREE_TIME_TRIES; tries++) {
      const { last } = this.sql
        .exec<{ last: number | null }>(
          "SELECT max(ts) AS last FROM points WHERE ts >= ? AND ts < ?",
          from,
          from + rows,
        )
        .one();
      if (last === null) return from;
      from = last + 1;
    }
    // Points stand a microsecond apart far into the future: after the last of them all is free.
    return this.latest() + 1;
  }
}

/** Tag sets of the frame, by index, that have a value of the field. */
export function tagSetsWith(frame: Frame, field: number): Set<number> {
  const { values } = frame.fields[field]!;
  const found = new Set<number>();
  for (let row = 0; row < values.length; row++)
    if (!Number.isNaN(values[row]!)) found.add(frame.tagSetOf[row]!);
  return found;
}

/** Rows to insert, several to a statement. */
class Inserts {
  private held: number[] = [];
  private times = new Set<number>();
  private readonly full: string;

  constructor(
    private readonly sql: SqlStorage,
    private readonly target: string,
    private readonly width: number,
  ) {
    this.full = this.statement(ROWS_PER_INSERT);
  }

  add(ts: number, ...rest: number[]): void {
    this.held.push(ts, ...rest);
    this.times.add(ts);
    if (this.held.length < ROWS_PER_INSERT * this.width) return;
    this.sql.exec(this.full, ...this.held);
    this.clear();
  }

  mayHold(ts: number): boolean {
    return this.times.has(ts);
  }

  flush(): void {
    if (this.held.length > 0) this.sql.exec(this.statement(this.held.length / this.width), ...this.held);
    this.clear();
  }

  private clear(): void {
    this.held = [];
    this.times.clear();
  }

  private statement(rows: number): string {
    const row = `(${Array(this.width).fill("?").join(", ")})`;
    return `INSERT OR REPLACE INTO ${this.target} VALUES ${Array(rows).fill(row).join(", ")}`;
  }
}
