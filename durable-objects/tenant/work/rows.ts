import { fail, OUR_CODES } from "../../../src/core/errors";
import type { WorkItem, WorkKind, WorkKinds, WorkSummary } from "../../../src/core/work";
import { LongTexts } from "./long-texts";

const SUMMARY = `id, kind, status, stream_id AS streamId, strategy_id AS strategyId, traceparent, attempts, progress, summary, error,
  created_ms AS createdMs, updated_ms AS updatedMs`;
const COLUMNS = `${SUMMARY}, claim, request, result`;
export type Row<T> = { [K in keyof T]: T[K] } & Record<string, SqlStorageValue>;

/** In statements as they stand, so that the partial indexes below are used. */
export const OPEN = "status IN ('queued','running')";
const ENDED = "status NOT IN ('queued','running')";
/** Failed on our side: to be done again as it was asked, once we have mended it. */
export const IS_DEAD = `(status = 'failed' AND error ->> '$.code' IN (${OUR_CODES.map((code) => `'${code}'`).join(",")}))`;

export interface WorkFilter {
  kind: WorkKind;
  streamId: string | null;
  status: string | null;
  /** Failed on our side, and so waiting to be redriven. */
  deadLetter: boolean | null;
  cursor: string | null;
  limit: number;
}

/** Executions and jobs of the tenant, as they are stored. Open work stands in line since `line_ms`, and may be taken from its `due_ms` on. */
export class WorkRows {
  protected readonly texts: LongTexts;

  constructor(protected readonly sql: SqlStorage) {
    this.texts = new LongTexts(sql);
    sql.exec(`CREATE TABLE IF NOT EXISTS work(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, queue TEXT NOT NULL, status TEXT NOT NULL,
      line_ms INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, stream_id TEXT, strategy_id TEXT, traceparent TEXT NOT NULL, claim INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL, chars INTEGER NOT NULL,
      created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, progress TEXT, summary TEXT, error TEXT, request TEXT NOT NULL, result TEXT)`);
    // In line, which is the order of claims, and in order of time, which is the alarm's.
    sql.exec(`CREATE INDEX IF NOT EXISTS work_line ON work(queue, line_ms, seq, due_ms) WHERE ${OPEN}`);
    sql.exec(`CREATE INDEX IF NOT EXISTS work_due ON work(queue, due_ms) WHERE ${OPEN}`);
    sql.exec(`CREATE INDEX IF NOT EXISTS work_ended ON work(seq, updated_ms, chars) WHERE ${ENDED}`);
  }

  find(id: string): WorkItem | null {
    const select = `SELECT ${COLUMNS} FROM work WHERE id = ?`;
    const [row] = this.sql.exec<Row<WorkItem>>(select, id).toArray();
    if (!row) return null;
    const request = this.texts.whole(id, "request", row.request);
    const result = row.result === null ? null : this.texts.whole(id, "result", row.result);
    return { ...row, request, result };
  }

  get(id: string, kinds?: WorkKinds): WorkItem {
    const item = this.find(id);
    if (item && (kinds === undefined || [kinds].flat().includes(item.kind))) return item;
    throw kinds === "extract"
      ? fail("job_not_found", "There is no job with this id.")
      : fail("execution_not_found", "There is no execution with this id.");
  }

  /** Pieces of a kind, the newest first. */
  list(filter: WorkFilter): { items: WorkSummary[]; nextCursor: string | null } {
    const rows = this.sql
      .exec<Row<WorkSummary & { seq: number }>>(
        `SELECT seq, ${SUMMARY} FROM work WHERE kind = ?1 AND seq < ?2 AND (?3 IS NULL OR stream_id = ?3)
          AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR ${IS_DEAD} = ?5) ORDER BY seq DESC LIMIT ?6`,
        filter.kind,
        filter.cursor === null ? Number.MAX_SAFE_INTEGER : Number(filter.cursor),
        filter.streamId,
        filter.status,
        filter.deadLetter === null ? null : Number(filter.deadLetter),
        filter.limit,
      )
      .toArray();
    const nextCursor = rows.length === filter.limit ? String(rows.at(-1)!.seq) : null;
    return { items: rows.map(({ seq: _, ...item }) => item as WorkSummary), nextCursor };
  }
}
