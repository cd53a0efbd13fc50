import type { ExpectedReading } from "../engine/log/log";
import type { Found } from "./observe";

/** Alerts that feedback may name: the newest so many. Older ones are deleted some at a time. */
const KEPT = 1_000;
const DELETED_AT_ONCE = 100;
/** Series of one alert that feedback teaches; an alert of more says so by its count. */
const SERIES_KEPT = 200;

/** What a person said of an alert. */
export interface Opinion {
  expected: boolean;
  comment: string | null;
  /** The detectors learned from it, which they do once. */
  taught: boolean;
}

export interface Incident {
  mark: number;
  id: string;
  readings: ExpectedReading[];
  opinion: Opinion | null;
}

interface Row extends Record<string, SqlStorageValue> {
  mark: number;
  id: string;
  readings: string;
  opinion: string | null;
}

/** Which alert names which reading: for as long as somebody may have something to say of it. */
export class Incidents {
  private count: number | null = null;

  constructor(private readonly sql: SqlStorage) {}

  static createTables(sql: SqlStorage): void {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS incidents (mark INTEGER PRIMARY KEY, id TEXT NOT NULL, readings TEXT NOT NULL, opinion TEXT)",
    );
  }

  add(mark: number, id: string, found: readonly Found[]): void {
    const readings = found.slice(0, SERIES_KEPT).map(({ series, timeMicros, verdict: { kind, value } }) => ({
      series: series.id,
      timeMicros,
      kind,
      value,
    }));
    this.sql.exec(
      "INSERT INTO incidents (mark, id, readings) VALUES (?, ?, ?)",
      mark,
      id,
      JSON.stringify(readings),
    );
    this.count ??=
      this.sql.exec<{ count: number }>("SELECT COUNT(*) AS count FROM incidents").one().count - 1;
    this.count++;
    if (this.count < KEPT + DELETED_AT_ONCE) return;
    this.sql.exec(
      "DELETE FROM incidents WHERE mark <= (SELECT mark FROM incidents ORDER BY mark DESC LIMIT 1 OFFSET ?)",
      KEPT,
    );
    this.count = null;
  }

  byId(id: string): Incident | null {
    const [row] = this.sql.exec<Row>("SELECT * FROM incidents WHERE id = ?", id).toArray();
    return row ? incidentOf(row) : null;
  }

  /** The newest one that names this reading. */
  byReading(series: number, timeMicros: number): Incident | null {
    const near = this.sql
      .exec<Row>(
        "SELECT * FROM incidents WHERE instr(readings, ?) > 0 ORDER BY mark DESC",
        `"timeMicros":${timeMicros},`,
      )
      .toArray()
      .map(incidentOf);
    const isIt = (one: ExpectedReading) => one.series === series && one.timeMicros === timeMicros;
    return near.find(({ readings }) => readings.some(isIt)) ?? null;
  }

  setOpinion(mark: number, opinion: Opinion): void {
    this.sql.exec("UPDATE incidents SET opinion = ? WHERE mark = ?", JSON.stringify(opinion), mark);
  }

  /** Memory is to be read anew. */
  forget(): void {
    this.count = null;
  }
}

/** Written by `add` and `setOpinion`. */
const incidentOf = ({ mark, id, readings, opinion }: Row): Incident => ({
  mark,
  id,
  readings: JSON.parse(readings) as ExpectedReading[],
  opinion: opinion === null ? null : (JSON.parse(opinion) as Opinion),
});
