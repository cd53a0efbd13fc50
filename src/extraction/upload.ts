import { concat } from "../core/bytes";
import { fail } from "../core/errors";
import { type TextSurvey, TextSurveyor } from "../core/text-survey";
import { openSealed } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import { gunzipStream } from "../platform/gzip";
import { BODY_LIMITS } from "../platform/http/body";
import { nextTurn } from "../platform/next-turn";
import { TextStream } from "./detect/text";
import type { JobRequest } from "./intake";

/** An upload as it lies there, to be read from its beginning as often as needed. */
export interface Upload {
  bytes: number;
  /** Null: not known, as of what was stored before it was looked at. */
  survey: TextSurvey | null;
  open(): AsyncIterable<Uint8Array>;
}

/** The upload of a job: what its request kept of it, or what is stored. */
export const uploadOf = (ctx: TenantContext, request: JobRequest, kept: Uint8Array | null): Upload => ({
  bytes: request.bytes,
  survey: request.survey ?? null,
  open: () => (kept ? once(kept) : inTurns(openSealed(ctx, request.blobKey))),
});

/**
 * Bytes between two turns: less than a second of what is read slowest. With a quarter of it a load of 95 MB of CSV took a
 * fifth more CPU time, as the objects commit what they have in each turn.
 */
const TURN_BYTES = 2_097_152;

/** Stored bytes are there faster than they are read: without a turn now and then nothing else in the isolate would have one. */
export async function* inTurns(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes >= TURN_BYTES) {
      bytes = 0;
      await nextTurn();
    }
    yield piece;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What is in a gzip, inflated while it is read; nobody knows its size before. Throws `payload_too_large` past the cap. */
export const inflated = (upload: Upload): Upload => ({
  bytes: Number.POSITIVE_INFINITY,
  survey: null,
  open: () => inTurns(gunzipStream(upload.open(), BODY_LIMITS.streamedBytes)),
});

/** The same upload, read through once where nobody has. */
export async function surveyed(upload: Upload): Promise<Upload & { survey: TextSurvey }> {
  if (upload.survey) return { ...upload, survey: upload.survey };
  const surveyor = new TextSurveyor();
  let bytes = 0;
  for await (const piece of upload.open()) {
    surveyor.see(piece);
    bytes += piece.byteLength;
  }
  return { ...upload, bytes, survey: surveyor.end() };
}

/** The first `most` bytes and a little more, or all. */
export async function headOf(upload: Upload, most: number): Promise<{ bytes: Uint8Array; isAll: boolean }> {
  const parts: Uint8Array[] = [];
  let held = 0;
  for await (const part of upload.open()) {
    parts.push(part);
    held += part.byteLength;
    if (held >= most) return { bytes: concat(parts), isAll: held >= upload.bytes };
  }
  return { bytes: concat(parts), isAll: true };
}

/** All bytes. Throws `payload_too_large` for what is too large to be held. */
export async function allOf(upload: Upload): Promise<Uint8Array> {
  const most = BODY_LIMITS.treeBytes;
  if (upload.bytes > most)
    throw fail("payload_too_large", `Data that are read as a whole may have at most ${most / 1e6} MB.`, {
      extra: { limit_bytes: most },
    });
  return (await headOf(upload, Number.POSITIVE_INFINITY)).bytes;
}

/** A piece of text and how many bytes of the upload were read for all pieces so far. */
export interface TextPiece {
  text: string;
  readBytes: number;
}

export async function* textOf(upload: Upload, encoding: string): AsyncGenerator<TextPiece> {
  const stream = new TextStream(encoding);
  let readBytes = 0;
  for await (const bytes of upload.open()) {
    readBytes += bytes.byteLength;
    yield { text: stream.push(bytes), readBytes };
  }
  yield { text: stream.end(), readBytes };
}

/** The head of a text in whole lines, `chars` at most; where one line alone is longer, that much of it. */
export function headText(head: Uint8Array, encoding: string, chars: number): string {
  const text = new TextStream(encoding).push(head).slice(0, chars);
  const end = text.lastIndexOf("\n");
  return end < 0 ? text : text.slice(0, end + 1);
}
