import { WORKBOOK_LIMITS } from "./limits";
import type { OfficePackage } from "./package";
import { readArea } from "./reference";
import type { Chart, DrawnRange } from "./sheet";
import type { XmlHandler } from "./xml";

const CHART_PART = /^xl\/charts\/chart(?:ex)?\d*\.xml$/;

/** The charts of a workbook: which cells each draws, and its title. */
export async function readCharts(source: OfficePackage): Promise<Chart[]> {
  const parts = source.names().filter((name) => CHART_PART.test(name));
  const charts: Chart[] = [];
  for (const part of parts.slice(0, WORKBOOK_LIMITS.charts)) {
    const reader = new ChartReader();
    await source.scan(part, reader, WORKBOOK_LIMITS.smallPartBytes);
    charts.push({ title: reader.title.trim().slice(0, 200), ranges: reader.ranges });
  }
  return charts;
}

/** What is drawn stands as a formula in categories and values (ECMA-376 part 1, 21.2); series' names are no data. */
const DRAWN = new Set(["cat", "val", "xVal", "yVal", "bubbleSize"]);
/** Titles of axes have the same form as that of the chart. */
const AXES = new Set(["valAx", "catAx", "dateAx", "serAx"]);

class ChartReader implements XmlHandler {
  title = "";
  readonly ranges: DrawnRange[] = [];
  #drawn = 0;
  #axis = 0;
  #inTitle = 0;
  #gathering: "" | "f" | "t" = "";
  #formula = "";

  open(name: string): void {
    if (DRAWN.has(name)) this.#drawn++;
    else if (AXES.has(name)) this.#axis++;
    else if (name === "title") this.#inTitle++;
    else if (name === "f" && this.#drawn > 0) {
      this.#gathering = "f";
      this.#formula = "";
    } else if (name === "t" && this.#inTitle > 0 && this.#axis === 0) this.#gathering = "t";
  }

  text(text: string): void {
    if (this.#gathering === "f") this.#formula += text;
    else if (this.#gathering === "t") this.title += text;
  }

  close(name: string): void {
    if (DRAWN.has(name)) this.#drawn--;
    else if (AXES.has(name)) this.#axis--;
    else if (name === "title") this.#inTitle--;
    else if (name === this.#gathering) {
      if (name === "f") this.ranges.push(...drawnRanges(this.#formula));
      this.#gathering = "";
    }
  }
}

/** `'My sheet'!$B$2:$B$9`, or several of them in parentheses. References to other workbooks are left out. */
function drawnRanges(formula: string): DrawnRange[] {
  const found: DrawnRange[] = [];
  const pieces = formula.slice(0, 4_000).matchAll(/(?:'((?:[^']|'')+)'|([^\s!'(),]+))!([$A-Z\d:]+)/g);
  for (const [, quoted, bare, place] of pieces) {
    const sheet = quoted?.replaceAll("''", "'") ?? bare!;
    const area = sheet.includes("[") ? null : readArea(place!);
    if (area) found.push({ sheet, area });
  }
  return found;
}
