import { describe, expect, it } from "vitest";
import { readPdf } from "../../src/extraction/formats/pdf";
import { type ColumnSpec, makePdf, type PdfText, setRows } from "../support/pdf";

const rowsOf = (table: { rows: Iterable<{ cells: unknown[] }> } | undefined) =>
  [...(table?.rows ?? [])].map(({ cells }) => cells);
const read = (texts: PdfText[]) => readPdf(makePdf([{ texts }]));

const SENTENCES = [
  "It rained on most days of the week, and the river rose above its banks in the",
  "night to Friday. By Sunday 12 of the 40 roads were open again, of which some",
  "were closed a second time on Monday, when the dam upstream had to be relieved.",
];

describe("the last page of a table", () => {
  const columns: ColumnSpec[] = [{ x: 60 }, { x: 160 }, { x: 260 }];
  const days = (from: number, to: number): string[][] =>
    Array.from({ length: to - from + 1 }, (_, i) => {
      const day = from + i;
      return [`2024-05-${String(day).padStart(2, "0")}`, day % 2 ? "North" : "South", `${day}.5`];
    });
  const first = setRows([["Date", "Region", "Load"], ...days(1, 20)], columns, 80);

  it.each([1, 2])("gives its %i row(s), too few for a table, to the table before", async (left) => {
    const [table, ...others] = await readPdf(
      makePdf([{ texts: first }, { texts: setRows(days(21, 20 + left), columns, 80) }]),
    );
    expect(others).toEqual([]);
    expect(rowsOf(table)).toEqual(days(1, 20 + left));
    expect(table!.place).toEqual({ pages: [1, 2], table: 1, header_rows: 1 });
    expect(table!.notes.join()).toMatch(new RegExp(`${20 + left} of the ${20 + left} lines`));
  });

  it("takes no line that does not keep to the columns", async () => {
    const footer = [
      { x: 60, y: 80, text: "Printed" },
      { x: 200, y: 80, text: "12" },
    ];
    const [table] = await readPdf(makePdf([{ texts: first }, { texts: footer }]));
    expect(rowsOf(table)).toEqual(days(1, 20));
  });

  it("may be a picture: it is said to be unread", async () => {
    const [table] = await readPdf(makePdf([{ texts: first }, { texts: [], picture: true }]));
    expect(table!.notes.join()).toMatch(/Page\(s\) 2 have no text/);
    const [prose] = await readPdf(
      makePdf([
        { texts: [], picture: true },
        { texts: SENTENCES.map((text, i) => ({ x: 60, y: 80 + 14 * i, text })) },
      ]),
    );
    expect(prose!.notes.join()).toMatch(/Page\(s\) 1 have no text/);
  });
});

describe("what stands above the names of a table", () => {
  const columns: ColumnSpec[] = [{ x: 210 }, { x: 280 }, { x: 340 }];
  const rows = [
    ["Date", "Temp", "Load"],
    ["2024-05-01", "1.5", "10"],
    ["2024-05-02", "2.5", "20"],
    ["2024-05-03", "3.5", "30"],
  ];

  it("is no name where it is a sentence with numbers in it", async () => {
    const sentence = { x: 78, y: 96, text: "These are figures of 2024, 3 of 4 stations." };
    const [table] = await read([sentence, ...setRows(rows, columns, 112)]);
    expect(table!.columns).toEqual(rows[0]);
    expect(table!.name).toBe("These are figures of 2024, 3 of 4 stations.");
  });

  it("is no name where it is set larger than the rows", async () => {
    const [table] = await read([{ x: 285, y: 92, text: "Report", size: 18 }, ...setRows(rows, columns, 112)]);
    expect(table!.columns).toEqual(rows[0]);
    expect(table!.name).toBe("Report");
  });
});
