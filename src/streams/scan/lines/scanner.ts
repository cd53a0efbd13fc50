import type { ParsedRow } from "../../append";
import { type Batch, BatchBuilder } from "../../batch";
import { RowTaker } from "../delimited/row-taker";
import { LINE_BYTES, LinePieces, type Lines } from "./line-pieces";
import { LineReader } from "./line-reader";
import type { LineForms } from "./spec";

const LF = 10;

/** What `columns`, `time` and `targetOf` say of a line must agree with `readLines`, which is the definition, and reads any line. */
export interface JsonLinesSpec extends LineForms {
  /**
   * The rows of whole lines, or of a part of a line which the next call goes on with. `passed` lines came before them
   * since the last call, and were taken.
   */
  readLines: (bytes: Uint8Array, passed: number) => Iterable<ParsedRow>;
  /** The rows of what the last parts have left. */
  endLines: () => Iterable<ParsedRow>;
}

/**
 * The batches of JSON values one a line: UTF-8 in pieces that may be cut anywhere. Its frames are a function of the bytes and
 * the spec alone, not of the pieces. What push and end give is to be walked through before the next call.
 */
export class JsonLinesScanner {
  private readonly batches = new BatchBuilder();
  private readonly reader: LineReader;
  private readonly taker: RowTaker;
  private readonly lines = new LinePieces();
  private passed = 0;

  constructor(private readonly spec: JsonLinesSpec) {
    this.reader = new LineReader(spec);
    const names = spec.columns.map(({ name }) => name);
    this.taker = new RowTaker(names, this.reader, this.batches);
  }

  *push(piece: Uint8Array): Generator<Batch> {
    for (const lines of this.lines.push(piece)) yield* this.take(lines);
  }

  /** What is left, the last batch among it. */
  *end(): Generator<Batch> {
    for (const lines of this.lines.end()) yield* this.take(lines);
    yield* this.addAll(this.spec.endLines());
    yield* this.batches.finish();
  }

  private *take({ bytes, isWhole }: Lines): Generator<Batch> {
    if (!isWhole) return yield* this.read(bytes);
    let at = 0;
    while (at < bytes.length) {
      const next = this.reader.read(bytes, at);
      // A longer line is one for readLines wherever the pieces were cut.
      const batch = next < 0 || next - at > LINE_BYTES ? undefined : this.taker.take();
      if (batch !== undefined) {
        this.passed++;
        at = next;
        if (batch) yield batch;
        continue;
      }
      const end = bytes.indexOf(LF, at) + 1;
      yield* this.read(bytes.subarray(at, end));
      this.reader.learn(bytes, at, end - 1);
      at = end;
    }
  }

  private *read(bytes: Uint8Array): Generator<Batch> {
    const rows = this.spec.readLines(bytes, this.passed);
    this.passed = 0;
    yield* this.addAll(rows);
  }

  private *addAll(rows: Iterable<ParsedRow>): Generator<Batch> {
    this.taker.settle();
    for (const row of rows) {
      const batch = this.batches.add(row);
      if (batch) yield batch;
    }
  }
}
