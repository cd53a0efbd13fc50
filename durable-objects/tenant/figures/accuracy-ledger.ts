import type { Holder } from "../../../src/core/admission";

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

  /** Gives what is new. Told again it is no row, and null. */
  note({ streamId, shard }: Holder, { compared, accuracy }: Accuracy): Accuracy | null {
    const before = this.sql
      .exec<{ compared: number; accuracy: number }>(
        "SELECT compared, accuracy FROM accuracy WHERE stream_id = ? AND shard = ?",
        streamId,
        shard,
      )
      .toArray()[0] ?? { compared: 0, accuracy: 0 };
    this.sql.exec(
      `INSERT INTO accuracy VALUES(?1,?2,?3,?4) ON CONFLICT(stream_id, shard)
        DO UPDATE SET compared = ?3, accuracy = ?4 WHERE compared <> ?3`,
      streamId,
      shard,
      compared,
      accuracy,
    );
    const more = compared - before.compared;
    if (more <= 0) return null;
    return { compared: more, accuracy: (compared * accuracy - before.compared * before.accuracy) / more };
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
