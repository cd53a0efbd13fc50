import { fail } from "../../core/errors";

/** A part of a body: a byte order mark in the middle of it is a character like any other. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
/** Names and tags are mostly shorter; for them a call of the decoder takes longer than the decoding. */
const SHORT = 24;

/** Throws `malformed_data` where the bytes are not UTF-8. */
export function decodeExactly(bytes: Uint8Array): string {
  return (bytes.length <= SHORT ? asciiOf(bytes) : null) ?? decoded(bytes);
}

/** Null where a byte is none of ASCII's. */
function asciiOf(bytes: Uint8Array): string | null {
  const whole = bytes.length & ~3;
  let text = "";
  for (let at = 0; at < whole; at += 4) {
    const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
    if ((a | b | c | d) > 127) return null;
    text += String.fromCharCode(a, b, c, d);
  }
  for (let at = whole; at < bytes.length; at++) {
    const char = ASCII[bytes[at]!];
    if (char === undefined) return null;
    text += char;
  }
  return text;
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw fail("malformed_data", "The body is not valid UTF-8.");
  }
}
