import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "./cells";
import { readCharts } from "./charts";
import { WORKBOOK_LIMITS } from "./limits";
import type { OfficePackage } from "./package";
import type { DateSystem } from "./serial";
import { SharedStringsReader } from "./shared-strings";
import type { Sheet, Workbook } from "./sheet";
import { StylesReader } from "./styles";
import { WorksheetReader } from "./worksheet";
import { attribute } from "./xml";

interface NamedSheet {
  name: string;
  relation: string;
  hidden: boolean;
}

/** Reads an XLSX or XLSM package (ECMA-376, transitional and strict) sheet by sheet, none of them ever whole as XML. */
export async function readSpreadsheetMl(source: OfficePackage): Promise<Workbook> {
  const main = await source.mainPart("xl/workbook.xml");
  if (main === null) throw fail("unrecognised_format", "The Office file holds no workbook.");
  const { named, system } = await readMain(source, main);
  const relations = await source.relations(main);
  const part = (kind: string) => relations.find((one) => one.kind === kind)?.target;
  const held = new Held();
  const texts = new Texts(held);
  const styles = new StylesReader();
  await source.scan(part("styles") ?? "xl/styles.xml", styles, WORKBOOK_LIMITS.smallPartBytes);
  await source.scan(part("sharedStrings") ?? "xl/sharedStrings.xml", new SharedStringsReader(texts));
  const sheets: Sheet[] = [];
  for (const [i, { name, relation, hidden }] of named.entries()) {
    const target = relations.find(({ id }) => id === relation);
    // Sheets that are one chart, or a dialog of old, hold no cells.
    if (target && target.kind !== "worksheet") continue;
    const cells = new SheetCells(texts, held, system);
    const reader = new WorksheetReader(cells, texts, styles.formats);
    if (!(await source.scan(target?.target ?? `xl/worksheets/sheet${i + 1}.xml`, reader))) continue;
    cells.finish();
    const { merges, formulas, unsaved } = reader;
    sheets.push({ name, hidden, cells, merges, formulas, unsaved });
  }
  return { sheets, charts: await readCharts(source) };
}

async function readMain(
  source: OfficePackage,
  part: string,
): Promise<{ named: NamedSheet[]; system: DateSystem }> {
  const named: NamedSheet[] = [];
  let system: DateSystem = 1900;
  const open = (name: string, attributes: string) => {
    if (name === "sheet") {
      if (named.length >= WORKBOOK_LIMITS.sheets)
        throw fail("payload_too_large", `The workbook has more than ${WORKBOOK_LIMITS.sheets} sheets.`);
      named.push({
        name: attribute(attributes, "name") ?? `Sheet${named.length + 1}`,
        relation: attribute(attributes, "id") ?? "",
        hidden: (attribute(attributes, "state") ?? "visible") !== "visible",
      });
    } else if (name === "workbookPr") {
      const value = attribute(attributes, "date1904");
      if (value === "1" || value === "true") system = 1904;
    }
  };
  await source.scan(part, { open, close: () => {} }, WORKBOOK_LIMITS.smallPartBytes);
  return { named, system };
}
