import { WORKBOOK_LIMITS } from "./limits";
import type { OfficePackage } from "./package";
import { readArea } from "./reference";
import type { Chart, DrawnRange } from "./sheet";
import { attribute, type XmlHandler } from "./xml";

/** Every embedded object has a content of its own; those without drawn cells are formulas, texts and pictures. */
const OBJECT_PART = /^[^/]+\/content\.xml$/i;

/** The charts of an OpenDocument spreadsheet: which cells each draws, and its title (part 3, section 11). */
export async function readOpenDocumentCharts(source: OfficePackage): Promise<Chart[]> {
  const parts = source.names().filter((name) => OBJECT_PART.test(name));
  const charts: Chart[] = [];
  for (const part of parts.slice(0, WORKBOOK_LIMITS.charts)) {
    const reader = new ChartReader();
    await source.scan(part, reader, WORKBOOK_LIMITS.smallPartBytes);
    if (reader.ranges.length > 0)
      charts.push({ title: reader.title.trim().slice(0, 200), ranges: reader.ranges });
  }
  return charts;
}

/** Where an element names the cells it draws. Those that hold the names of series are no data. */
const DRAWN: ReadonlyMap<string, string> = new Map([
  ["series", "values-cell-range-address"],
  ["categories", "cell-range-address"],
  ["domain", "cell-range-address"],
]);

class ChartReader implements XmlHandler {
  title = "";
  readonly ranges: DrawnRange[] = [];
  /** Axes have titles too. */
  #axis = 0;
  #inTitle = 0;

  open(name: string, attributes: string): void {
    if (name === "axis") this.#axis++;
    else if (name === "title") this.#inTitle++;
    const address = DRAWN.get(name);
    if (address) this.ranges.push(...drawnRanges(attribute(attributes, address) ?? ""));
  }

  text(text: string): void {
    if (this.#inTitle > 0 && this.#axis === 0) this.title += text;
  }

  close(name: string): void {
    if (name === "axis") this.#axis--;
    else if (name === "title") this.#inTitle--;
  }
}

const SHEET = /\$?(?:'((?:[^']|'')*)'|([^\s.:'$]+))/;
const CELL = /\.(\$?[A-Z]+\$?\d+)/;
const RANGE = new RegExp(`${SHEET.source}${CELL.source}(?::(?:${SHEET.source})?${CELL.source})?`, "g");

/** `'My sheet'.$B$2:.$B$9`, or several of them with blanks between (part 3, 18.3.2 and 18.3.3). */
function drawnRanges(addresses: string): DrawnRange[] {
  return [...addresses.slice(0, 4_000).matchAll(RANGE)].flatMap(([, quoted, bare, from, , , to]) => {
    const area = readArea(`${from}:${to ?? from}`);
    return area ? [{ sheet: quoted?.replaceAll("''", "'") ?? bare!, area }] : [];
  });
}
