import { base64url, hex } from "./bytes";

/** Randomness as a dependency. */
export type RandomBytes = (length: number) => Uint8Array;

export const secureRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** An unguessable id such as `exec_3f…`: 128 bits behind a prefix that tells what it names. */
export const newId = (prefix: string, random: RandomBytes = secureRandom): string =>
  `${prefix}_${hex(random(16))}`;

/** A secret of 256 bits behind its prefix. */
export const newSecret = (prefix: string, random: RandomBytes = secureRandom): string =>
  `${prefix}_${base64url(random(32))}`;

/** A UUID version 4 (RFC 9562). */
export function newUuid(random: RandomBytes = secureRandom): string {
  const bytes = random(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    "-",
  );
}
