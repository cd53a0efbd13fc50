import { createHash, type Hash } from "node:crypto";
import { concat } from "../core/bytes";
import { fail } from "../core/errors";
import { type TextSurvey, TextSurveyor } from "../core/text-survey";
import type { TenantContext } from "./context";
import { tenantObject } from "./objects";
import { type DataKey, opened, sealed, unwrapKey } from "./seal";
import { piecesOf } from "./web-stream";

/** R2 takes parts of one size, 5 MiB at least. Two of a sealed upload are held while it arrives. */
const PART_BYTES = 5 * 1_048_576;
/** Most uploads are much smaller than a part. */
const FIRST_BYTES = 65_536;

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
  const storedBytes = await putAll(ctx.env.UPLOADS, key, sealed(plain.of(source), dataKey, ctx.random));
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
  yield* opened(piecesOf(stored.body, { reused: true }), (version) => keyOf(ctx, version));
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
async function putAll(bucket: R2Bucket, key: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  const parts = new Parts(bucket, key);
  try {
    for await (const chunk of source) await parts.add(chunk);
    return await parts.end();
  } catch (error) {
    await parts.abort();
    throw error;
  }
}

/** A multipart upload; while one part is on its way the next is filled. */
class Parts {
  private upload: R2MultipartUpload | null = null;
  private readonly done: R2UploadedPart[] = [];
  private underway: Promise<void> | null = null;
  private filling = new Uint8Array(FIRST_BYTES);
  private spare = new Uint8Array(0);
  private filled = 0;
  private bytes = 0;

  constructor(
    private readonly bucket: R2Bucket,
    private readonly key: string,
  ) {}

  async add(chunk: Uint8Array): Promise<void> {
    this.bytes += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      if (this.filled === PART_BYTES) await this.send();
      const part = chunk.subarray(at, at + PART_BYTES - this.filled);
      this.reserve(this.filled + part.length);
      this.filling.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
    }
  }

  async end(): Promise<number> {
    if (!this.upload) await this.bucket.put(this.key, this.filling.subarray(0, this.filled));
    else {
      await this.send();
      await this.underway;
      await this.upload.complete(this.done);
    }
    return this.bytes;
  }

  async abort(): Promise<void> {
    await this.underway?.catch(() => {});
    await this.upload?.abort();
  }

  private async send(): Promise<void> {
    await this.underway;
    this.upload ??= await this.bucket.createMultipartUpload(this.key);
    const part = this.filling.subarray(0, this.filled);
    const number = this.done.length + 1;
    this.underway = this.upload.uploadPart(number, part).then((done) => {
      this.done.push(done);
    });
    // Who waits for the part meets its failure.
    this.underway.catch(() => {});
    // The bytes of a part that is on its way must stay as they are.
    [this.filling, this.spare] = [this.spare, this.filling];
    this.filled = 0;
  }

  private reserve(bytes: number): void {
    if (this.filling.length >= bytes) return;
    const grown = new Uint8Array(Math.min(PART_BYTES, Math.max(bytes, 2 * this.filling.length)));
    grown.set(this.filling.subarray(0, this.filled));
    this.filling = grown;
  }
}
