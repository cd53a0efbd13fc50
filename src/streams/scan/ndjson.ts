import { concat } from "../../core/bytes";
import { fail } from "../../core/errors";
import { type Batch, BatchBuilder } from "../batch";
import type { MemoryOf, ScanMemory } from "./memory";
import { RecordScanner } from "./record-scanner";
import { decodeExactly } from "./text";

/** A line longer than this is no reading. */
const LINE_BYTES = 2_000_000;

/**
 * The batches of newline-delimited JSON. Rows are numbered by line, from 1; blank lines are passed over. Throws
 * `malformed_data` for what is not UTF-8 and for a line without end. `memory` as of batchesOfJson.
 */
export async function* batchesOfNdjson(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  memory?: MemoryOf,
): AsyncGenerator<Batch> {
  const batches = new BatchBuilder();
  const known = memory?.take();
  const lines = new LineScanner(batches, known);
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const piece of body) {
    const cut = piece.lastIndexOf(10) + 1;
    if (cut > 0) {
      const whole = heldBytes > 0 ? concat([...held, piece.subarray(0, cut)]) : piece.subarray(0, cut);
      yield* lines.read(whole);
      held = [];
      heldBytes = 0;
    }
    if (cut < piece.length) held.push(piece.subarray(cut));
    heldBytes += piece.length - cut;
    if (heldBytes > LINE_BYTES)
      throw fail("malformed_data", `Line ${lines.row + 1} has more than ${LINE_BYTES} bytes.`);
  }
  if (heldBytes > 0) yield* lines.read(concat(held));
  if (known && lines.records.isWorthKeeping) memory!.keep(known);
  yield* batches.finish();
}

class LineScanner {
  row = 0;
  readonly records: RecordScanner;

  constructor(
    private readonly batches: BatchBuilder,
    known: ScanMemory | undefined,
  ) {
    this.records = new RecordScanner(batches, nextAfter, known);
  }

  /** Whole lines; only the last may do without its end. */
  *read(bytes: Uint8Array): Generator<Batch> {
    let at = this.row === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (at < bytes.length) {
      at = this.records.run(bytes, at);
      this.row += this.records.taken;
      const row = ++this.row;
      const recordEnd = this.records.read(bytes, at);
      let end = recordEnd;
      if (bytes[end] === 13) end++;
      let batch: Batch | null;
      if (end >= 0 && (end === bytes.length || bytes[end] === 10)) batch = this.records.add(bytes, recordEnd);
      else {
        const found = bytes.indexOf(10, at);
        end = found < 0 ? bytes.length : found;
        batch = this.parsed(row, bytes, at, end);
      }
      if (batch) yield batch;
      at = end + 1;
    }
  }

  private parsed(row: number, bytes: Uint8Array, start: number, end: number): Batch | null {
    if (decodeExactly(bytes.subarray(start, end)).trim() === "") return null;
    let last = end;
    while (bytes[last - 1] === 13 || bytes[last - 1] === 32) last--;
    try {
      return this.records.addParsed(row, bytes, start, last);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.batches.reject(row, "the line is not valid JSON");
      return null;
    }
  }
}

/** Where the record on the line after the one that ends at `end` starts; -1: none does. */
function nextAfter(bytes: Uint8Array, end: number): number {
  const at = bytes[end] === 13 ? end + 1 : end;
  return bytes[at] === 10 && bytes[at + 1] === 123 ? at + 2 : -1;
}
