import { Buffer } from "node:buffer";
import busboy from "busboy";
import { AppError, fail } from "../core/errors";

export const MULTIPART_LIMITS = {
  fields: 20,
  fieldBytes: 64_000,
  fieldNameBytes: 100,
  headerPairs: 50,
} as const;

export interface FilePart {
  filename: string | undefined;
  contentType: string;
  /** Must be read to its end: the parser waits for it. */
  bytes: AsyncIterable<Uint8Array>;
}

export interface Multipart<T> {
  fields: Record<string, string>;
  /** What `onFile` made of the one file; null where there was none. */
  file: T | null;
}

/**
 * Parses multipart/form-data (RFC 7578) as a stream: the file is handed on while it arrives, fields may stand before or
 * behind it. Damaged bodies fail with `malformed_data`; a second file, a field that is too long, comes twice or has no name with
 * `invalid_request`.
 */
export async function parseMultipart<T>(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
  onFile: (part: FilePart) => Promise<T>,
): Promise<Multipart<T>> {
  const parser = open(contentType);
  const fields: Record<string, string> = Object.create(null);
  const seen: { file: Promise<T> | null; refusal: AppError | null } = { file: null, refusal: null };
  const refuse = (error: AppError) => {
    seen.refusal ??= error;
  };
  parser.on("field", (name: string | undefined, value, info) => {
    if (name === undefined) refuse(fail("invalid_request", "A part of the form has no name."));
    else if (info.valueTruncated || info.nameTruncated) refuse(tooLong(name));
    else if (name in fields) refuse(fail("invalid_request", `The field "${name}" stands twice in the form.`));
    else fields[name] = value;
  });
  parser.on("file", (_name, stream, info) => {
    if (seen.file) {
      refuse(fail("invalid_request", "The body has more than one file; one is taken a request."));
      stream.resume();
      return;
    }
    // A parser that fails destroys the stream; what reads it meets the error, so this must not be an unhandled one.
    stream.on("error", () => {});
    seen.file = onFile({ filename: info.filename, contentType: info.mimeType, bytes: stream });
    seen.file.catch((error: unknown) => {
      parser.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  parser.on("fieldsLimit", () => refuse(fail("invalid_request", "The form has too many fields.")));
  parser.on("partsLimit", () => refuse(fail("invalid_request", "The form has too many parts.")));
  await feed(parser, body);
  const file = await seen.file;
  if (seen.refusal) throw seen.refusal;
  return { fields: { ...fields }, file };
}

function open(contentType: string): busboy.Busboy {
  try {
    return busboy({
      headers: { "content-type": contentType },
      defParamCharset: "utf8",
      limits: {
        fields: MULTIPART_LIMITS.fields,
        fieldSize: MULTIPART_LIMITS.fieldBytes,
        fieldNameSize: MULTIPART_LIMITS.fieldNameBytes,
        headerPairs: MULTIPART_LIMITS.headerPairs,
        files: 2,
      },
    });
  } catch {
    throw fail("malformed_data", "The Content-Type of the form names no boundary.");
  }
}

/** Writes the body into the parser at the pace of what reads the file, until the parser has closed. */
async function feed(parser: busboy.Busboy, body: AsyncIterable<Uint8Array>): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    parser.once("close", resolve);
    parser.once("error", reject);
  });
  closed.catch(() => {});
  try {
    for await (const chunk of body) {
      if (parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) continue;
      await Promise.race([closed, new Promise((resolve) => parser.once("drain", resolve))]);
    }
    parser.end();
    await closed;
  } catch (error) {
    if (!parser.destroyed) parser.destroy(error instanceof Error ? error : new Error("the body broke off"));
    if (error instanceof AppError) throw error;
    throw fail("malformed_data", "The multipart body is damaged or cut off.");
  }
}

const tooLong = (name: string) =>
  fail(
    "invalid_request",
    `The field "${name.slice(0, 60)}" is longer than ${MULTIPART_LIMITS.fieldBytes} bytes.`,
  );
