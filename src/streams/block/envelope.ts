import { crc32 } from "node:zlib";

/**
 * The first bytes of everything the stream engine stores (docs/formats/block.md): a tag that names the format and its
 * version, and the key that sealed the rest. Only key version 0, not sealed, exists today; the room for a nonce is
 * there so that sealing needs no new format.
 */
export const HEADER_BYTES = 20;

const KEY_VERSION_AT = 4;
/** Where the CRC-32 of a payload stands that no key seals: in the nonce's place. */
const CHECKSUM_AT = 8;

/** Writes the header to the first HEADER_BYTES of `target`, behind which the payload already lies. */
export function writeEnvelope(tag: string, target: Uint8Array): void {
  if (tag.length !== 4) throw new Error(`an envelope tag has 4 characters, not ${tag.length}`);
  for (let i = 0; i < 4; i++) target[i] = tag.charCodeAt(i);
  target.fill(0, KEY_VERSION_AT, HEADER_BYTES);
  const view = new DataView(target.buffer, target.byteOffset);
  view.setUint32(CHECKSUM_AT, crc32(target.subarray(HEADER_BYTES)), true);
}

/** `payload` copied behind a header. */
export function wrap(tag: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes.set(payload, HEADER_BYTES);
  writeEnvelope(tag, bytes);
  return bytes;
}

/**
 * The payload in `bytes`, a view, not a copy. Throws an Error on another tag, a key version that is not known or a wrong
 * checksum: a stored blob that is not as we wrote it is corruption of our own, never a caller's fault.
 */
export function unwrapEnvelope(tag: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length < HEADER_BYTES) throw new Error(`${bytes.length} bytes are no ${tag} envelope`);
  const found = String.fromCharCode(bytes[0]!, bytes[1]!, bytes[2]!, bytes[3]!);
  if (found !== tag) throw new Error(`expected a ${tag} envelope, found ${JSON.stringify(found)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const keyVersion = view.getUint32(KEY_VERSION_AT, true);
  if (keyVersion !== 0) throw new Error(`${tag} envelope of unknown key version ${keyVersion}`);
  const payload = bytes.subarray(HEADER_BYTES);
  if (crc32(payload) !== view.getUint32(CHECKSUM_AT, true)) throw new Error(`a damaged ${tag} envelope`);
  return payload;
}
