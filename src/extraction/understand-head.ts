import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { isGzip } from "../platform/gzip";
import { BODY_LIMITS } from "../platform/http/body";
import { nextTurn } from "../platform/next-turn";
import { mayAsk } from "./advice/advise";
import type { TablePlan, TextFormatId } from "./contract";
import { binaryFormat } from "./detect/binary";
import { detectFormat } from "./detect/format";
import { checkText, encodingOf } from "./detect/text";
import { isTextFormat, TEXT_FORMATS } from "./formats";
import type { RowReader, SourceTable } from "./formats/source-table";
import { isUnbroken } from "./formats/text/markup";
import type { JobRequest } from "./intake";
import type { JobKeeper, UnderstoodHead } from "./job-state";
import { understandReadKnown } from "./known";
import { EXTRACTION_LIMITS } from "./limits";
import { NovelLines } from "./novel-lines";
import { type IsSettled, type Reading, tellingRows } from "./telling-rows";
import type { UnderstandHints, Understanding } from "./understand";
import { isTar, isZip, nameInside } from "./unpack";
import { headOf, headText, inflated, surveyed, type TextPiece, textOf, type Upload } from "./upload";

export const hintsOf = (request: JobRequest): UnderstandHints => ({
  filename: request.filename ?? undefined,
  contentType: request.contentType ?? undefined,
  description: request.description ?? undefined,
  plan: request.plan ?? undefined,
  receivedAt: request.receivedAt,
  llm: request.llm,
  unhurried: request.unhurried,
  waitMs: request.waitMs,
});

/** A text of one table that can be read piece by piece. */
export interface StreamedText {
  /** What the text is in. */
  upload: Upload;
  filename: string | undefined;
  format: TextFormatId;
  encoding: string;
  /** The head of the text, in whole lines. */
  head: string;
  /** The share of the upload that the head is. */
  share: number;
}

/** Lines that a head has at least, or else a longer one is taken: a line may be as long as a head. */
const HEAD_LINES = 3;

/**
 * How an upload can be read piece by piece, or null where it must be read as a whole, or is short. Throws
 * `payload_too_large` where it is too large for that and has no lines.
 */
export async function streamedText(upload: Upload, request: JobRequest): Promise<StreamedText | null> {
  const asked = [request.plan, ...(request.replays?.under ?? []).map(({ plan }) => plan)];
  if (asked.some((plan) => plan && plan.tables.length > 1)) return null;
  const { headChars, recordChars } = EXTRACTION_LIMITS;
  const { bytes, isAll } = await headOf(upload, headChars * 2);
  const packed = isGzip(bytes);
  if (isAll && !packed) return null;
  const inner = packed ? inflated(upload) : upload;
  const filename = packed ? nameInside(bytes, request.filename ?? "data") : (request.filename ?? undefined);
  let innerBytes = inner.bytes;
  for (const chars of [headChars, recordChars * 2]) {
    const head = await headOf(inner, chars * 2);
    if (head.isAll) {
      innerBytes = head.bytes.byteLength;
      break;
    }
    if (isPacked(head.bytes) || binaryFormat(head.bytes)) return null;
    const text = await textIn(head.bytes, inner, request, filename, chars);
    // Markup has its own breaks.
    if (!text || text.head.split("\n", HEAD_LINES + 1).length > HEAD_LINES || isUnbroken(text.head))
      return text;
  }
  if (innerBytes > BODY_LIMITS.treeBytes) throw tooLongToBegin();
  return null;
}

const tooLongToBegin = () =>
  fail(
    "payload_too_large",
    `Data of over ${BODY_LIMITS.treeBytes / 1e6} MB are read line by line, and the first ${HEAD_LINES} lines of these have over ${EXTRACTION_LIMITS.recordChars * 2} characters.`,
    { extra: { limit_bytes: BODY_LIMITS.treeBytes } },
  );

const isPacked = (bytes: Uint8Array): boolean => isGzip(bytes) || isZip(bytes) || isTar(bytes);

async function textIn(
  head: Uint8Array,
  inner: Upload,
  request: JobRequest,
  filename: string | undefined,
  chars: number,
): Promise<StreamedText | null> {
  // Whether it is UTF-8 shows at its end; what it is, in its head.
  const text = headText(head, encodingOf(head, inner.survey?.isUtf8 ?? true), chars);
  checkText(text);
  const format = request.plan?.tables[0]?.format ?? detectFormat(text, { ...hintsOf(request), filename });
  if (!isTextFormat(format) || !TEXT_FORMATS[format].open) return null;
  const upload = await surveyed(inner);
  const encoding = encodingOf(head, upload.survey.isUtf8);
  const bytesPerChar = encoding.startsWith("utf-16") ? 2 : 1;
  const share = Math.min(1, (text.length * bytesPerChar) / upload.bytes);
  return { upload, filename, format, encoding, head: headText(head, encoding, chars), share };
}

/**
 * Whether the bytes of a text are UTF-8, all of them. A byte order mark says so of bytes that are not, and UTF-16 of letters
 * is UTF-8 with many a NUL.
 */
export const isUtf8 = ({ encoding, upload }: Pick<StreamedText, "encoding" | "upload">): boolean =>
  encoding.startsWith("utf-8") && upload.survey?.isUtf8 === true;

/** The rows of a text's table, as its plan says. */
export function openRows(
  { format, head }: Pick<StreamedText, "format" | "head">,
  plan: TablePlan,
): RowReader {
  const { open } = TEXT_FORMATS[format];
  if (!open) throw new TypeError(`${format} is not read piece by piece`);
  return open(plan, head);
}

/**
 * Understands a text by its head; what that leaves open (day or month first, how many values a category has) is asked
 * of all of it. Throws what {@link understandReadKnown} throws.
 */
export async function understandHead(
  ctx: TenantContext,
  text: StreamedText,
  request: JobRequest,
  alive?: JobKeeper["alive"],
): Promise<UnderstoodHead> {
  const { upload, filename, format, encoding, head, share } = text;
  const hints = { ...hintsOf(request), filename };
  await nextTurn();
  const [read] = TEXT_FORMATS[format].read(head, hints.plan?.tables);
  // A model is not asked for the records of a text of this size.
  const { freeText: _, ...found } = read!;
  // What is to be said of its lines is said of all of them in the end.
  const table: SourceTable = { ...found, notes: [], rowCount: Math.round(found.rowCount / share) };
  const understand = async (sample: SourceTable, llm = hints.llm) => {
    const read = { tables: [{ format, encoding, table: sample }], notes: [] };
    return withoutRows(await understandReadKnown(ctx, read, { ...hints, llm }, alive));
  };
  const first = await understand(table, "never");
  if (hints.plan) return first;
  const grows = TEXT_FORMATS[format].grows === true;
  const telling = await tellingRows(table, first, { share, grows }, (isSettled) =>
    isSettled && format === "ndjson" && isUtf8(text)
      ? novelRows(upload, isSettled)
      : allRows(openRows({ format, head }, first.table.plan), textOf(upload, encoding)),
  );
  // A model is asked what then is still open, once.
  if (!telling && !mayAsk(ctx, first.table, hints)) return first;
  return understand(telling ?? table);
}

function allRows(reader: RowReader, texts: AsyncIterable<TextPiece>): Reading {
  async function* rows() {
    for await (const { text } of texts) yield reader.push(text);
    yield reader.end();
  }
  return { rows: rows(), columns: () => reader.columns };
}

function novelRows(upload: Upload, isSettled: IsSettled): Reading {
  const lines = new NovelLines(isSettled);
  async function* rows() {
    for await (const bytes of upload.open()) yield lines.push(bytes);
    yield lines.end();
  }
  return { rows: rows(), columns: () => lines.columns };
}

/** A plan of another file, or a person's, has the dialect of this one where it says none. */
function withoutRows({ tables, ...rest }: Understanding): UnderstoodHead {
  const { table, plan, ...about } = tables[0]!;
  const { name, columns, headerless, dialect } = table;
  const whole = dialect ? { ...plan, dialect } : plan;
  return { ...rest, table: { ...about, plan: whole, name, columns, headerless } };
}
