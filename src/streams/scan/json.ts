import { decodeUtf8, parseJson } from "../../platform/http/body";
import { type Batch, BatchBuilder } from "../batch";
import { jsonRows } from "../protocols/json";
import type { MemoryOf } from "./memory";
import { RecordScanner } from "./record-scanner";
import { isSpace, valueEnd } from "./template";

const POINTS = new TextEncoder().encode('"points"');
const [COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [44, 58, 91, 93, 123, 125];

/**
 * The batches of a JSON body: an array of records, `{"points": [...]}` or one record. Throws `malformed_data` and
 * `invalid_json` before the first batch, and `invalid_request` where it is none of the three. `memory`: that of the stream,
 * where bodies before this one were read with it.
 */
export function* batchesOfJson(bytes: Uint8Array, memory?: MemoryOf): Generator<Batch> {
  const list = listIn(bytes);
  if (list && (yield* scanned(bytes, list, memory))) return;
  yield* parsed(bytes);
}

function* parsed(bytes: Uint8Array): Generator<Batch> {
  const batches = new BatchBuilder();
  for (const row of jsonRows(parseJson(decodeUtf8(bytes)))) {
    const batch = batches.add(row);
    if (batch) yield batch;
  }
  yield* batches.finish();
}

interface List {
  /** After the bracket that opens it. */
  start: number;
  /** A brace closes after it. */
  isWrapped: boolean;
}

/** False, before any batch, where the body must be read as a whole: it is no JSON, or has more beside the list. */
function* scanned(bytes: Uint8Array, list: List, memory: MemoryOf | undefined): Generator<Batch, boolean> {
  const batches = new BatchBuilder();
  const known = memory?.take();
  const records = new RecordScanner(batches, nextAfter, known);
  let isChecked = false;
  let at = afterSpace(bytes, list.start);
  if (bytes[at] === CLOSE_LIST) return false;
  for (let row = 1; ; row++) {
    at = records.run(bytes, at);
    row += records.taken;
    let end = records.read(bytes, at);
    let batch: Batch | null;
    if (end >= 0) batch = records.add(bytes, end);
    else {
      end = valueEnd(bytes, at);
      try {
        batch = records.addParsed(row, bytes, at, end);
      } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
      }
    }
    if (batch) {
      // Of a body that is not valid nothing may be stored: the whole is looked at before a part of it goes.
      if (!isChecked && !isWhole(bytes, end, list)) return false;
      isChecked = true;
      yield batch;
    }
    at = bytes[end] === COMMA ? end : afterSpace(bytes, end);
    if (bytes[at] === CLOSE_LIST) break;
    if (bytes[at] !== COMMA) return false;
    at++;
    if (bytes[at] !== OPEN) at = afterSpace(bytes, at);
  }
  if (!endsAfter(bytes, at + 1, list)) return false;
  if (known && records.isWorthKeeping) memory!.keep(known);
  yield* batches.finish();
  return true;
}

/** Where a list of records starts in the body, if it is one. */
function listIn(bytes: Uint8Array): List | null {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = afterSpace(bytes, hasMark ? 3 : 0);
  if (bytes[at] === OPEN_LIST) return { start: at + 1, isWrapped: false };
  if (bytes[at] !== OPEN) return null;
  at = afterSpace(bytes, at + 1);
  for (const byte of POINTS) if (bytes[at++] !== byte) return null;
  at = afterSpace(bytes, at);
  if (bytes[at] !== COLON) return null;
  at = afterSpace(bytes, at + 1);
  return bytes[at] === OPEN_LIST ? { start: at + 1, isWrapped: true } : null;
}

/** Whether the body is valid JSON and has nothing beside its list, of which a record ends at `end`. */
function isWhole(bytes: Uint8Array, end: number, list: List): boolean {
  parseJson(decodeUtf8(bytes));
  let at = afterSpace(bytes, end);
  while (bytes[at] === COMMA) at = afterSpace(bytes, valueEnd(bytes, afterSpace(bytes, at + 1)));
  return bytes[at] === CLOSE_LIST && endsAfter(bytes, at + 1, list);
}

function endsAfter(bytes: Uint8Array, start: number, { isWrapped }: List): boolean {
  let at = afterSpace(bytes, start);
  if (isWrapped) {
    if (bytes[at] !== CLOSE) return false;
    at = afterSpace(bytes, at + 1);
  }
  return at === bytes.length;
}

/** Where the record after the one that ends at `end` starts; -1: none does. */
function nextAfter(bytes: Uint8Array, end: number): number {
  if (bytes[end] !== COMMA) return -1;
  const at = afterSpace(bytes, end + 1);
  return bytes[at] === OPEN ? at : -1;
}

function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at]!)) at++;
  return at;
}
