import { createHash, type Hash } from "node:crypto";
import { concat } from "../core/bytes";
import { fail } from "../core/errors";
import { type TextSurvey, TextSurveyor } from "../core/text-survey";
import type { TenantContext } from "./context";
import { tenantObject } from "./objects";
import { type DataKey, opening, sealing, unwrapKey } from "./seal";
import { streamOf } from "./web-stream";

/** R2 takes parts of one size, 5 MiB at least. Also the most of a sealed upload that is held while it arrives. */
const PART_BYTES = 5 * 1_048_576;

export const uploadKey = (tenantId: string, jobId: string): string => `${tenantId}/uploads/${jobId}`;

export interface StoredBlob {
  key: string;
  /** Plain bytes, and their SHA-256 in hex. */
  bytes: number;
  sha256: string;
  survey: TextSurvey;
  /** Bytes in the store, sealed. */
  storedBytes: number;
  /** The plain bytes themselves where there are at most as many as the caller wanted kept. */
  kept: Uint8Array<ArrayBuffer> | null;
}

export interface BlobLimits {
  maxBytes: number;
  keptBytes: number;
  /** What the cap is for, as "JSON"; absent: data of any kind. */
  kind?: string;
}

/**
 * Stores a stream sealed under the tenant's data key, hashing the plain bytes on the way. Past `maxBytes` it fails with
 * `payload_too_large` and leaves nothing behind, as with every other failure.
 */
export async function storeSealed(
  ctx: TenantContext,
  key: string,
  source: AsyncIterable<Uint8Array>,
  limits: BlobLimits,
): Promise<StoredBlob> {
  const { version, wrapped } = await tenantObject(ctx.env, ctx.principal.tenantId).dataKey();
  const dataKey = await unwrapKey(ctx.config, ctx.principal.tenantId, version, wrapped);
  const plain = new Observed(limits);
  const sealed = streamOf(plain.of(source)).pipeThrough(sealing(dataKey, ctx.random));
  const storedBytes = await putStream(ctx.env.UPLOADS, key, sealed);
  return { key, storedBytes, ...plain.summary() };
}

/** The plain bytes of what {@link storeSealed} kept. Fails with `malformed_data` where it is gone or does not open. */
export async function readSealed(ctx: TenantContext, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of openSealed(ctx, key)) parts.push(part);
  return concat(parts);
}

/** The same piece by piece, as they are read. */
export async function* openSealed(ctx: TenantContext, key: string): AsyncGenerator<Uint8Array> {
  const stored = await ctx.env.UPLOADS.get(key);
  if (!stored) throw fail("malformed_data", "The stored upload is not there any more.");
  yield* stored.body.pipeThrough(opening((version) => keyOf(ctx, version)));
}

async function keyOf(ctx: TenantContext, version: number): Promise<DataKey | null> {
  const tenantId = ctx.principal.tenantId;
  const found = await tenantObject(ctx.env, tenantId).dataKeyVersion(version);
  return found ? unwrapKey(ctx.config, tenantId, version, found.wrapped) : null;
}

/** Counts, hashes and keeps the plain bytes that pass. */
class Observed {
  private readonly hash: Hash = createHash("sha256");
  private readonly surveyor = new TextSurveyor();
  private bytes = 0;
  private parts: Uint8Array[] | null = [];
  constructor(private readonly limits: BlobLimits) {}

  async *of(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.bytes += chunk.byteLength;
      const { maxBytes, keptBytes, kind } = this.limits;
      if (this.bytes > maxBytes) {
        const what = kind === undefined ? "The data" : `Data that are ${kind}`;
        const detail = `${what} may have at most ${maxBytes} bytes (${maxBytes / 1e6} MB).`;
        throw fail("payload_too_large", detail, { extra: { limit_bytes: maxBytes } });
      }
      this.hash.update(chunk);
      this.surveyor.see(chunk);
      if (this.bytes > keptBytes) this.parts = null;
      this.parts?.push(chunk);
      yield chunk;
    }
  }

  summary() {
    const kept = this.parts && concat(this.parts);
    return { bytes: this.bytes, sha256: this.hash.digest("hex"), survey: this.surveyor.end(), kept };
  }
}

/** R2 must know a length: what fits one part is put at once, more goes up in parts. Gives how many bytes it was. */
async function putStream(bucket: R2Bucket, key: string, source: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let upload: R2MultipartUpload | null = null;
  const done: R2UploadedPart[] = [];
  try {
    for await (const chunk of source) {
      held.push(chunk);
      bytes += chunk.byteLength;
      heldBytes += chunk.byteLength;
      if (heldBytes <= PART_BYTES) continue;
      const all = concat(held);
      upload ??= await bucket.createMultipartUpload(key);
      done.push(await upload.uploadPart(done.length + 1, all.slice(0, PART_BYTES)));
      held = [all.slice(PART_BYTES)];
      heldBytes -= PART_BYTES;
    }
    if (!upload) {
      await bucket.put(key, concat(held));
      return bytes;
    }
    done.push(await upload.uploadPart(done.length + 1, concat(held)));
    await upload.complete(done);
    return bytes;
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}
