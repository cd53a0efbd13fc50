import type { z } from "zod";
import { concat } from "../../core/bytes";
import { fail } from "../../core/errors";
import { gunzipStream } from "../gzip";
import { streamOf } from "../web-stream";
import { validate } from "./validate";

const MB = 1_000_000;

/** Caps on a request body, on the wire and after inflating it. Beyond 100 MB it never reaches a Worker on common plans. */
export const BODY_LIMITS = {
  /** Formats that stream: CSV, NDJSON, text, line protocol. */
  streamedBytes: 95 * MB,
  /** Formats that need a whole tree: XLSX, PDF, JSON. */
  treeBytes: 20 * MB,
  /** Commands: everything that carries no data. */
  commandBytes: 1 * MB,
} as const;

const tooLarge = (maxBytes: number) =>
  fail("payload_too_large", `The body may have at most ${maxBytes} bytes (${maxBytes / MB} MB).`, {
    extra: { limit_bytes: maxBytes },
  });

/**
 * The body as a stream of at most `maxBytes`; gzip is inflated, all its members (RFC 1952, section 2.2), and counted after
 * inflating too. Reading it throws `payload_too_large`, and `malformed_data` where the gzip is damaged.
 */
export function readStream(request: Request, maxBytes: number): ReadableStream<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  const body = request.body ?? new Blob([]).stream();
  // A pipe through JavaScript costs more than the scanning. Where the length is declared the runtime itself keeps to it.
  if (encoding === "identity") return declared > 0 ? body : body.pipeThrough(capped(maxBytes));
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    throw fail(
      "unsupported_media_type",
      `Content-Encoding "${encoding.slice(0, 40)}" is not taken; gzip is.`,
    );
  }
  // Both sides are capped: a small body that inflates without end, and a large one of empty members.
  return streamOf(gunzipStream(body.pipeThrough(capped(maxBytes)), maxBytes));
}

function capped(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > maxBytes) throw tooLarge(maxBytes);
      controller.enqueue(chunk);
    },
  });
}

export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  // A pipe through JavaScript costs more than the parsing. Where the length is declared the runtime itself keeps to it.
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  const isPlain = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase() === "identity";
  if (declared <= maxBytes && isPlain) return new Uint8Array(await request.arrayBuffer());
  const parts: Uint8Array[] = [];
  for await (const part of readStream(request, maxBytes)) parts.push(part);
  return concat(parts);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw fail("malformed_data", "The body is not valid UTF-8.");
  }
}

/** JSON is read as JSON also when it comes as text/plain or untyped: browsers send a string body that way. */
export function isJsonType(contentType: string | null): boolean {
  const type = mediaType(contentType);
  return type === "" || type === "text/plain" || type === "application/json" || type.endsWith("+json");
}

export const mediaType = (contentType: string | null): string =>
  (contentType ?? "").split(";")[0]!.trim().toLowerCase();

export function parseJson(text: string): unknown {
  if (text.trim() === "") throw fail("invalid_json", "The body is empty; JSON is expected.");
  try {
    return JSON.parse(text);
  } catch {
    throw fail("invalid_json", "The body is not valid JSON.");
  }
}

export function parseBody<T>(schema: z.ZodType<T>, text: string): T {
  return validate(schema, parseJson(text), "");
}
