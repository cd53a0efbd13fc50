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

/** Seals a stream. The output is a header of 16 bytes, then segments of at most SEGMENT_BYTES + 16. */
export function sealing(dataKey: DataKey, random: RandomBytes): TransformStream<Uint8Array, Uint8Array> {
  const prefix = Uint8Array.from(random(PREFIX_BYTES));
  const header = headerOf(dataKey.version, prefix);
  const pieces = new Pieces(SEGMENT_BYTES);
  let counter = 0;
  const seal = async (plain: Uint8Array<ArrayBuffer>, last: boolean) => {
    const iv = nonceOf(prefix, counter++, last);
    return new Uint8Array(
      await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: header }, dataKey.key, plain),
    );
  };
  return new TransformStream({
    start: (controller) => controller.enqueue(header),
    async transform(chunk, controller) {
      for (const piece of pieces.push(chunk)) controller.enqueue(await seal(piece, false));
    },
    async flush(controller) {
      controller.enqueue(await seal(pieces.rest(), true));
    },
  });
}

/** Opens what {@link sealing} made; a changed, reordered or cut-off stream fails with `malformed_data`. */
export function opening(
  keyOf: (version: number) => Promise<DataKey | null>,
): TransformStream<Uint8Array, Uint8Array> {
  const head = new Pieces(HEADER_BYTES);
  const pieces = new Pieces(SEGMENT_BYTES + TAG_BYTES);
  let header: Uint8Array<ArrayBuffer> | null = null;
  let dataKey: DataKey | null = null;
  let counter = 0;
  const open = async (sealed: Uint8Array<ArrayBuffer>, last: boolean) => {
    const iv = nonceOf(header!.slice(HEADER_BYTES - PREFIX_BYTES), counter++, last);
    try {
      const plain = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv, additionalData: header! },
        dataKey!.key,
        sealed,
      );
      return new Uint8Array(plain);
    } catch {
      throw fail("malformed_data", "The stored upload does not open: it was changed or cut off.");
    }
  };
  const begin = async (bytes: Uint8Array<ArrayBuffer>) => {
    if (!MAGIC.every((byte, i) => bytes[i] === byte))
      throw fail("malformed_data", "The stored upload has no known header.");
    header = bytes;
    dataKey = await keyOf(new DataView(bytes.buffer).getUint32(4));
    if (!dataKey) throw fail("malformed_data", "The key of the stored upload was destroyed.");
  };
  return new TransformStream({
    async transform(chunk, controller) {
      let sealed = chunk;
      if (!header) {
        const [first] = head.push(chunk, 1);
        if (!first) return;
        await begin(first);
        sealed = head.rest();
      }
      for (const piece of pieces.push(sealed)) controller.enqueue(await open(piece, false));
    },
    async flush(controller) {
      if (!header) throw fail("malformed_data", "The stored upload is cut off.");
      controller.enqueue(await open(pieces.rest(), true));
    },
  });
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

/** Cuts chunks of any size into pieces of one size. A full piece is held back until more follows: the last one is known only at the end. */
class Pieces {
  private held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  constructor(private readonly size: number) {}

  push(chunk: Uint8Array, most = Number.POSITIVE_INFINITY): Uint8Array<ArrayBuffer>[] {
    const all = concat([this.held, chunk]);
    const out: Uint8Array<ArrayBuffer>[] = [];
    let at = 0;
    while (all.length - at > this.size && out.length < most) {
      out.push(all.slice(at, at + this.size));
      at += this.size;
    }
    this.held = all.slice(at);
    return out;
  }

  rest(): Uint8Array<ArrayBuffer> {
    const rest = this.held;
    this.held = new Uint8Array(0);
    return rest;
  }
}
