import { describe, expect, it } from "vitest";
import { readPdf } from "../../src/extraction/formats/pdf";
import type { Rule, Word } from "../../src/extraction/formats/pdf/geometry";
import { joinRules } from "../../src/extraction/formats/pdf/rules";
import { tablesOf } from "../../src/extraction/formats/pdf/tables";
import { makePdf, type PdfBox, type PdfPageSpec, type PdfText, setRows } from "../support/pdf";
import { seededRandom } from "../support/series";

const rowsOf = (table: { rows: Iterable<{ cells: unknown[] }> } | undefined) =>
  [...(table?.rows ?? [])].map(({ cells }) => cells);

/** Columns begin at these places; rows are as high as their longest cell. */
const EDGES = [60, 160, 260, 360, 460];
const LINE = 12;

interface Drawn {
  /** Lines of a cell are parted by line breaks; null: the cell to the left reaches over this column. */
  rows: readonly (readonly (string | null)[])[];
  y?: number;
  /** Space between the boxes of cells. */
  apart?: number;
}

function draw({ rows, y = 100, apart = 0 }: Drawn): { texts: PdfText[]; boxes: PdfBox[]; bottom: number } {
  const texts: PdfText[] = [];
  const boxes: PdfBox[] = [];
  let top = y;
  for (const cells of rows) {
    const height = Math.max(...cells.map((cell) => (cell ?? "").split("\n").length)) * LINE + 6;
    cells.forEach((cell, c) => {
      if (cell === null) return;
      let end = c + 1;
      while (cells[end] === null) end++;
      const x = EDGES[c]!;
      boxes.push({ x, y: top, width: EDGES[end]! - x - apart, height: height - apart });
      cell.split("\n").forEach((text, i) => {
        if (text !== "") texts.push({ x: x + 4, y: top + 12 + i * LINE, text, size: 9 });
      });
    });
    top += height;
  }
  return { texts, boxes, bottom: top };
}

const page = (drawn: Drawn, more: readonly PdfText[] = []): PdfPageSpec => {
  const { texts, boxes } = draw(drawn);
  return { texts: [...texts, ...more], boxes };
};

const HEAD = ["Station", "Rain", "Wind"];

describe("tables whose cells are drawn", () => {
  it("keep rows that have a label and nothing else", async () => {
    const rows = [
      HEAD,
      ["Alder", "", ""],
      ["Birch", "12.5", ""],
      ["Cedar", "", ""],
      ["Elm", "", "4"],
      ["Fir", "", ""],
    ];
    const [table] = await readPdf(makePdf([page({ rows })]));
    expect(table!.columns).toEqual(HEAD);
    expect(rowsOf(table)).toEqual(rows.slice(1).map((cells) => cells.map((cell) => cell || null)));
  });

  it("keep the lines of a cell together, whatever stands beside them", async () => {
    const rows = [
      ["Station", "Remarks", "Days\nof rain"],
      ["Upper\nAlder", "closed from May\nto June, and again\nin 12 weeks of autumn", "31"],
      ["Lower\nBirch", "moved", "102"],
    ];
    const [table] = await readPdf(makePdf([page({ rows })]));
    expect(table!.columns).toEqual(["Station", "Remarks", "Days of rain"]);
    expect(rowsOf(table)).toEqual([
      ["Upper Alder", "closed from May to June, and again in 12 weeks of autumn", "31"],
      ["Lower Birch", "moved", "102"],
    ]);
  });

  it("have names over several columns, sections over all of them, and a title in a row of its own", async () => {
    const rows = [
      ["Rain and wind by station", null, null, null],
      ["Station", "2020", null, "2021"],
      ["", "Rain", "Wind", "Rain"],
      ["North", null, null, null],
      ["Alder", "12", "3", "14"],
      ["Birch", "15", "4", "11"],
      ["South", null, null, null],
      ["Cedar", "9", "2", "10"],
    ];
    const [table] = await readPdf(makePdf([page({ rows })]));
    expect(table!.name).toBe("Rain and wind by station");
    expect(table!.columns).toEqual(["section", "Station", "2020 / Rain", "2020 / Wind", "2021 Rain"]);
    expect(rowsOf(table)).toEqual([
      ["North", "Alder", "12", "3", "14"],
      ["North", "Birch", "15", "4", "11"],
      ["South", "Cedar", "9", "2", "10"],
    ]);
  });

  it.each([
    ["heads those below it where the table begins so", 0, 2],
    ["is a record where it stands among others", 1, 2],
  ])("a label alone %s", async (_, first, second) => {
    const rows = [
      ["Alder", "12", "3"],
      ["Birch", "15", "4"],
      ["Cedar", "9", "2"],
    ];
    const labels = rows.flatMap((cells, i) =>
      i === first || i === second ? [[`Label ${i}`, "", ""], cells] : [cells],
    );
    const [table] = await readPdf(makePdf([page({ rows: [HEAD, ...labels] })]));
    expect(table!.columns[0]).toBe(first === 0 ? "section" : "Station");
    expect(rowsOf(table)).toHaveLength(first === 0 ? 3 : 5);
  });

  it("need no numbers, and go on over pages without their names", async () => {
    const names = ["Code", "Meaning", "Kept by"];
    const first = [names, ["A", "an airport", "the state"], ["B", "a bridge", "the county"]];
    const second = [
      ["C", "a canal", "the state"],
      ["D", "a dam", "nobody"],
    ];
    const tables = await readPdf(makePdf([page({ rows: first }), page({ rows: second, y: 40 })]));
    expect(tables).toHaveLength(1);
    expect(tables[0]!.columns).toEqual(names);
    expect(rowsOf(tables[0])).toEqual([...first.slice(1), ...second]);
  });

  it("are seen where every cell has a box of its own with space around it", async () => {
    const rows = [HEAD, ["Alder", "12.5", "3"], ["Birch", "", "4"]];
    const [table] = await readPdf(makePdf([page({ rows, apart: 3 })]));
    expect(table!.columns).toEqual(HEAD);
    expect(rowsOf(table)).toEqual([
      ["Alder", "12.5", "3"],
      ["Birch", null, "4"],
    ]);
  });

  it("take a line over labels without names for the title", async () => {
    const rows = [
      ["Inhabitants", "1,204,500"],
      ["Area (km²)", "8,345"],
      ["Density", "144.3"],
    ];
    const [table] = await readPdf(makePdf([page({ rows }, [{ x: 62, y: 90, text: "Key figures" }])]));
    expect(table!.name).toBe("Key figures");
    expect(rowsOf(table)).toEqual(rows);
  });

  it("leave the rest of the page to itself", async () => {
    const below = ["Year Coal Gas", "2019 12.1 20.3", "2020 11.0 22.8", "2021 10.4 25.0"].flatMap((line, r) =>
      line.split(" ").map((text, c) => ({ x: 60 + 120 * c, y: 400 + 14 * r, text })),
    );
    const rows = [HEAD, ["Alder", "12.5", "3"], ["Birch", "11.1", "4"]];
    const tables = await readPdf(makePdf([page({ rows }, below)]));
    expect(tables.map(({ columns }) => columns)).toEqual([["Year", "Coal", "Gas"], HEAD]);
  });

  it("are read by the places of words where rules frame the columns alone", async () => {
    const labels = ["Alder", "Birch", "Cedar", "Elm"];
    const rows = [HEAD, [labels.join("\n"), "12.5\n11.1\n9.8\n7.0", "3\n4\n5\n6"]];
    const [table] = await readPdf(makePdf([page({ rows })]));
    expect(table!.columns).toEqual(HEAD);
    expect(rowsOf(table).map(([label]) => label)).toEqual(labels);
  });

  it("are read by the places of words where rules part only groups of columns", async () => {
    const boxes = [0, 1, 2, 3].flatMap((r) => [
      { x: 50, y: 90 + 18 * r, width: 100, height: 18 },
      { x: 150, y: 90 + 18 * r, width: 260, height: 18 },
    ]);
    const rows = [
      ["Region", "Births", "Deaths", "Balance"],
      ["North", "1 204", "998", "206"],
      ["Lakes", "310", "402", "-92"],
      ["Coast", "87", "91", "-4"],
    ];
    const columns = [{ x: 60 }, ...[220, 300, 380].map((x) => ({ x, align: "right" as const }))];
    const [table] = await readPdf(makePdf([{ texts: setRows(rows, columns, 103, 18), boxes }]));
    expect(table!.columns).toEqual(rows[0]);
    expect(rowsOf(table)).toEqual(rows.slice(1));
  });

  it("need no numbers there either, if all columns have as many lines", async () => {
    const columns = [
      ["Alder", "Birch", "Cedar"],
      ["School", "Church", "Shop"],
      ["closed", "open", "open"],
    ];
    const rows = [["Place", "Kind", "State"], columns.map((lines) => lines.join("\n"))];
    const [table] = await readPdf(makePdf([page({ rows })]));
    expect(table!.columns).toEqual(rows[0]);
    expect(rowsOf(table)).toEqual([0, 1, 2].map((i) => columns.map((lines) => lines[i])));
  });

  it("are no tables where a box holds a text or a form", async () => {
    const boxed = [
      [
        "Please note",
        "This office will be closed for the whole of next week, as it was last year, and all letters wait",
      ],
    ];
    const form = [
      ["Name:", "A. Person"],
      ["Born:", "in spring"],
      ["Lives in:", "Alderton"],
    ];
    for (const rows of [boxed, form]) {
      const [table] = await readPdf(makePdf([page({ rows })]));
      expect(table!.columns[0]).toBe("text");
    }
  });

  it("are no tables where bars stand in the grid of a chart", async () => {
    const grid = [0, 1, 2, 3, 4].map((i) => ({ x: 100, y: 100 + 40 * i, width: 320, height: 40 }));
    const bars = [60, 90, 130, 170].map((height, i) => ({
      x: 120 + 80 * i,
      y: 300 - height,
      width: 30,
      height,
    }));
    const texts = [
      ...["2000", "1500", "1000", "500", "0"].map((text, i) => ({ x: 70, y: 140 + 40 * i, text, size: 8 })),
      ...["North", "South", "East", "West"].map((text, i) => ({ x: 124 + 80 * i, y: 290, text, size: 8 })),
      ...["1960s", "1970s", "1980s", "1990s"].map((text, i) => ({
        x: 122 + 80 * i,
        y: 232 - 38 * i,
        text,
        size: 8,
      })),
      { x: 180, y: 115, text: "Students", size: 8 },
      { x: 180, y: 125, text: "Incidents", size: 8 },
    ];
    const [table] = await readPdf(makePdf([{ texts, boxes: [...grid, ...bars] }]));
    expect(table!.columns[0]).toBe("text");
  });

  it("are not looked for among more rules than tables have", async () => {
    const lines = Array.from({ length: 6_000 }, (_, i) => [
      { x0: 20, y0: 20 + i / 8, x1: 500, y1: 20 + i / 8 },
      { x0: 20 + i / 13, y0: 20, x1: 20 + i / 13, y1: 800 },
    ]).flat();
    const texts = ["Year Coal", "2019 12.1", "2020 11.0", "2021 10.4"].flatMap((line, r) =>
      line.split(" ").map((text, c) => ({ x: 60 + 120 * c, y: 400 + 14 * r, text })),
    );
    const [table] = await readPdf(makePdf([{ texts, lines }]));
    expect(rowsOf(table)).toHaveLength(3);
  });

  it("give rows as wide as their names, whichever rules and words there are", () => {
    const random = seededRandom(7);
    const next = (below: number) => Math.floor(random() * below);
    const texts = [
      "12",
      "3.5",
      "Alder",
      "n.a.",
      "(4)",
      "2019",
      "of",
      "Total",
      "1,204",
      "–",
      "Region:",
      "[1]",
    ];
    let ruled = 0;
    for (let round = 0; round < 400; round++) {
      const [columns, rows] = [2 + next(5), 2 + next(8)];
      const drawn = { horizontal: [] as Rule[], vertical: [] as Rule[] };
      for (let row = 0; row <= rows; row++) {
        for (let column = 0; column <= columns; column++) {
          const [x, y] = [40 + 60 * column, 50 + 15 * row];
          if (column < columns && next(40) > 0) drawn.horizontal.push({ x0: x, x1: x + 60, y0: y, y1: y });
          if (row < rows && next(40) > 0) drawn.vertical.push({ x0: x, x1: x, y0: y, y1: y + 15 });
        }
      }
      const words: Word[] = Array.from({ length: next(60) }, () => {
        const [text, x0] = [texts[next(texts.length)]!, 42 + 60 * next(6) + next(3)];
        return { text, x0, x1: x0 + 4 * text.length, y: 61 + 15 * next(10), size: 8, font: "" };
      });
      const rules = {
        horizontal: joinRules(drawn.horizontal, "x"),
        vertical: joinRules(drawn.vertical, "y"),
      };
      for (const table of tablesOf({ page: 1, width: 595, height: 842, turns: 0, words, rules }).tables) {
        if (table.ruled) ruled++;
        for (const { cells } of table.body) expect(cells).toHaveLength(table.header.names.length);
      }
    }
    expect(ruled).toBeGreaterThan(40);
  });
});
