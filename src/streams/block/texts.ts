import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fromUtf8, utf8 } from "../../core/bytes";

/** The texts of one point: those of its series that are no numbers. */
export interface TextRow {
  timeMicros: number;
  ordinal: number;
  values: Record<string, string>;
}

/** Inflated, a text chunk is at most this: a corrupt or hostile one must not take the memory of an isolate. */
export const MAX_TEXT_BYTES = 8_000_000;

/** Rows as columns, times as steps: like stands beside like, which is what deflate is good at. */
type Columns = [steps: number[], ordinals: number[], values: Record<string, string>[]];

/**
 * Rows, ascending in time, as a text chunk. Throws an Error past MAX_TEXT_BYTES: the caller cuts into several chunks.
 * Synchronous on purpose: a store that yields here could interleave with another write of the same stream.
 */
export function encodeTexts(rows: readonly TextRow[]): Uint8Array {
  const columns: Columns = [
    rows.map((row, i) => row.timeMicros - (i === 0 ? 0 : rows[i - 1]!.timeMicros)),
    rows.map((row) => row.ordinal),
    rows.map((row) => row.values),
  ];
  const text = utf8(JSON.stringify(columns));
  if (text.length > MAX_TEXT_BYTES) throw new Error(`a text chunk of ${text.length} bytes`);
  return viewOf(deflateRawSync(text));
}

/** The rows in `bytes`, which encodeTexts wrote. Throws an Error where they are corrupt or inflate past the limit. */
export function decodeTexts(bytes: Uint8Array): TextRow[] {
  const text = fromUtf8(viewOf(inflateRawSync(bytes, { maxOutputLength: MAX_TEXT_BYTES })));
  const [steps, ordinals, values] = JSON.parse(text) as Columns;
  let timeMicros = 0;
  return steps.map((step, i) => {
    timeMicros += step;
    return { timeMicros, ordinal: ordinals[i]!, values: values[i]! };
  });
}

/** A plain Uint8Array: what else a Buffer can do is no part of the format. */
const viewOf = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
