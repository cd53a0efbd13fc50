import { fail } from "../../../core/errors";
import type { TablePlace } from "../../contract";
import { distinctNames, nothingSkipped, type SourceTable } from "../source-table";
import { readText } from "../text";
import { partPairNames, splitPairs } from "./composite";
import { type ReadDocument, readDocument } from "./document";
import type { PageLayer } from "./geometry";
import { type JoinedTable, joinPages } from "./join";
import { linesText } from "./plain";
import { tablesOf } from "./tables";
import { withTurnedNames } from "./turned";

/** Where a table stands in its document. */
export interface PdfPlace {
  pages: number[];
  /** 1-based, on its first page. */
  table: number;
  header_rows: number;
}

/** Lines of a document have been cut where the page ends; a text file has its own. */
const UNTABLED = 0.8;

export type PdfTable = SourceTable & { place: PdfPlace };

/**
 * The tables of a PDF are rebuilt from the places of its words, bottom up: words to lines, lines to regions of rows with
 * numbers, gutters that the rows share to columns, names above them to a header, and what holds no data is dropped. Rules
 * are evidence where they exist, never needed; where they draw every cell, the cells are taken as drawn. The way of Hassan and Baumgartner, "Table recognition and understanding
 * from PDF files" (2007), Nurminen's stream mode (2013) and Shigarov et al., "TabbyPDF" (2018); judged by the adjacency
 * relations of the ICDAR 2013 table competition (Göbel, Hassan, Oro, Orsi).
 *
 * The tables of a PDF whose content is data, the one with most numbers first. `asked` names tables by page and number;
 * only those are given then. A document without tables is read as the text that it is. Throws `unrecognised_format` for a
 * scan and a locked document, `malformed_data` for a damaged one, `payload_too_large`.
 */
export async function readPdf(
  bytes: Uint8Array,
  asked?: readonly { place?: TablePlace | undefined }[],
): Promise<SourceTable[]> {
  const document = await readDocument(bytes);
  requireText(document.layers, document.pages);
  const found = byPage(document.layers).flatMap(withTurnedNames).map(tablesOf);
  const joined = joinPages(found);
  const seen = found.reduce((sum, { numericLines }) => sum + numericLines, 0);
  const made = joined.reduce((sum, { lines }) => sum + lines, 0);
  if (joined.length === 0) return asText(document);
  const share = seen === 0 ? 1 : Math.min(1, made / seen);
  const notes: string[] = [];
  if (seen > 0)
    notes.push(`${Math.min(made, seen)} of the ${seen} lines with numbers beside other text are in tables.`);
  if (document.damaged.length > 0)
    notes.push(`Page(s) ${document.damaged.join(", ")} are damaged and were left out.`);
  notes.push(...textlessNote(document));
  const tables = joined.map((table) => sourceTable(table, share, notes));
  tables.sort((a, b) => b.weight - a.weight);
  const kept = tables.map(({ table }) => table).filter((table) => isAsked(table.place, asked));
  return kept.length > 0 ? kept : tables.map(({ table }) => table);
}

function byPage(layers: readonly PageLayer[]): PageLayer[][] {
  const pages = new Map<number, PageLayer[]>();
  for (const layer of layers) pages.set(layer.page, [...(pages.get(layer.page) ?? []), layer]);
  return [...pages.values()];
}

/** Prose is no table: its lines are read as those of a text file, and it is said so. */
function asText(document: ReadDocument): SourceTable[] {
  const text = document.layers.map(linesText).join("\n");
  const untabled = "No table of numbers was found in the PDF: it is read as lines of text.";
  const notes = [untabled, ...textlessNote(document)];
  return readText(text).map((table) => ({
    ...table,
    certainty: table.certainty * UNTABLED,
    notes: [...notes, ...table.notes],
  }));
}

function requireText(layers: readonly PageLayer[], pages: number): void {
  if (layers.some(({ words }) => words.length > 0)) return;
  throw fail(
    "unrecognised_format",
    `The PDF is a scan: it has no text, only pictures or drawings on ${pages} page(s).`,
  );
}

/** Pages that are named at most. */
const NAMED_PAGES = 20;

/** Scanned pages among others are said to be unread. */
function textlessNote({ pages, layers, damaged }: ReadDocument): string[] {
  const read = new Set([...damaged, ...layers.flatMap(({ page, words }) => (words.length > 0 ? page : []))]);
  const textless = Array.from({ length: pages }, (_, i) => i + 1).filter((page) => !read.has(page));
  if (textless.length === 0) return [];
  const named = textless.slice(0, NAMED_PAGES).join(", ");
  const more = textless.length > NAMED_PAGES ? " and more" : "";
  return [`Page(s) ${named}${more} have no text: pictures and drawings are not read.`];
}

function isAsked(place: PdfPlace, asked?: readonly { place?: TablePlace | undefined }[]): boolean {
  const places = (asked ?? []).flatMap((plan) => (plan.place?.pages ? [plan.place] : []));
  if (places.length === 0) return true;
  return places.some(
    ({ pages, table }) => pages![0] === place.pages[0] && (table ?? place.table) === place.table,
  );
}

function sourceTable(
  {
    name,
    names,
    units,
    body,
    pages,
    table,
    headerLines,
    notes,
    numbering,
    repeatedHeaders,
    numbers,
    ruled,
  }: JoinedTable,
  share: number,
  remarks: readonly string[],
): { table: PdfTable; weight: number } {
  const sections = body.some(({ section }) => section !== null);
  const split = splitPairs({ names: partPairNames(names), units, rows: body.map(({ cells }) => cells) });
  const columns = distinctNames([...(sections ? ["section"] : []), ...split.names]);
  const skipped = {
    ...nothingSkipped(),
    footnotes: notes,
    repeated_headers: repeatedHeaders,
    preamble: numbering,
  };
  const rows = split.rows.map((cells, i) => ({
    row: i + 1,
    cells: sections ? [body[i]!.section, ...cells] : [...cells],
  }));
  const own = [...remarks];
  if (sections) own.push("Headings between the rows are given in the column section.");
  const headerless = names.every((text) => text === "");
  const regular = ruled ? 1 : Math.min(1, numbers / Math.max(1, body.length));
  return {
    table: {
      name,
      columns,
      units: [...(sections ? [null] : []), ...split.units],
      rows,
      rowCount: rows.length,
      bad: [],
      skipped,
      notes: own,
      certainty: Math.max(0.3, (headerless ? 0.7 : 0.9) * (0.6 + 0.4 * share) * (0.8 + 0.2 * regular)),
      headerless,
      place: { pages, table, header_rows: headerLines },
    },
    weight: numbers,
  };
}
