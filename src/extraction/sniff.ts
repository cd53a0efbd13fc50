import { concat } from "../core/bytes";
import type { BlobLimits } from "../platform/blobs";
import { isGzip } from "../platform/gzip";
import { BODY_LIMITS } from "../platform/http/body";
import { binaryFormat } from "./detect/binary";
import { detectFormat } from "./detect/format";
import { encodingOf } from "./detect/text";
import { isTextFormat, TEXT_FORMATS } from "./formats";
import { isTar, isZip } from "./unpack";
import { headText } from "./upload";

/** Bytes that say what the data are; more where the first line is longer. */
const SNIFFED_BYTES = 65_536;
const LONGEST_LINE = 4_000_000;

type Limit = Pick<BlobLimits, "maxBytes" | "kind">;

export interface Sniffed {
  limit: Limit;
  /** The source from its beginning. */
  all: AsyncIterable<Uint8Array>;
}

/**
 * How large data may be by what their first bytes say they are: what is read piece by piece may be larger than what has to
 * be held. Throws `unrecognised_format` for kinds that are not taken, before they are stored.
 */
export async function sniff(source: AsyncIterable<Uint8Array>): Promise<Sniffed> {
  const pieces = source[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let held = 0;
  let hasLine = false;
  while (held < LONGEST_LINE && (held < SNIFFED_BYTES || !hasLine)) {
    const next = await pieces.next();
    if (next.done) break;
    parts.push(next.value);
    held += next.value.byteLength;
    hasLine ||= next.value.includes(0x0a);
  }
  const head = concat(parts);
  return { limit: limitOf(head), all: rejoined(head, pieces) };
}

async function* rejoined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.byteLength > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function limitOf(head: Uint8Array): Limit {
  if (head.byteLength === 0 || isGzip(head)) return { maxBytes: BODY_LIMITS.streamedBytes };
  if (isZip(head) || isTar(head)) return { maxBytes: BODY_LIMITS.treeBytes, kind: "workbooks or archives" };
  const binary = binaryFormat(head);
  if (binary !== null) return { maxBytes: BODY_LIMITS.treeBytes, kind: binary.toUpperCase() };
  const text = headText(head, encodingOf(head, true), SNIFFED_BYTES);
  const format = text.trim() === "" ? "text" : detectFormat(text);
  return isTextFormat(format) && TEXT_FORMATS[format].open
    ? { maxBytes: BODY_LIMITS.streamedBytes }
    : { maxBytes: BODY_LIMITS.treeBytes, kind: format === "json" ? "JSON" : format };
}
