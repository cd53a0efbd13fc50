import { fail } from "../core/errors";
import { type FormatId, MOST_TABLES, type TablePlan } from "./contract";
import { detectFormat } from "./detect/format";
import { magicOf, TAKEN } from "./detect/magic";
import { decodeText } from "./detect/text";
import { FORMATS } from "./formats";
import type { SourceTable } from "./formats/source-table";

/** One body as it came: a file, a text, an entry of an archive. */
export interface Source {
  body: Uint8Array | string;
  filename?: string | undefined;
  contentType?: string | undefined;
}

/** A table as its source has it, and what it was read from. */
export interface ReadTable {
  format: FormatId;
  /** Of text; null where the format knows its own. */
  encoding: string | null;
  table: SourceTable;
}

/**
 * All tables of a source, whatever its format, as `asked` describes them where a plan is given. Throws
 * `unrecognised_format`, `malformed_data` or `payload_too_large`.
 */
export async function readTables(source: Source, asked?: readonly TablePlan[]): Promise<ReadTable[]> {
  const { body } = source;
  const magic = typeof body === "string" ? null : magicOf(body);
  const found =
    magic === null ? readText(source, asked) : await readBinary(magic as FormatId, body as Uint8Array, asked);
  if (found.length > MOST_TABLES)
    throw fail(
      "payload_too_large",
      `The data have ${found.length} tables; at most ${MOST_TABLES} are taken at once.`,
    );
  return found;
}

/** Those of text. */
export function readText({ body, filename, contentType }: Source, asked?: readonly TablePlan[]): ReadTable[] {
  const { text, encoding } = decodeText(body);
  const format = asked?.[0]?.format ?? detectFormat(text, { filename, contentType });
  const reader = FORMATS[format];
  if (reader?.takes !== "text") throw mismatch(format);
  // One line of names between delimiters is the header of a table that lost its rows, not a text to keep.
  if (isHeaderAlone(text)) throw fail("no_valid_rows", "There is a header and no row.");
  return reader.read(text, asked).map((table) => ({ format, encoding, table }));
}

async function readBinary(
  format: FormatId,
  bytes: Uint8Array,
  asked?: readonly TablePlan[],
): Promise<ReadTable[]> {
  const reader = FORMATS[format];
  if (reader?.takes !== "bytes")
    throw fail("unrecognised_format", `The data are of a kind that is not taken. ${TAKEN}`);
  return (await reader.read(bytes, asked)).map((table) => ({ format, encoding: null, table }));
}

const mismatch = (format: FormatId) =>
  fail("unrecognised_format", `The plan is of ${format} data, and these are text.`);

function isHeaderAlone(text: string): boolean {
  const line = text.trim();
  return (
    line.length <= 2_000 &&
    /^[\p{L}_][\p{L}\p{N}_.%°()-]*(?:[,;\t|] ?[\p{L}_][\p{L}\p{N}_.%°()-]*)+$/u.test(line)
  );
}
