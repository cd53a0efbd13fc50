import type { Kind } from "../../../../src/analytics/detection/streaming/verdict";
import { fromUtf8, utf8 } from "../../../../src/core/bytes";
import { HEADER_BYTES, unwrapEnvelope, writeEnvelope } from "../../../../src/streams/block/envelope";
import type { DetectionMode } from "../../../../src/streams/contract";
import type { Range } from "../../../../src/streams/engine/merge";
import type { AuditEntry } from "./audit";

const TAG = "SML1";

/** What a write left behind beside its points: all of it lies in the write's one row. */
export interface LogMeta extends AuditEntry {
  /** SHA-256 of the audit chain up to here. */
  hash: string;
  /** The write's Idempotency-Key and its answer. */
  key?: { key: string; fingerprint: string; answer: string };
  /** The first arrival time, where rows of the frame have no time of their own. */
  arrival?: number;
  /** The range that was deleted. */
  range?: Range;
  /** Readings that teach the detectors and raise no alert. */
  quiet?: true;
  /** And not at once: those that are to teach are read when the load is at its end. */
  deferred?: true;
  /** Readings that the caller says were no anomalies. */
  expected?: ExpectedReading[];
  /** Series that had not spoken for longer than ever. */
  silent?: number[];
}

/** How a write's row says what its readings are to the detectors. */
export const detectionMarks = (mode: DetectionMode): Pick<LogMeta, "quiet" | "deferred"> => ({
  ...(mode === "judge" ? {} : { quiet: true }),
  ...(mode === "defer" ? { deferred: true } : {}),
});

/** A reading that was alerted at, by the id of its series. */
export interface ExpectedReading {
  series: number;
  timeMicros: number;
  kind: Kind;
  value: number;
}

export interface LogRow {
  seq: number;
  /** Of the whole row. */
  bytes: number;
  meta: LogMeta;
  frame: Uint8Array;
}

interface StoredRow extends Record<string, SqlStorageValue> {
  seq: number;
  record: ArrayBuffer;
}

/**
 * The log: one row a write, in a table of its generation. A seal moves what it says into blocks and pages, and drops the
 * table whole: rows are what a deployment pays for, and none is deleted one by one.
 */
export class Log {
  private insert = "";
  bytes = 0;
  rows = 0;

  constructor(private readonly sql: SqlStorage) {}

  open(generation: number): void {
    this.sql.exec(
      `CREATE TABLE IF NOT EXISTS log_${generation} (seq INTEGER PRIMARY KEY, record BLOB NOT NULL)`,
    );
    this.insert = `INSERT INTO log_${generation} (seq, record) VALUES (?, ?)`;
    this.bytes = 0;
    this.rows = 0;
  }

  drop(generation: number): void {
    this.sql.exec(`DROP TABLE IF EXISTS log_${generation}`);
  }

  append(seq: number, meta: LogMeta, frame: Uint8Array): void {
    const record = encodeRecord(meta, frame);
    this.sql.exec(this.insert, seq, record);
    this.bytes += record.byteLength;
    this.rows++;
  }

  /** Everything of the generation, oldest first. */
  *replay(generation: number): Generator<LogRow> {
    this.bytes = 0;
    this.rows = 0;
    const rows = this.sql.exec<StoredRow>(`SELECT seq, record FROM log_${generation} ORDER BY seq`);
    for (const stored of rows) {
      const row = rowOf(stored);
      this.bytes += row.bytes;
      this.rows++;
      yield row;
    }
  }

  /** The first row of the generation after `seq`. One a statement: a cursor that is left open locks the table. */
  after(generation: number, seq: number): LogRow | null {
    const [stored] = this.sql
      .exec<StoredRow>(`SELECT seq, record FROM log_${generation} WHERE seq > ? ORDER BY seq LIMIT 1`, seq)
      .toArray();
    return stored ? rowOf(stored) : null;
  }
}

const rowOf = ({ seq, record }: StoredRow): LogRow => ({
  seq,
  bytes: record.byteLength,
  ...decodeRecord(new Uint8Array(record)),
});

/** envelope | uint32 bytes of meta | meta as JSON | the frame as it came (docs/formats/log-record.md). */
function encodeRecord(meta: LogMeta, frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = utf8(JSON.stringify(meta));
  const out = new Uint8Array(HEADER_BYTES + 4 + text.length + frame.length);
  new DataView(out.buffer).setUint32(HEADER_BYTES, text.length, true);
  out.set(text, HEADER_BYTES + 4);
  out.set(frame, HEADER_BYTES + 4 + text.length);
  writeEnvelope(TAG, out);
  return out;
}

function decodeRecord(record: Uint8Array): { meta: LogMeta; frame: Uint8Array } {
  const payload = unwrapEnvelope(TAG, record);
  const length = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  const meta = JSON.parse(fromUtf8(payload.subarray(4, 4 + length))) as LogMeta;
  // Columns are read in place: the frame must start at a multiple of 8.
  return { meta, frame: payload.slice(4 + length) };
}
