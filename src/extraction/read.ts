import { utf8 } from "../core/bytes";
import { AppError, fail } from "../core/errors";
import { type FormatId, MOST_TABLES, type TablePlan } from "./contract";
import { binaryFormat } from "./detect/binary";
import { detectFormat } from "./detect/format";
import { decodeText } from "./detect/text";
import { BINARY_FORMATS, isTextFormat, TEXT_FORMATS } from "./formats";
import type { SourceTable } from "./formats/source-table";
import { pathLabels } from "./path-labels";
import { isArchive, unpack } from "./unpack";

/** One body as it came: a file, a text, a file of an archive. */
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

export interface ReadTables {
  tables: ReadTable[];
  /** What was left out and why, as sentences. */
  notes: string[];
}

/**
 * All tables of a source, whatever its format, as `asked` describes them where a plan is given. Throws
 * `unrecognised_format`, `malformed_data`, `no_valid_rows` or `payload_too_large`.
 */
export async function readTables(source: Source, asked?: readonly TablePlan[]): Promise<ReadTables> {
  const { body } = source;
  const found =
    typeof body !== "string" && isArchive(body)
      ? await readArchive(body, source, asked)
      : { tables: await readFile(source, asked), notes: [] };
  if (found.tables.length > MOST_TABLES)
    throw fail(
      "payload_too_large",
      `The data have ${found.tables.length} tables; at most ${MOST_TABLES} are taken at once.`,
    );
  return found;
}

/** Files of an archive are sources of their own; one that cannot be read does not cost the others theirs. */
async function readArchive(
  body: Uint8Array,
  { filename }: Source,
  asked?: readonly TablePlan[],
): Promise<ReadTables> {
  const { files, notes } = unpack(body, filename ?? "data");
  const tables: ReadTable[] = [];
  const labels = pathLabels(files.map(({ name }) => name));
  let failure: AppError | null = null;
  for (const { name, bytes } of files) {
    const own = asked?.filter(({ place }) => place?.file === undefined || place.file === name);
    if (own?.length === 0) continue;
    try {
      const read = await readFile({ body: bytes, filename: name }, own);
      tables.push(
        ...(files.length === 1 ? read : read.map((one) => within(name, labels.get(name)!, one, read.length))),
      );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failure ??= error;
      notes.push(`"${name}" was left out: ${error.failure.detail}`);
    }
  }
  if (tables.length === 0)
    throw failure ?? fail("no_valid_rows", "The archive has none of the plan's files.");
  return { tables, notes };
}

/** A table says which file of an archive it is from. */
function within(file: string, label: string, { table, ...read }: ReadTable, siblings: number): ReadTable {
  const name = siblings === 1 ? label : `${label} ${table.name}`;
  return { ...read, table: { ...table, name, place: { ...table.place, file } } };
}

async function readFile(source: Source, asked?: readonly TablePlan[]): Promise<ReadTable[]> {
  const { body } = source;
  const bytes = typeof body !== "string" ? body : isMarkup(body) ? utf8(body) : null;
  const format = bytes === null ? null : binaryFormat(bytes);
  if (bytes === null || format === null) return readText(source, asked);
  const tables = await BINARY_FORMATS[format](bytes, asked);
  return tables.map((table) => ({ format, encoding: null, table }));
}

/** Pages and workbooks in XML may come as text as well as bytes. */
const isMarkup = (text: string): boolean => /^\s{0,500}</.test(text);

/** The tables of text. */
export function readText({ body, filename, contentType }: Source, asked?: readonly TablePlan[]): ReadTable[] {
  const { text, encoding } = decodeText(body);
  const format = asked?.[0]?.format ?? detectFormat(text, { filename, contentType });
  if (!isTextFormat(format))
    throw fail("unrecognised_format", `The plan is of ${format} data, and these are text.`);
  // One line of names between delimiters is the header of a table that lost its rows, not a text to keep.
  if (isHeaderAlone(text)) throw fail("no_valid_rows", "There is a header and no row.");
  return TEXT_FORMATS[format].read(text, asked).map((table) => ({ format, encoding, table }));
}

function isHeaderAlone(text: string): boolean {
  const line = text.trim();
  return (
    line.length <= 2_000 &&
    /^[\p{L}_][\p{L}\p{N}_.%°()-]*(?:[,;\t|] ?[\p{L}_][\p{L}\p{N}_.%°()-]*)+$/u.test(line)
  );
}
