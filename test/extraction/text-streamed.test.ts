import { describe, expect, it } from "vitest";
import { type ReadRow, sorted } from "../../src/extraction/formats/source-table";
import { decideText, openText, readText } from "../../src/extraction/formats/text";

const log = Array.from({ length: 300 }, (_, i) =>
  [
    `2024-05-01 10:00:${String(i % 60).padStart(2, "0")},123 INFO [main] a.b.C: part ${i} of ${["x", "y"][i % 2]} took ${i} ms`,
    ...(i % 7 === 0 ? ["\tat a.b.C(D.java:1)"] : []),
  ].join("\n"),
).join("\n");

const TEXTS: [string, string][] = [
  ["a log", log],
  ["readings", "2024-05-01: Temp 20.5°C, Humidity 65%\n2024-05-02: Temp 21°C, Humidity 60%\n"],
  ["a drawn table", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"],
  ["blocks", "Day: 1\nTemp: 20\n\nDay: 2\nTemp: 21\n\nDay: 3\nTemp: 22\n"],
  ["elements", '<all>\n<r day="1">\n<temp>20</temp></r>\n<r day="2"><temp>21</temp>\n</r>\n</all>\n'],
  ["points", "a,b=c d=1,e=2i 1709676847\na,b=c d=2,e=3i 1709676848\n"],
  ["printed columns", "load 0.1\n\n  PID USER  RES COMMAND\n    7 ann  1204 db -x 1\n   12 bob    99 web\n"],
  [
    "a level on the line below",
    "Mar 05, 2024 10:14:07 PM a.B c\nINFO: up\nMar 05, 2024 10:14:08 PM a.B c\nWARN: low\n",
  ],
  ["paragraphs", "One line\nand another.\n\nA second paragraph\nof two lines.\n\nThird.\n"],
  ["a line that is too long", `${log}\n${"y".repeat(50_000)}\n${log}`],
];

/** Reads a text in pieces of a size, under the layout as it comes out of JSON. */
function inPieces(text: string, size: number) {
  const reader = openText(JSON.parse(JSON.stringify(decideText(text))));
  const read: ReadRow[] = [];
  for (let at = 0; at < text.length; at += size) read.push(...reader.push(text.slice(at, at + size)));
  read.push(...reader.end());
  return { read, ...sorted(read), columns: reader.columns, skipped: reader.skipped, notes: reader.notes };
}

describe("text in pieces", () => {
  it.each(TEXTS)("is read as in one piece: %s", (_, text) => {
    const [whole] = readText(text);
    for (const size of [1, 17, 4_096]) {
      const { rows, bad, columns, skipped, notes } = inPieces(text, size);
      expect({ rows, bad, columns, skipped, notes }).toEqual({
        rows: whole!.rows,
        bad: whole!.bad,
        columns: whole!.columns,
        skipped: whole!.skipped,
        notes: whole!.notes,
      });
    }
  });

  it.each(TEXTS)("gives rows and bad rows in the order of the source: %s", (_, text) => {
    const rows = inPieces(text, 1_000).read.map(({ row }) => row);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  it("has columns that later lines do not change", () => {
    const reader = openText(decideText(log)!);
    const before = [...reader.columns];
    reader.push("2024-05-01 10:01:00,123 INFO [main] a.b.C: unheard=12 ms of anything\n");
    const [row] = reader.end() as { row: number; cells: unknown[] }[];
    expect(reader.columns).toEqual(before);
    expect(row!.cells).toContain("unheard=12 ms of anything");
  });
});
