import { z } from "zod";
import { utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import { canonicalJson } from "../core/json";
import { type StoredBlob, storeSealed, uploadKey } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import {
  BODY_LIMITS,
  decodeUtf8,
  isJsonType,
  mediaType,
  parseBody,
  readBytes,
  readStream,
} from "../platform/http/body";
import { validate } from "../platform/http/validate";
import { fingerprintOf } from "../platform/idempotency";
import { parseMultipart } from "../platform/multipart";
import { FETCH_LIMITS } from "../platform/safe-fetch";
import { piecesOf } from "../platform/web-stream";
import { streamIdSchema } from "../streams/contract";
import { type ExtractionPlan, givenPlanSchema, llmAskSchema } from "./contract";
import { sniff } from "./sniff";

/** A body up to this is understood in its own request. */
export const INLINE_BYTES = 2_000_000;

/** A form has its fields and boundaries beside its file. */
const FORM_BYTES = BODY_LIMITS.streamedBytes + 1_000_000;

const shared = {
  description: z.string().max(10_000).optional(),
  stream_id: streamIdSchema.optional(),
  desired_format: z.enum(["time_series", "records"]).default("time_series"),
  llm: llmAskSchema.optional(),
};

/** The fields of a form beside its file. A browser sends an empty text where nothing was entered. */
const formSchema = z.strictObject({
  ...shared,
  plan: z.string().optional(),
  raw_text: z.string().optional(),
  url: z.string().optional(),
});

export const processSchema = z.strictObject({
  ...shared,
  raw_text: z.string().min(1).optional(),
  url: z.string().max(FETCH_LIMITS.urlChars).optional(),
  data: z.unknown().optional(),
  plan: givenPlanSchema.optional(),
});
export type ProcessBody = z.infer<typeof processSchema>;
/** What the platform's own callers may ask beside it. */
export type Given = ProcessBody & Pick<JobRequest, "analyse">;

/** What is asked of data, wherever they come from. */
export interface Asked {
  description: string | null;
  desiredFormat: "time_series" | "records";
  plan: ProcessBody["plan"] | null;
  /** Absent: a model is asked where code is unsure. */
  llm?: ProcessBody["llm"];
  /** Data that are understood well enough are analysed too: those of a webhook, which nobody waits for. */
  analyse?: true;
  /** Milliseconds since the epoch; absent in requests of before it was noted. A replay has that of its upload. */
  receivedAt?: number;
}

/** A job's request until what its URL leads to is stored. */
export interface UrlRequest extends Asked {
  url: string;
  /** Null: named after what comes. */
  streamId: string | null;
}

/** A job's own request: what doing it again from nothing needs. */
export interface JobRequest extends Asked {
  blobKey: string;
  bytes: number;
  sha256: string;
  /** Absent in requests of before it was looked at. */
  survey?: StoredBlob["survey"];
  filename: string | null;
  contentType: string | null;
  streamId: string;
  /** Set where nobody waits for the answer. */
  unhurried?: boolean;
  /** Milliseconds that somebody waits, where it is done within its request. */
  waitMs?: number;
  /** A replay: the job that the upload came with, and the plans under which its rows were stored, the oldest first. */
  replays?: { jobId: string; under: EarlierPlan[] };
}

/** Whether a job has still to fetch its data. */
export const isUnfetched = (request: JobRequest | UrlRequest): request is UrlRequest => "url" in request;

export interface EarlierPlan {
  plan: ExtractionPlan;
  desiredFormat: JobRequest["desiredFormat"];
}

/** Data that are stored, and what is to be done with them. */
export interface Intake {
  request: JobRequest;
  /** Bytes of the sealed upload. */
  storedBytes: number;
  kept: StoredBlob["kept"];
}

/** A body that was read. What came with it is stored; what a URL leads to is not yet there. */
export interface Taken {
  /** Equal for equal bodies, whatever the order of a form's fields and its boundary. */
  fingerprint: string;
  given: Intake | UrlRequest;
}

/** Takes the body in: the data sealed in R2 under the job's id, the rest as the job's request. */
export async function takeIn(ctx: TenantContext, raw: Request, jobId: string): Promise<Taken> {
  const contentType = raw.headers.get("content-type");
  const store = storeFor(ctx, jobId);
  if (mediaType(contentType) === "multipart/form-data") {
    try {
      return await takeForm(raw, contentType!, store);
    } catch (error) {
      // The file may have been stored before what is wrong was met.
      await ctx.env.UPLOADS.delete(uploadKey(ctx.principal.tenantId, jobId));
      throw error;
    }
  }
  if (!isJsonType(contentType)) {
    throw fail(
      "unsupported_media_type",
      "The body must be multipart/form-data with a file, or JSON with raw_text, url or data.",
    );
  }
  const body = parseBody(processSchema, decodeUtf8(await readBytes(raw, BODY_LIMITS.treeBytes)));
  return takeGiven(body, store);
}

type Store = (source: AsyncIterable<Uint8Array>) => Promise<StoredBlob>;

/** Seals data into R2 under the id of a job, or of a try of it, as much as may be of their kind. */
export function storeFor(ctx: TenantContext, id: string): Store {
  const key = uploadKey(ctx.principal.tenantId, id);
  return async (source) => {
    const { limit, all } = await sniff(source);
    return storeSealed(ctx, key, all, { ...limit, keptBytes: INLINE_BYTES });
  };
}

async function takeForm(raw: Request, contentType: string, store: Store): Promise<Taken> {
  const form = await parseMultipart(contentType, piecesOf(readStream(raw, FORM_BYTES)), async (part) => ({
    blob: await store(part.bytes),
    filename: part.filename || null,
    contentType: part.contentType,
  }));
  const filled = Object.fromEntries(Object.entries(form.fields).filter(([, value]) => value !== ""));
  const { plan, raw_text, url, ...fields } = validate(formSchema, filled, "");
  const body: ProcessBody = {
    ...fields,
    ...(plan === undefined ? {} : { plan: parseBody(givenPlanSchema, plan) }),
  };
  if (form.file) {
    if (raw_text !== undefined || url !== undefined) throw oneOf();
    return takenBlob(body, form.file.blob, form.file);
  }
  const given = {
    ...body,
    ...(raw_text === undefined ? {} : { raw_text }),
    ...(url === undefined ? {} : { url }),
  };
  return takeGiven(given, store);
}

/** Data that stand in the body itself, or that it names. */
export async function takeGiven(body: Given, store: Store): Promise<Taken> {
  const { raw_text, url, data } = body;
  if ([raw_text, url, data].filter((one) => one !== undefined).length !== 1) throw oneOf();
  if (url !== undefined) return takenUrl(body, url);
  const bytes = utf8(raw_text ?? JSON.stringify(data));
  const contentType = raw_text === undefined ? "application/json" : null;
  return takenBlob(body, await store(once(bytes)), { filename: null, contentType });
}

/** What is known of data beside their bytes. */
interface Described {
  filename: string | null;
  contentType: string | null;
}

async function takenBlob(body: Given, blob: StoredBlob, described: Described): Promise<Taken> {
  const fingerprint = await fingerprintFor(body, { filename: described.filename, sha256: blob.sha256 });
  return { fingerprint, given: intakeOf(askedOf(body), body.stream_id ?? null, blob, described) };
}

/** What makes one request with a URL and the next the same is the URL: what it leads to may have changed. */
async function takenUrl(body: Given, url: string): Promise<Taken> {
  const given = { ...askedOf(body), url, streamId: body.stream_id ?? null };
  return { fingerprint: await fingerprintFor(body, { url }), given };
}

const fingerprintFor = (body: Given, source: Record<string, string | null>): Promise<string> =>
  fingerprintOf(canonicalJson({ ...askedOf(body), ...source, stream: body.stream_id ?? null }));

const askedOf = (body: Given): Asked => ({
  description: body.description ?? null,
  desiredFormat: body.desired_format,
  plan: body.plan ?? null,
  ...(body.analyse ? { analyse: body.analyse } : {}),
  ...(body.llm ? { llm: body.llm } : {}),
});

/** Data that are stored, as a job is asked to load them. */
export function intakeOf(
  asked: Asked,
  named: string | null,
  blob: StoredBlob,
  { filename, contentType }: Described,
): Intake {
  const streamId = named ?? streamIdFrom(filename) ?? `stream_${crypto.randomUUID().slice(0, 8)}`;
  const request = {
    ...asked,
    filename,
    contentType,
    streamId,
    blobKey: blob.key,
    bytes: blob.bytes,
    sha256: blob.sha256,
    survey: blob.survey,
  };
  return { request, storedBytes: blob.storedBytes, kept: blob.kept };
}

const oneOf = () => fail("invalid_request", "Exactly one of file, raw_text, url and data is needed.");

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A stream's name from a file's: without folder and extension, other characters as `_`. Null where nothing is left. */
export function streamIdFrom(filename: string | null): string | null {
  const base = (filename ?? "")
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gz$/i, "")
    .replace(/\.[A-Za-z0-9]{1,8}$/, "");
  const name = base
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_.:-]+/g, "_")
    .replace(/^[^A-Za-z0-9]+|_+$/g, "")
    .slice(0, 128);
  return name === "" ? null : name;
}
