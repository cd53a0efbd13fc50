import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync } from "node:zlib";
import { AppError, fail } from "../core/errors";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const damaged = () => fail("malformed_data", "The gzip data are damaged or cut off.");

const tooLarge = (maxBytes: number) =>
  fail("payload_too_large", `The gzip data inflate to more than ${maxBytes} bytes (${maxBytes / 1e6} MB).`, {
    extra: { limit_bytes: maxBytes },
  });

/**
 * Inflates gzip data (RFC 1952), all members one after the other; zeros may follow the last, as tapes pad. Throws
 * `malformed_data` for anything else behind it, a wrong checksum or length and a cut end, `payload_too_large` past
 * `maxBytes`, which zlib itself counts.
 */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(maxBytes) : damaged();
  }
}

/** The same for data that come in pieces. An error of `source` is thrown on as it is. */
export async function* gunzipStream(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflating = createGunzip();
  const met: { sourceError?: unknown } = {};
  // What fails shows where the output is read.
  pipeline(noting(source, met), inflating).catch(() => {});
  try {
    let seen = 0;
    for await (const chunk of inflating as AsyncIterable<Uint8Array>) {
      seen += chunk.byteLength;
      if (seen > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if ("sourceError" in met) throw met.sourceError;
    throw error instanceof AppError ? error : damaged();
  } finally {
    inflating.destroy();
  }
}

/** Keeps the error of a source, which pipes hand on as one of their own. */
async function* noting(
  source: AsyncIterable<Uint8Array>,
  met: { sourceError?: unknown },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    met.sourceError = error;
    throw error;
  }
}
