import type { Holder } from "../../src/core/admission";

/** Predicted values that were compared with what came, and the mean accuracy of them. */
export interface Accuracy {
  compared: number;
  accuracy: number;
}

/** How past forecasts turned out, a row for each shard of a stream: what it told last. */
export class AccuracyLedger {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS accuracy(stream_id TEXT NOT NULL, shard INTEGER NOT NULL, compared INTEGER NOT NULL,
      accuracy REAL NOT NULL, PRIMARY KEY(stream_id, shard)) WITHOUT ROWID`);
  }

  /** Told again it is no row. */
  note({ streamId, shard }: Holder, { compared, accuracy }: Accuracy): void {
    this.sql.exec(
      `INSERT INTO accuracy VALUES(?1,?2,?3,?4) ON CONFLICT(stream_id, shard)
        DO UPDATE SET compared = ?3, accuracy = ?4 WHERE compared <> ?3`,
      streamId,
      shard,
      compared,
      accuracy,
    );
  }

  /** The mean over all past forecasts; null before any has come due. */
  score(): number | null {
    const { compared, total } = this.sql
      .exec<{ compared: number | null; total: number | null }>(
        "SELECT sum(compared) AS compared, sum(compared * accuracy) AS total FROM accuracy",
      )
      .one();
    // Rounding must not lead past 1.
    return compared ? Math.min(1, total! / compared) : null;
  }

  forget(streamId: string): void {
    this.sql.exec("DELETE FROM accuracy WHERE stream_id = ?", streamId);
  }

  erase(): void {
    this.sql.exec("DELETE FROM accuracy");
  }
}
