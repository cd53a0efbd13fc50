import type { Micros } from "../../../src/core/timestamps";
import {
  decodeForecast,
  dueMicros,
  encodeForecast,
  type KeptForecast,
  stepMicros,
} from "../../../src/streams/accuracy/forecast";
import { newTrack, type Track } from "../../../src/streams/accuracy/track";

/** Whose forecasts: a series by its id, and a strategy. */
interface Key {
  series: number;
  strategyId: string;
}

interface Settled {
  track: Track;
  /** What was due until then, in the series' own time, has been compared. */
  settledMicros: Micros;
}

/** Forecasts that wait, and a track for each series and strategy. Not there before the first forecast. */
export class ForecastTable {
  private isThere: boolean | null = null;

  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    if (this.exists()) return;
    this.sql.exec(`CREATE TABLE forecasts (series INTEGER NOT NULL, strategy TEXT NOT NULL, origin REAL NOT NULL,
      first_due REAL NOT NULL, last_due REAL NOT NULL, step REAL NOT NULL, made_ms INTEGER NOT NULL, data BLOB NOT NULL,
      PRIMARY KEY (series, strategy, origin)) WITHOUT ROWID`);
    this.sql.exec(`CREATE TABLE forecast_tracks (series INTEGER NOT NULL, strategy TEXT NOT NULL, settled REAL NOT NULL,
      compared INTEGER NOT NULL, accuracy REAL NOT NULL, track TEXT NOT NULL, PRIMARY KEY (series, strategy)) WITHOUT ROWID`);
    this.isThere = true;
  }

  /**
   * Begins a track where there is none; false where there are too many. Where readings were deleted, what waits is dropped:
   * what was said of them is not judged any more, and what is said of them from now on is.
   */
  open(key: Key, lastMicros: Micros, most: number): boolean {
    const { series, strategyId } = key;
    const [known] = this.sql.exec<{ settled: number }>(
      "SELECT settled FROM forecast_tracks WHERE series = ? AND strategy = ?",
      series,
      strategyId,
    );
    if (known) {
      if (known.settled > lastMicros) this.goBack(key, lastMicros);
      return true;
    }
    const { count } = this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM forecast_tracks").one();
    if (count >= most) return false;
    const track = JSON.stringify(newTrack());
    this.sql.exec("INSERT INTO forecast_tracks VALUES (?,?,?,0,0,?)", series, strategyId, lastMicros, track);
    return true;
  }

  put({ series, strategyId }: Key, kept: KeptForecast, nowMs: number): void {
    const steps = Array.from(kept.times, (_, h) => h);
    this.sql.exec(
      "INSERT OR REPLACE INTO forecasts VALUES (?,?,?,?,?,?,?,?)",
      series,
      strategyId,
      kept.originMicros,
      Math.min(...steps.map((h) => dueMicros(kept, h)).filter((at) => at > kept.knownMicros)),
      dueMicros(kept, steps.length - 1),
      Math.min(...steps.map((h) => stepMicros(kept, h))),
      nowMs,
      encodeForecast(kept),
    );
  }

  dropOldest(most: number): void {
    const { count } = this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM forecasts").one();
    if (count <= most) return;
    this.sql.exec(
      `DELETE FROM forecasts WHERE (series, strategy, origin) IN
        (SELECT series, strategy, origin FROM forecasts ORDER BY made_ms, origin LIMIT ?)`,
      count - most,
    );
  }

  /** By series: when the next step comes due, or up to a step later. */
  due(): Map<number, Micros> {
    if (!this.exists()) return new Map();
    const rows = this.sql.exec<{ series: number; due: number }>(
      `SELECT series, min(max(first_due, settled + step)) AS due FROM forecasts JOIN forecast_tracks USING (series, strategy)
        GROUP BY series`,
    );
    return new Map([...rows].map(({ series, due }) => [series, due]));
  }

  /** Strategies with forecasts of a series that wait. */
  waiting(series: number): string[] {
    const rows = this.sql.exec<{ strategy: string }>(
      "SELECT DISTINCT strategy FROM forecasts WHERE series = ?",
      series,
    );
    return [...rows].map(({ strategy }) => strategy);
  }

  forecasts({ series, strategyId }: Key): KeptForecast[] {
    const rows = this.sql.exec<{ data: ArrayBuffer }>(
      "SELECT data FROM forecasts WHERE series = ? AND strategy = ?",
      series,
      strategyId,
    );
    return [...rows].map(({ data }) => decodeForecast(data));
  }

  track({ series, strategyId }: Key): Settled {
    const { track, settled } = this.sql
      .exec<{ track: string; settled: number }>(
        "SELECT track, settled FROM forecast_tracks WHERE series = ? AND strategy = ?",
        series,
        strategyId,
      )
      .one();
    return { track: JSON.parse(track) as Track, settledMicros: settled };
  }

  /** Stores a track, and drops the forecasts that have nothing left to wait for. */
  settled({ series, strategyId }: Key, track: Track, untilMicros: Micros): void {
    this.sql.exec(
      "UPDATE forecast_tracks SET settled = ?, compared = ?, accuracy = ?, track = ? WHERE series = ? AND strategy = ?",
      untilMicros,
      track.compared,
      track.accuracy,
      JSON.stringify(track),
      series,
      strategyId,
    );
    this.sql.exec(
      "DELETE FROM forecasts WHERE series = ? AND strategy = ? AND last_due <= ?",
      series,
      strategyId,
      untilMicros,
    );
  }

  tracks(): { key: Key; track: Track }[] {
    if (!this.exists()) return [];
    const rows = this.sql.exec<{ series: number; strategy: string; track: string }>(
      "SELECT series, strategy, track FROM forecast_tracks",
    );
    return [...rows].map(({ series, strategy, track }) => ({
      key: { series, strategyId: strategy },
      track: JSON.parse(track) as Track,
    }));
  }

  totals(): { compared: number; accuracy: number } {
    if (!this.exists()) return { compared: 0, accuracy: 0 };
    const { compared, total } = this.sql
      .exec<{ compared: number; total: number }>(
        "SELECT coalesce(sum(compared), 0) AS compared, coalesce(sum(compared * accuracy), 0) AS total FROM forecast_tracks",
      )
      .one();
    return { compared, accuracy: compared > 0 ? total / compared : 0 };
  }

  private goBack({ series, strategyId }: Key, lastMicros: Micros): void {
    const one = [series, strategyId] as const;
    this.sql.exec("DELETE FROM forecasts WHERE series = ? AND strategy = ?", ...one);
    this.sql.exec(
      "UPDATE forecast_tracks SET settled = ? WHERE series = ? AND strategy = ?",
      lastMicros,
      ...one,
    );
  }

  private exists(): boolean {
    this.isThere ??=
      this.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'forecasts'").toArray()
        .length > 0;
    return this.isThere;
  }
}
