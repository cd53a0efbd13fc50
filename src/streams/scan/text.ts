import { fail } from "../../core/errors";

/** A part of a body: a byte order mark in the middle of it is a character like any other. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws `malformed_data` where the bytes are not UTF-8. */
export function decodeExactly(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw fail("malformed_data", "The body is not valid UTF-8.");
  }
}
