import { describe, expect, it } from "vitest";
import { newAccounting } from "../../src/extraction/apply";
import { cascade } from "../../src/extraction/cascade";
import type { TablePlan } from "../../src/extraction/contract";
import { openTextByHead, readText } from "../../src/extraction/formats/text";
import type { UnderstoodHead } from "../../src/extraction/job-state";
import { type KeptPlan, shapeOf, shapePlanOf } from "../../src/extraction/shape";
import { tellingRows } from "../../src/extraction/telling-rows";
import { understandTables } from "../../src/extraction/understand";
import { play } from "./support";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A line of syslog for every so many hours between two times. */
function linesOf(from: string, to: string, hours: number): string[] {
  const lines: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += hours * 3_600_000) {
    const time = new Date(at);
    const day = `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)}`;
    lines.push(`${day} ${time.toISOString().slice(11, 19)} gate app[7]: request ${lines.length} was served`);
  }
  return lines;
}

const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const RECEIVED = { receivedAt: Date.parse("2026-02-05T00:00:00Z") };
const understood = (text: string, hints = {}, kept: ReadonlyMap<string, KeptPlan> = new Map()) => {
  const [table] = readText(text);
  const read = { tables: [{ format: "text" as const, encoding: "utf-8", table: table! }], notes: [] };
  return understandTables(read, { ...RECEIVED, ...hints }, kept).tables[0]!;
};
const yearIn = ({ timestamp }: TablePlan) => timestamp?.yearless?.year;

describe("the year of a text that is read by its head", () => {
  it("follows from the last of its days, not from those of the head", async () => {
    const lines = linesOf("2025-02-01T00:00:00Z", "2026-01-20T00:00:00Z", 5);
    const head = textOf(lines.slice(0, 12));
    const [table] = readText(head);
    const first = understood(head);
    expect(yearIn(first.plan)).toBe(2026);
    const share = 12 / lines.length;
    const telling = await tellingRows(
      table!,
      { table: first } as unknown as UnderstoodHead,
      { share, grows: false },
      () => {
        const reader = openTextByHead(first.plan, head);
        const rows = (async function* () {
          yield reader.push(textOf(lines));
        })();
        return { rows, columns: () => reader.columns };
      },
    );
    expect([...telling!.rows].length).toBeGreaterThan(300);
    const read = {
      tables: [{ format: "text" as const, encoding: "utf-8", table: telling! }],
      notes: [],
    };
    expect(yearIn(understandTables(read, RECEIVED).tables[0]!.plan)).toBe(2025);
  });
});

describe("rows under several plans", () => {
  it("turn their year with the rows that an older plan has read", () => {
    const text = textOf(linesOf("2025-12-30T00:00:00Z", "2026-01-03T00:00:00Z", 6));
    const { plan, table } = understood(text);
    // The older plan has read all of December: only these rows tell that January is of the next year.
    const december = textOf(linesOf("2025-12-30T00:00:00Z", "2026-01-01T00:00:00Z", 6));
    const older = { ...table, rows: [...table.rows].slice(0, readText(december)[0]!.rowCount) };
    const accounting = newAccounting();
    const again = { rows: 0 };
    const last = { plan, table, keepTimeless: false };
    const points = [...cascade([{ ...last, table: older }], last, accounting, again)];
    const alone = play(text, RECEIVED).points.map(({ timestamp }) => timestamp);
    const found = new Map(points.map((one) => [one.row, "point" in one ? one.point.timestamp : null]));
    expect([...found].sort((a, b) => a[0] - b[0]).map(([, time]) => time)).toEqual(alone);
    expect(again.rows + accounting.processed).toBe(alone.length);
  });
});

describe("a plan that is kept for its shape", () => {
  const text = textOf(linesOf("2025-10-01T00:00:00Z", "2025-10-03T00:00:00Z", 6));

  it("has no year: the next log is of another", () => {
    const { plan, table } = understood(text);
    const kept: KeptPlan = {
      shapeId: shapeOf("text", table)!,
      version: 3,
      plan: shapePlanOf({ ...plan, timestamp: { ...plan.timestamp!, zone: "+01:00" } }),
      origin: "person",
      confidence: 0.99,
      jobId: "job_1",
      createdAt: 0,
    };
    expect(kept.plan.timestamp).not.toHaveProperty("yearless");
    const next = textOf(linesOf("2023-10-01T00:00:00Z", "2023-10-03T00:00:00Z", 6));
    const recalled = understood(next, { filename: "gate-2023-10.log" }, new Map([[kept.shapeId, kept]]));
    expect(recalled.keptVersion).toBe(3);
    expect(recalled.plan.timestamp).toMatchObject({ zone: "+01:00", yearless: { year: 2023 } });
    expect(recalled.ambiguities).toEqual([]);
    const unnamed = understood(next, {}, new Map([[kept.shapeId, kept]]));
    expect(yearIn(unnamed.plan)).toBe(2025);
    expect(unnamed.ambiguities).toHaveLength(1);
  });

  it("is taken from a person without a year too", () => {
    const { plan } = understood(text);
    const { yearless: _, ...timestamp } = plan.timestamp!;
    const again = understood(text, { plan: { version: 1, tables: [{ ...plan, timestamp }] } });
    expect(yearIn(again.plan)).toBe(2025);
    expect(again.ambiguities).toHaveLength(1);
  });
});
