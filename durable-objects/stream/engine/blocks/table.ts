import type { BlockMeta, NewBlock, Run, Tombstone } from "./runs";

/** Blocks and deleted ranges as they stand in the object's SQLite. */
export class BlockTable {
  constructor(private readonly sql: SqlStorage) {}

  static create(sql: SqlStorage): void {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS blocks (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, level INTEGER NOT NULL,
        rank INTEGER NOT NULL, first_key INTEGER NOT NULL, last_key INTEGER NOT NULL, min_ts INTEGER NOT NULL,
        max_ts INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS tombstones (id INTEGER PRIMARY KEY, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        up_to_rank INTEGER NOT NULL, seq INTEGER NOT NULL);`);
  }

  /** All runs, oldest first, with their blocks in order. */
  runs(): Run[] {
    const rows = this.sql.exec<{
      id: number;
      run: number;
      level: number;
      rank: number;
      first_key: number;
      last_key: number;
      min_ts: number;
      max_ts: number;
      bytes: number;
    }>(
      "SELECT id, run, level, rank, first_key, last_key, min_ts, max_ts, bytes FROM blocks ORDER BY rank, first_key, last_key, min_ts, max_ts, id",
    );
    const runs = new Map<number, Run>();
    for (const row of rows) {
      const run = runs.get(row.run) ?? {
        id: row.run,
        level: row.level,
        rank: row.rank,
        blocks: [],
        bytes: 0,
      };
      runs.set(row.run, run);
      run.bytes += row.bytes;
      run.blocks.push({
        id: row.id,
        run: row.run,
        level: row.level,
        rank: row.rank,
        firstKey: row.first_key,
        lastKey: row.last_key,
        minMicros: row.min_ts,
        maxMicros: row.max_ts,
        bytes: row.bytes,
      });
    }
    return [...runs.values()];
  }

  data(id: number): Uint8Array {
    const { data } = this.sql.exec<{ data: ArrayBuffer }>("SELECT data FROM blocks WHERE id = ?", id).one();
    return new Uint8Array(data);
  }

  insert(id: number, run: Pick<Run, "id" | "level" | "rank">, block: NewBlock): BlockMeta {
    const { data, ...bounds } = block;
    this.sql.exec(
      "INSERT INTO blocks (id, run, level, rank, first_key, last_key, min_ts, max_ts, bytes, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      run.id,
      run.level,
      run.rank,
      bounds.firstKey,
      bounds.lastKey,
      bounds.minMicros,
      bounds.maxMicros,
      data.byteLength,
      data,
    );
    return { id, run: run.id, level: run.level, rank: run.rank, ...bounds, bytes: data.byteLength };
  }

  delete(id: number): void {
    this.sql.exec("DELETE FROM blocks WHERE id = ?", id);
  }

  deleteRun(id: number): void {
    this.sql.exec("DELETE FROM blocks WHERE run = ?", id);
  }

  tombstones(): Tombstone[] {
    return this.sql
      .exec<{ id: number; start: number; end: number; up_to_rank: number; seq: number }>(
        'SELECT id, start, "end" AS "end", up_to_rank, seq FROM tombstones ORDER BY id',
      )
      .toArray()
      .map(({ id, start, end, up_to_rank, seq }) => ({ id, start, end, upToRank: up_to_rank, seq }));
  }

  insertTombstone({ id, start, end, upToRank, seq }: Tombstone): void {
    this.sql.exec(
      'INSERT INTO tombstones (id, start, "end", up_to_rank, seq) VALUES (?, ?, ?, ?, ?)',
      id,
      start,
      end,
      upToRank,
      seq,
    );
  }

  deleteTombstone(id: number): void {
    this.sql.exec("DELETE FROM tombstones WHERE id = ?", id);
  }
}
