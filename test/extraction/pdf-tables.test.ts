import { describe, expect, it } from "vitest";
import { readPdf } from "../../src/extraction/formats/pdf";
import { type ColumnSpec, makePdf, setRows } from "../support/pdf";

const rowsOf = (table: { rows: Iterable<{ cells: unknown[] }> }) => [...table.rows].map(({ cells }) => cells);

const COLUMNS: ColumnSpec[] = [
  { x: 60 },
  { x: 260, align: "right" },
  { x: 340, align: "right" },
  { x: 420, align: "right" },
];

describe("tables of a page", () => {
  it("are read from places alone, with the caption as the name", async () => {
    const rows = [
      ["Region", "Births", "Deaths", "Balance"],
      ["Northern coast", "1,204", "998", "206"],
      ["Lake district", "310", "402", "-92"],
      ["Upper valley", "87", "91", "-4"],
    ];
    const title = { x: 60, y: 80, text: "Table 3: Births and deaths by region" };
    const [table] = await readPdf(makePdf([{ texts: [title, ...setRows(rows, COLUMNS, 110)] }]));
    expect(table!.columns).toEqual(rows[0]);
    expect(rowsOf(table!)).toEqual(rows.slice(1));
    expect(table!.name).toBe("Table 3: Births and deaths by region");
    expect(table!.place).toEqual({ pages: [1], table: 1, header_rows: 1 });
  });
});
