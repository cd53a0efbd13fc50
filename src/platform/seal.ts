import { concat, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import type { RandomBytes } from "../core/ids";
import type { Config } from "../env";
import { wrappingKey } from "./secrets";

/**
 * Envelope encryption. A tenant's data key (AES-256) is kept wrapped by a key derived from MASTER_KEY; what it seals is
 * unreadable once the wrapped key is destroyed. Streams are sealed in segments after the STREAM construction (Hoang,
 * Reyhanitabar, Rogaway, Vizár 2015), so that they can be read and checked without being held: docs/formats/sealed-stream.md.
 */
const MAGIC = utf8("SMS1");
const HEADER_BYTES = 16;
const PREFIX_BYTES = 7;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Plain bytes of a segment: what a reader holds at a time. */
export const SEGMENT_BYTES = 65_536;

export interface DataKey {
  /** Grows when a key is destroyed and another takes its place; stands in the header of what it sealed. */
  version: number;
  key: CryptoKey;
}

/** A fresh data key, wrapped: nonce (12 bytes) and AES-GCM of the key. */
export async function newWrappedKey(
  config: Config,
  tenantId: string,
  random: RandomBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = Uint8Array.from(random(NONCE_BYTES));
  const key = Uint8Array.from(random(32));
  const params = { name: "AES-GCM", iv: nonce, additionalData: utf8(tenantId) };
  const wrapped = await crypto.subtle.encrypt(params, await wrappingKey(config, "data-key"), key);
  return concat([nonce, new Uint8Array(wrapped)]);
}

export async function unwrapKey(
  config: Config,
  tenantId: string,
  version: number,
  wrapped: Uint8Array,
): Promise<DataKey> {
  const params = { name: "AES-GCM", iv: wrapped.slice(0, NONCE_BYTES), additionalData: utf8(tenantId) };
  const raw = await crypto.subtle.decrypt(
    params,
    await wrappingKey(config, "data-key"),
    wrapped.slice(NONCE_BYTES),
  );
  return {
    version,
    key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]),
  };
}

/** Seals what comes: a header of 16 bytes, then segments of at most SEGMENT_BYTES + 16. */
export async function* sealed(
  plain: AsyncIterable<Uint8Array>,
  dataKey: DataKey,
  random: RandomBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const prefix = Uint8Array.from(random(PREFIX_BYTES));
  const header = headerOf(dataKey.version, prefix);
  const pieces = new Pieces(SEGMENT_BYTES);
  let counter = 0;
  const seal = async (piece: Uint8Array<ArrayBuffer>, last: boolean) => {
    const iv = nonceOf(prefix, counter++, last);
    return new Uint8Array(
      await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: header }, dataKey.key, piece),
    );
  };
  yield header;
  for await (const chunk of plain) for (const piece of pieces.push(chunk)) yield await seal(piece, false);
  yield await seal(pieces.rest(), true);
}

/** Opens what {@link sealed} made; changed, reordered or cut-off bytes fail with `malformed_data`. */
export async function* opened(
  source: AsyncIterable<Uint8Array>,
  keyOf: (version: number) => Promise<DataKey | null>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const pieces = new Pieces(SEGMENT_BYTES + TAG_BYTES);
  let opener: Opener | null = null;
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of source) {
    let segments = chunk;
    if (!opener) {
      head = head.length === 0 ? chunk : concat([head, chunk]);
      if (head.length < HEADER_BYTES) continue;
      opener = await openerOf(head.slice(0, HEADER_BYTES), keyOf);
      segments = head.subarray(HEADER_BYTES);
    }
    for (const piece of pieces.push(segments)) yield await opener(piece, false);
  }
  if (!opener) throw fail("malformed_data", "The stored upload is cut off.");
  yield await opener(pieces.rest(), true);
}

/** Opens the next segment. */
type Opener = (segment: Uint8Array<ArrayBuffer>, last: boolean) => Promise<Uint8Array<ArrayBuffer>>;

async function openerOf(
  header: Uint8Array,
  keyOf: (version: number) => Promise<DataKey | null>,
): Promise<Opener> {
  if (!MAGIC.every((byte, i) => header[i] === byte))
    throw fail("malformed_data", "The stored upload has no known header.");
  const additionalData = Uint8Array.from(header);
  const dataKey = await keyOf(new DataView(additionalData.buffer).getUint32(4));
  if (!dataKey) throw fail("malformed_data", "The key of the stored upload was destroyed.");
  const prefix = additionalData.slice(HEADER_BYTES - PREFIX_BYTES);
  let counter = 0;
  return async (segment, last) => {
    const iv = nonceOf(prefix, counter++, last);
    try {
      const params = { name: "AES-GCM", iv, additionalData };
      return new Uint8Array(await crypto.subtle.decrypt(params, dataKey.key, segment));
    } catch {
      throw fail("malformed_data", "The stored upload does not open: it was changed or cut off.");
    }
  };
}

function headerOf(version: number, prefix: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC, 0);
  new DataView(header.buffer).setUint32(4, version);
  header[8] = 1;
  header.set(prefix, HEADER_BYTES - PREFIX_BYTES);
  return header;
}

/** STREAM: 7 random bytes, a counter, and whether this is the last segment: none can be dropped, moved or appended. */
function nonceOf(prefix: Uint8Array, counter: number, last: boolean): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(NONCE_BYTES);
  nonce.set(prefix, 0);
  new DataView(nonce.buffer).setUint32(PREFIX_BYTES, counter);
  nonce[NONCE_BYTES - 1] = last ? 1 : 0;
  return nonce;
}

/**
 * Cuts chunks of any size into pieces of one size, each good until the next is asked for. A full piece is held back until
 * more follows: the last one is known only at the end.
 */
class Pieces {
  private readonly piece: Uint8Array<ArrayBuffer>;
  private filled = 0;

  constructor(private readonly size: number) {
    this.piece = new Uint8Array(size);
  }

  *push(chunk: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    for (let at = 0; at < chunk.length; ) {
      if (this.filled === this.size) {
        this.filled = 0;
        yield this.piece;
      }
      const part = chunk.subarray(at, at + this.size - this.filled);
      this.piece.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
    }
  }

  rest(): Uint8Array<ArrayBuffer> {
    return this.piece.subarray(0, this.filled);
  }
}
