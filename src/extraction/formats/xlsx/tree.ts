import { read, type WorkBook, type WorkSheet } from "xlsx";
import { AppError, fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { builtInFormat, KIND, type NumberFormat, readFormat } from "./number-format";
import type { DateSystem } from "./serial";
import type { Sheet, Workbook } from "./sheet";
import { InflatedBytes, inflateEntry, readDirectory } from "./zip";

/** Reads XLSB and OpenDocument by SheetJS, which builds all cells as objects: hence the smaller sizes. */
export function readTree(bytes: Uint8Array): Workbook {
  checkTreeSize(bytes);
  const book = parse(bytes);
  const system: DateSystem = book.Workbook?.WBProps?.date1904 ? 1904 : 1900;
  const held = new Held();
  const texts = new Texts(held);
  const formats = new Map<string, NumberFormat>();
  const sheets = book.SheetNames.flatMap((name, i): Sheet[] => {
    const source = Object.hasOwn(book.Sheets, name) ? book.Sheets[name]! : undefined;
    if (!source || (source["!type"] as string | undefined) === "chart") return [];
    const cells = new SheetCells(texts, held, system);
    const formulas = fill(cells, texts, source, formats);
    cells.finish();
    const hidden = (book.Workbook?.Sheets?.[i]?.Hidden ?? 0) !== 0;
    const merges = (source["!merges"] ?? [])
      .slice(0, WORKBOOK_LIMITS.merges)
      .map(({ s, e }) => ({ top: s.r, left: s.c, bottom: e.r, right: e.c }));
    return [{ name, hidden, cells, merges, formulas }];
  });
  return { sheets, charts: [] };
}

function checkTreeSize(bytes: Uint8Array): void {
  const inflated = new InflatedBytes(WORKBOOK_LIMITS.treeInflatedBytes);
  // Passing by is enough: what is too large is refused on the way.
  for (const entry of readDirectory(bytes)) for (const _ of inflateEntry(bytes, entry, inflated));
}

function parse(bytes: Uint8Array): WorkBook {
  try {
    return read(bytes, {
      type: "array",
      dense: true,
      cellFormula: true,
      cellHTML: false,
      cellText: false,
      cellNF: true,
      cellDates: false,
      bookVBA: false,
      sheetStubs: false,
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message : "";
    if (/password|encrypt/i.test(message))
      throw fail(
        "unrecognised_format",
        "The workbook is encrypted. Save it without a password and send it again.",
      );
    throw fail(
      "malformed_data",
      "The workbook cannot be read: it is damaged or of a kind that is not known.",
    );
  }
}

function fill(
  cells: SheetCells,
  texts: Texts,
  source: WorkSheet,
  formats: Map<string, NumberFormat>,
): number {
  const formatOf = (code: string | number | undefined): NumberFormat => {
    const key = String(code ?? "");
    let format = formats.get(key);
    if (!format) {
      format = typeof code === "number" ? builtInFormat(code) : readFormat(key);
      formats.set(key, format);
    }
    return format;
  };
  let formulas = 0;
  (source["!data"] ?? []).forEach((row, rowNumber) => {
    row?.forEach((cell, column) => {
      if (!cell) return;
      if (cell.f !== undefined) formulas++;
      switch (cell.t) {
        case "s":
          if (typeof cell.v === "string" && cell.v.trim() !== "")
            cells.add(rowNumber, column, KIND.text, texts.share(cell.v));
          return;
        case "b":
          cells.add(rowNumber, column, KIND.boolean, cell.v ? 1 : 0);
          return;
        case "e":
          cells.add(rowNumber, column, KIND.error, 0);
          return;
        case "n": {
          const { kind, fraction } = formatOf(cell.z);
          if (typeof cell.v === "number" && Number.isFinite(cell.v))
            cells.add(rowNumber, column, kind, cell.v, fraction);
          return;
        }
      }
    });
  });
  return formulas;
}
