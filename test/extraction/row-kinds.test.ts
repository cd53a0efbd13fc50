import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/extraction/formats/csv";
import {
  filledCount,
  filledWidth,
  isFootnote,
  isHeaderAgain,
  isNamedTotal,
  isRule,
} from "../../src/extraction/formats/row-kinds";
import { nothingSkipped } from "../../src/extraction/formats/source-table";
import { siftRows } from "../../src/extraction/formats/table-rows";

describe("what a row is by its cells", () => {
  it("is the same of texts and of cells that a sheet types", () => {
    expect(filledCount(["a", " ", null, 0, false])).toBe(3);
    expect(filledWidth([null, 0, "", null])).toBe(2);
    expect(filledWidth(["", " "])).toBe(0);
    expect(isHeaderAgain([" 2020 ", "v"], ["2020", "v"])).toBe(true);
    expect(isHeaderAgain([2020, "v"], ["2020", "v"])).toBe(true);
    expect(isHeaderAgain(["v"], ["v", ""])).toBe(false);
  });

  it.each<[(string | number | null)[], boolean]>([
    [["---", "----"], true],
    [[null, "+---+---+", ""], true],
    [["==="], true],
    [["--", "-5"], false],
    [["-", "-", "-"], true],
    [["--", ""], false],
    [[-5, "---"], false],
    [["x---"], false],
    [["-".repeat(20_000)], false],
  ])("is a rule of dashes: %j is one: %s", (cells, is) => {
    expect(isRule(cells)).toBe(is);
  });

  it.each<[(string | number | null)[], boolean]>([
    [["Total", 60], true],
    [["", "Grand total: all", "60"], true],
    [["Subtotals", 3], true],
    [["Итого", 3], true],
    [["totality", 3], false],
    [["North", "Total"], false],
    [[null, null], false],
    [[`Total ${"of all ".repeat(9)}`, 3], false],
  ])("is named as a sum: %j is so: %s", (cells, is) => {
    expect(isNamedTotal(cells)).toBe(is);
  });

  it("is a footnote where it is one text and no reading", () => {
    expect(isFootnote(["Source: our books", "", null])).toBe(true);
    expect(isFootnote(["2021-01-01", ""])).toBe(false);
    expect(isFootnote([5, null])).toBe(false);
    expect(isFootnote(["a", "b"])).toBe(false);
  });
});

describe("rows of text and rows of a sheet", () => {
  const HEADER = ["region", "date", "amount"];
  const day = (n: number) => ["North", `2021-01-${String(n).padStart(2, "0")}`, String(n)];
  const ODD = [
    ["---", "---", "---"],
    HEADER,
    ["", "", ""],
    ["Total", "", "9"],
    ["Source: our books", "", ""],
    ["2021-02-01", "", ""],
    ["South", "", "5"],
  ];

  it("are parted alike, whatever stands between and below them", () => {
    let seed = 11;
    const below = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    for (let table = 0; table < 400; table++) {
      const rows = Array.from({ length: 6 + below(12) }, (_, i) => day(i + 1));
      for (let odd = below(7); odd > 0; odd--) {
        const at = below(2) ? rows.length : below(rows.length + 1);
        rows.splice(at, 0, ODD[below(ODD.length)]!);
      }
      const dialect = {
        delimiter: ",",
        quote: '"',
        preamble_lines: 0,
        has_header: true,
        units_row: false,
        columns: 3,
      };
      const text = [HEADER, ...rows].map((cells) => cells.join(",")).join("\n");
      const [ofText] = readCsv(text, [{ dialect } as never]);
      // Blank lines of text are no records; of a sheet they are rows.
      const filled = rows.filter((cells) => filledWidth(cells) > 0);
      const skipped = nothingSkipped();
      const { kept } = siftRows({ length: filled.length, cells: (i) => filled[i]! }, 3, HEADER, skipped);
      expect({ ...ofText!.skipped, blank: 0 }, text).toEqual(skipped);
      expect(
        [...ofText!.rows].map(({ cells }) => cells),
        text,
      ).toEqual(kept.map((i) => filled[i]));
    }
  });
});
