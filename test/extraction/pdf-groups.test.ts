import { describe, expect, it } from "vitest";
import { readPdf } from "../../src/extraction/formats/pdf";
import { type ColumnSpec, makePdf, type PdfText, setRows } from "../support/pdf";

const rowsOf = (table: { rows: Iterable<{ cells: unknown[] }> } | undefined) =>
  [...(table?.rows ?? [])].map(({ cells }) => cells);

const COLUMNS: ColumnSpec[] = [
  { x: 40 },
  ...[200, 270, 340, 410].map((x) => ({ x, align: "right" as const })),
];
const NAMES = ["District", "Offices", "Members", "Guests", "All"];

/** A page of groups of rows: the names at the top, then each group under its heading, with space between them. */
function grouped(groups: readonly (readonly [string, ...string[][]])[]): PdfText[] {
  const texts = setRows([NAMES], COLUMNS, 80);
  let y = 110;
  for (const [heading, ...rows] of groups) {
    texts.push({ x: 38, y, text: heading });
    texts.push(...setRows(rows, COLUMNS, y + 14));
    y += 14 * (rows.length + 1) + 16;
  }
  return texts;
}

const FIRST = [
  "Northern district",
  ["Alder", "4", "120", "31", "151"],
  ["Birch", "2", "80", "12", "92"],
] as const;
const SECOND = [
  "Southern district with hills",
  ["Cedar", "1", "44", "9", "53"],
  ["Elm", "3", "61", "20", "81"],
] as const;
const THIRD = [
  "Western district",
  ["Fir", "5", "150", "40", "190"],
  ["Hazel", "2", "70", "10", "80"],
] as const;

type Group = readonly [string, ...string[][]];
const under = ([heading, ...rows]: Group) => rows.map((cells) => [heading, ...cells]);
const groups = [FIRST, SECOND, THIRD] as unknown as readonly [Group, Group, Group];

describe("groups of rows that stand apart", () => {
  it("are one table under the names at the top of the page, over pages too", async () => {
    const tables = await readPdf(
      makePdf([{ texts: grouped(groups.slice(0, 2)) }, { texts: grouped(groups.slice(2)) }]),
    );
    expect(tables).toHaveLength(1);
    expect(tables[0]!.columns).toEqual(["section", ...NAMES]);
    expect(rowsOf(tables[0])).toEqual(groups.flatMap(under));
  });

  it("are two tables where the second has other columns", async () => {
    const other: ColumnSpec[] = [{ x: 40 }, { x: 300, align: "right" }, { x: 500, align: "right" }];
    const rows = [
      ["Item", "Price", "Stock"],
      ["Paper", "1.20", "400"],
      ["Ink", "9.90", "12"],
    ];
    const tables = await readPdf(
      makePdf([{ texts: [...grouped([groups[0]]), ...setRows(rows, other, 190)] }]),
    );
    expect(tables.map(({ columns }) => columns)).toContainEqual(rows[0]);
    expect(tables).toHaveLength(2);
  });

  it("keep the label that stands in the first row of each, whatever number is beside it", async () => {
    const columns: ColumnSpec[] = [
      { x: 40 },
      { x: 150, align: "right" },
      { x: 180 },
      { x: 320, align: "right" },
    ];
    const quarters = ["Spring", "Summer", "Autumn"];
    const rows = ["Alder", "Birch", "Cedar"].flatMap((place, p) =>
      quarters.map((quarter, q) => [
        q === 0 ? place : "",
        String(12 + p),
        quarter,
        String(100 * p + 7 * q + 3),
      ]),
    );
    const [table] = await readPdf(
      makePdf([{ texts: setRows([["Place", "Rooms", "Season", "Nights"], ...rows], columns, 100) }]),
    );
    expect(table!.columns).toEqual(["Place", "Rooms", "Season", "Nights"]);
    expect(rowsOf(table).map(([place]) => place)).toEqual(
      rows.map((_, i) => ["Alder", "Birch", "Cedar"][Math.floor(i / 3)]),
    );
  });

  it("stand under a title in the middle of the page, which names no column", async () => {
    const lines: PdfText[] = [
      "Report on the members of all districts",
      "Made by the office of the association",
    ].map((text, i) => ({ x: 297, y: 50 + 11 * i, text, size: 9, align: "center" }));
    const rows = [FIRST, SECOND].flatMap(([, ...cells]) => cells as unknown as string[][]);
    const wide = COLUMNS.map((column, c) => ({ ...column, x: column.x + 35 * c }));
    const [table] = await readPdf(makePdf([{ texts: [...lines, ...setRows([NAMES, ...rows], wide, 80)] }]));
    expect(table!.columns).toEqual(NAMES);
    expect(table!.name).toContain("Report on the members");
  });

  it("keep a heading over the names out of the name of their labels", async () => {
    const rows = [FIRST, SECOND].flatMap(([, ...cells]) => cells as unknown as string[][]);
    const texts = [{ x: 40, y: 62, text: "Active" }, ...setRows([NAMES, ...rows], COLUMNS, 80)];
    const [table] = await readPdf(makePdf([{ texts }]));
    expect(table!.columns).toEqual(NAMES);
  });

  it("take a heading that ends in a number and reaches into the columns for a heading", async () => {
    const columns: ColumnSpec[] = [
      { x: 160, align: "right" },
      { x: 200, align: "right" },
      { x: 280, align: "right" },
    ];
    const texts = setRows([["", "Power", "Weight"]], columns, 80);
    const rows = [
      ["Alder 710", "93", "2.3"],
      ["Birch", "110", "2.6"],
      ["Cedar wagon 4", "115", "2.8"],
    ];
    texts.push(
      { x: 60, y: 94, text: "Number of engine cylinders = 4" },
      ...setRows(rows.slice(0, 1), columns, 108),
    );
    texts.push(
      { x: 60, y: 122, text: "Number of engine cylinders = 6" },
      ...setRows(rows.slice(1), columns, 136),
    );
    const [table] = await readPdf(makePdf([{ texts }]));
    expect(table!.columns).toEqual(["section", "label", "Power", "Weight"]);
    expect(rowsOf(table)).toEqual(
      rows.map((cells, i) => [`Number of engine cylinders = ${i === 0 ? 4 : 6}`, ...cells]),
    );
  });
});
