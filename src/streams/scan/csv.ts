import { concat } from "../../core/bytes";
import { fail } from "../../core/errors";
import { type Batch, BatchBuilder } from "../batch";
import { type CsvHeader, csvRow, delimiterOf, headerOf } from "../protocols/csv";
import { emptyPoint, isIdentifier, placeText, timeOf } from "../protocols/row";
import {
  type CellMeaning,
  type DelimitedColumn,
  DelimitedScanner,
  type DelimitedSpec,
  RecordSplitter,
} from "./delimited";
import { decodeExactly } from "./text";

const [QUOTE, LF, CR] = [34, 10, 13];
/** A header longer than this is a quote that does not close. */
const HEADER_BYTES = 4_000_000;

/**
 * The batches of CSV (RFC 4180) with a header; the delimiter is the header's most frequent of , ; tab |. Rows are numbered
 * as records below the header, from 1; blank ones are passed over. A cell is read as in parseRecord. Throws
 * `malformed_data` for what is not UTF-8, for a quote that does not close and for a header of too many columns.
 */
export async function* batchesOfCsv(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Batch> {
  let scanner: DelimitedScanner | null = null;
  const header = new HeaderReader();
  for await (const piece of body) {
    if (scanner) yield* scanner.push(piece);
    else if (header.read(piece, false)) {
      scanner = new DelimitedScanner(header.spec!);
      yield* scanner.push(header.rest);
    }
  }
  if (!scanner && header.read(new Uint8Array(0), true)) {
    scanner = new DelimitedScanner(header.spec!);
    yield* scanner.push(header.rest);
  }
  yield* scanner ? scanner.end() : new BatchBuilder().finish();
}

/** Finds the header: the first record that is not blank. */
class HeaderReader {
  spec: DelimitedSpec | null = null;
  /** What comes behind it, of the bytes so far. */
  rest: Uint8Array = new Uint8Array(0);
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** What is held is looked at again when there is so much of it: else a long header is read once for each piece. */
  private enough = 0;

  /** Whether the header is whole. */
  read(piece: Uint8Array, isLast: boolean): boolean {
    this.held.push(piece);
    this.heldBytes += piece.length;
    if (this.heldBytes < this.enough && !isLast) return false;
    this.enough = this.heldBytes * 2;
    const bytes = concat(this.held);
    this.held = [bytes];
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (at < bytes.length) {
      const end = lineEnd(bytes, at);
      if (end === bytes.length && !isLast) break;
      const delimiter = delimiterOf(decodeExactly(bytes.subarray(at, end)));
      const splitter = new RecordSplitter({ delimiter: delimiter.charCodeAt(0), quote: QUOTE });
      const next = splitter.read(bytes, at, bytes.length, isLast);
      if (next < 0) break;
      at = next;
      if (splitter.cells.every((cell) => cell.trim() === "")) continue;
      this.spec = specOf(headerOf(splitter.cells), delimiter);
      this.rest = bytes.subarray(at);
      this.held = [];
      return true;
    }
    if (bytes.length > HEADER_BYTES) throw fail("malformed_data", "A quote in the CSV does not close.");
    return false;
  }
}

function lineEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

function specOf(header: CsvHeader, delimiter: string): DelimitedSpec {
  const { names, timeAt } = header;
  return {
    delimiter: delimiter.charCodeAt(0),
    quote: QUOTE,
    columns: names.map((name, at) => columnOf(name, at, header)),
    time:
      timeAt < 0
        ? null
        : { columns: [timeAt], form: { kind: "timestamp" }, read: ([cell]) => timeOf(cell!.trim()) },
    linesBefore: 0,
    numbering: "rows",
    readRow: (cells, row) => csvRow(row, cells, header),
  };
}

function columnOf(name: string, at: number, { names, timeAt }: CsvHeader): DelimitedColumn {
  if (at === timeAt) return { kind: "time" };
  if (name === "") return { kind: "skip" };
  // The last cell of a name is the one that counts: where several have it, that is for csvRow.
  if (names.indexOf(name) !== names.lastIndexOf(name))
    return { kind: "attribute", name, read: () => ({ is: "unclear" }) };
  const read = (text: string) => meaningOf(name, text);
  return isIdentifier(name) ? { kind: "text", name, read } : { kind: "number", name, decimal: ".", read };
}

function meaningOf(name: string, text: string): CellMeaning {
  const { fields, tags, attributes } = placed(name, text);
  for (const value of Object.values(fields)) return { is: "field", value };
  for (const tag of Object.values(tags)) return { is: "tag", text: tag };
  for (const attribute of Object.values(attributes ?? {})) return { is: "attribute", text: attribute };
  return { is: "absent" };
}

function placed(name: string, text: string) {
  const point = emptyPoint(null, {});
  placeText(point, name, text);
  return point;
}
