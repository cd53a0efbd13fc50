import { expect, it } from "vitest";
import { applyPatch } from "../../src/extraction/advice/apply-patch";
import { profileTable } from "../../src/extraction/advice/profile";
import { readTables } from "../../src/extraction/read";
import { draftTables } from "../../src/extraction/understand";

/** Rows with two dates, of which one lacks the second; a column of numbers among which words stand. */
const ROWS = Array.from({ length: 30 }, (_, i) => {
  const day = String((i % 9) + 1).padStart(2, "0");
  const paid = i === 7 ? "" : `${day}/05/2025`;
  return `${day}/03/2025,${paid},${10 + i * 1.5},${i % 5 < 2 ? "see note" : 20 + i}`;
});

it("reads no fewer rows with a model's help, however many cells it reads more", async () => {
  const read = await readTables({ body: `booked,paid,price,level\n${ROWS.join("\n")}\n` });
  const [made] = draftTables(read, {});
  // As if code were unsure of what the patch wants otherwise.
  const draft = { ...made!, doubts: { time: true, columns: ["level"] } };
  const profiled = profileTable(draft, {});
  const ignored = { columns: [{ id: "c4", role: "ignored" as const, unit: "" }], derived: [] };
  const other = { ...ignored, time_columns: ["c2"], time_order: "keep" as const };
  expect(applyPatch(draft, other, profiled)).toEqual({ understood: draft.understood, verdict: "rejected" });
  const same = { ...ignored, time_columns: [], time_order: "keep" as const };
  expect(applyPatch(draft, same, profiled).verdict).toBe("changed");
});
