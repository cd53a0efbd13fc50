import { describe, expect, it } from "vitest";
import { fieldName, RecordCheck } from "../../src/extraction/advice/check-records";
import { folded, placeOfWhole } from "../../src/extraction/advice/literal";

describe("a value", () => {
  it.each([
    ["3.125", "12"],
    ["2012", "12"],
    ["it was -5 outside", "5"],
    ["it was −5 outside", "5"],
    ["it was minus 5 outside", "5"],
    ["it was - 5 outside", "5"],
    ["rose by 5% in May", "5"],
    ["rose by 5 % in May", "5"],
    ["rose by 5 percent", "5"],
    ["costs $5 a piece", "5"],
    ["costs 5 € a piece", "5"],
    ["costs EUR 5 a piece", "5"],
    ["ran 5 km today", "5"],
    ["ran 5km today", "5"],
    ["at 5 km/h today", "5 km"],
    ["made 4.5 million last year", "4.5"],
    ["made 1 234 pieces", "234"],
    ["made 1 234 pieces", "1"],
    ["made 1,234 pieces", "234"],
    ["from 3-5 people", "-5"],
    ["from 3-5 people", "5"],
    ["more than <5 of them", "5"],
    ["at 12:30 sharp", "12"],
    ["on 2024-05-03 only", "05"],
    ["on March 5, 2024", "March 5"],
    ["5½ litres", "5"],
    ["in Berliner streets", "Berlin"],
    ["売上は500万円", "500"],
    ["1.5×10^6 cells", "1.5"],
  ])("is not taken out of what it is a part of: %s, %s", (text, value) => {
    expect(placeOfWhole(text, value)).toBe(-1);
  });

  it.each([
    ["rose to 12, then fell", "12"],
    ["it was -5 outside", "-5"],
    ["rose by 5% in May", "5%"],
    ["ran 5 km.", "5 km"],
    ["(12) of them", "12"],
    ["“12” of them", "12"],
    ["temp=21.5; hum: 40", "21.5"],
    ["temp=21.5; hum: 40", "40"],
    ["sold 12 in 2019", "12"],
    ["sold 12 in 2019.", "2019"],
    ["in 2024 120 people came", "120"],
    ["in 2024 120 people came", "2024"],
    ["made $4.5 million last year", "$4.5 million"],
    ["on 2024-05-03 only", "2024-05-03"],
    ["in Berlin, of course", "Berlin"],
    ["売上は500万円", "500万円"],
    ["first 3.125 then 12", "12"],
  ])("is found as a whole: %s, %s", (text, value) => {
    expect(placeOfWhole(text, value)).toBeGreaterThanOrEqual(0);
  });

  it("is looked for in long and repetitive texts in little time", () => {
    expect(placeOfWhole("1 ".repeat(8_000), "2")).toBe(-1);
    expect(placeOfWhole("-1".repeat(8_000), "1")).toBe(-1);
  });
});

describe("a field's name", () => {
  it.each([
    ["Net Revenue (EUR)", "net_revenue_eur"],
    ["netRevenue", "net_revenue"],
    ["Größe", "gro_e"],
    ["x".repeat(300), "x".repeat(40)],
    ["__proto__", ""],
    ["constructor", ""],
    ["hasOwnProperty", ""],
    ["prototype", ""],
    ["売上", ""],
    ["<b>", "b"],
    ["", ""],
  ])("is snake_case, or none: %s", (raw, name) => {
    expect(fieldName(raw)).toBe(name);
  });
});

describe("proposed records", () => {
  const ROWS = [
    { id: "r1", text: folded("Sold 12 units on 3 May.\n  Sold 12 units on 4 May.") },
    { id: "r2", text: "It was -5 °C and <b>calm</b>." },
  ];
  const proposal = (row: string, quote: string, fields: Record<string, string>, sentiment = "") => ({
    row,
    quote,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    sentiment,
  });
  const checked = (...proposals: (ReturnType<typeof proposal> | null)[]) => {
    const check = new RecordCheck(new Set(["source_text"]));
    check.take(proposals, ROWS);
    return check;
  };

  it("stand with what stands in their spans", () => {
    const { records, counts } = checked(proposal("r1", "Sold 12 units", { units: "12", price: "9" }));
    expect(records).toMatchObject([{ row: "r1", at: 0, fields: { units: "12" }, sentiment: null }]);
    expect(counts).toEqual({ proposed: 1, kept: 1, dropped: 0, values_dropped: 1 });
  });

  it.each([
    ["of a row that was not shown", proposal("r9", "Sold 12 units", { units: "12" })],
    ["of another row", proposal("r2", "Sold 12 units", { units: "12" })],
    ["that were invented", proposal("r1", "Sold 13 units", { units: "13" })],
    ["without anything that stands", proposal("r1", "Sold 12 units", { units: "13" })],
    ["without a quote", proposal("r1", " ", { units: "12" })],
    ["that lose a sign", proposal("r2", "was -5 °C", { temperature: "5 °C" })],
    ["whose words begin behind a sign", proposal("r2", "5 °C and", { temperature: "5 °C" })],
    ["whose words end in a number", proposal("r1", "Sold 1", { units: "1" })],
    ["under a reserved name", proposal("r1", "Sold 12 units", { source_text: "12" })],
    ["that are none", null],
    ["with a sentiment out of range alone", proposal("r2", "calm", {}, "7")],
  ])("%s are dropped and counted", (_, one) => {
    const { records, counts } = checked(one);
    expect(records).toEqual([]);
    expect(counts).toMatchObject({ proposed: 1, kept: 0, dropped: 1 });
  });

  it("are kept as often as their spans stand in the text", () => {
    const one = proposal("r1", "Sold 12 units", { units: "12" });
    const { records } = checked(one, one, one);
    expect(records.map(({ at }) => at)).toEqual([0, ROWS[0]!.text.lastIndexOf("Sold")]);
  });

  it("are not the same one twice under a longer span", () => {
    const { records } = checked(
      proposal("r2", "was -5 °C", { temperature: "-5 °C" }),
      proposal("r2", "It was -5 °C", { temperature: "-5 °C" }),
    );
    expect(records).toHaveLength(1);
  });

  it("have sixteen names at most", () => {
    const check = new RecordCheck(new Set());
    const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
    const text = words.join(" ");
    check.take(
      [proposal("r1", text, Object.fromEntries(words.map((word) => [word, word])))],
      [{ id: "r1", text }],
    );
    expect(check.names.size).toBe(16);
    expect(check.counts.values_dropped).toBe(24);
  });

  it("with markup and a mood are what they are", () => {
    const { records } = checked(proposal("r2", "<b>calm</b>", {}, "0.25"));
    expect(records).toMatchObject([{ quote: "<b>calm</b>", sentiment: 0.25 }]);
  });
});
