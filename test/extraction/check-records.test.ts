import { describe, expect, it } from "vitest";
import { checkRecords, columnName } from "../../src/extraction/advice/check-records";
import { recordTable } from "../../src/extraction/advice/record-table";
import { standsIn } from "../../src/extraction/advice/stands-in";
import { nothingSkipped, type SourceTable } from "../../src/extraction/formats/source-table";

describe("a value of a text", () => {
  it.each([
    ["it was 23.5°C at noon", "23.5°C"],
    ["it was 23.5°C at noon", "23.5"],
    ["-4.2°C on Monday", "-4.2°C"],
    ["a load of 85kg", "85"],
    ["sales of 3.2 million", "3.2 million"],
    ["sales of $5k", "$5k"],
    ["a share of 12 %", "12 %"],
    ["on 2025-01-15 at 10:30", "2025-01-15"],
    ["on 2025-01-15 at 10:30", "10:30"],
    ["between 10 and 20", "20"],
    ["1 234 visitors", "1 234"],
    ["in Bergen, too", "Bergen"],
    ["in 東京 it rained", "東京"],
    ["the mood was 🙂 today", "🙂"],
    ["it is 5.", "5"],
    ["of 5, then 6", "5"],
    ["12 120 times", "12 120"],
  ])("stands: %s | %s", (text, value) => {
    expect(standsIn(text, value)).toBe(text.indexOf(value));
  });

  it.each([
    ["the end of a longer number", "it was 3.125", "125"],
    ["the beginning of one", "it was 3.125", "3"],
    ["digits among others", "in 2012", "12"],
    ["without its sign", "it was -5 outside", "5"],
    ["without a typographic sign", "it was −5 outside", "5"],
    ["with a sign that is a dash", "10-20 people", "-20"],
    ["an end of a range that a dash ties", "10-20 people", "20"],
    ["a piece of a date", "on 2025-01-15", "15"],
    ["a piece of a time", "at 10:30", "30"],
    ["without its percent", "a share of 12%", "12"],
    ["without its percent in words", "a share of 12 percent", "12"],
    ["without its magnitude", "sales of 3.2 million", "3.2"],
    ["without its letter of magnitude", "sales of $5k", "$5"],
    ["without its exponent", "a charge of 1.6e-19", "1.6"],
    ["without its power of ten", "a charge of 1.6 × 10^-19", "1.6"],
    ["the first group of thousands", "1 234 visitors", "1"],
    ["the last group of thousands", "1 234 visitors", "234"],
    ["half of a word", "in Bergensen", "Bergen"],
    ["the tail of a word", "the ice", "e"],
    ["what is not there", "it was 23", "24"],
    ["nothing", "it was 23", ""],
    ["a decimal comma cut", "1,5 bar", "1"],
  ])("does not stand: %s", (_, text, value) => {
    expect(standsIn(text, value)).toBe(-1);
  });
});

describe("records of a model", () => {
  const ROWS = [
    { id: "r1", text: "Bergen had 23.5°C and Oslo 4°C" },
    { id: "r3", text: "Bergen had 21°C" },
  ];
  const check = (
    records: [row: string, quote: string][],
    values: [record: number, name: string, value: string][],
  ) =>
    checkRecords(
      {
        records: records.map(([row, quote], i) => ({ id: `${i}`, row, quote, sentiment: "" })),
        values: values.map(([record, name, value]) => ({ record: `${record}`, name, value })),
      },
      ROWS,
    );

  it("are kept in the order of the text, each value in its words", () => {
    const { records, told } = check(
      [
        ["r3", "Bergen had 21°C"],
        ["r1", "Oslo 4°C"],
        ["r1", "Bergen had 23.5°C"],
      ],
      [
        [0, "Temp", "21°C"],
        [1, "temp", "4°C"],
        [2, "temp", "23.5°C"],
        [2, "City Name", "Bergen"],
      ],
    );
    expect(records).toEqual([
      {
        span: "Bergen had 23.5°C",
        values: [
          ["temp", "23.5°C"],
          ["city_name", "Bergen"],
        ],
        sentiment: null,
      },
      { span: "Oslo 4°C", values: [["temp", "4°C"]], sentiment: null },
      { span: "Bergen had 21°C", values: [["temp", "21°C"]], sentiment: null },
    ]);
    expect(told).toBe(2);
  });

  it.each([
    ["of a row that was not shown", "r2", "Bergen had 21°C", "21°C"],
    ["whose words stand in another row", "r3", "Bergen had 23.5°C", "23.5°C"],
    ["whose words cut a number", "r1", "5°C and Oslo 4°C", "4°C"],
    ["whose words are not the row's", "r1", "Bergen has 23.5°C", "23.5°C"],
    ["without a value in its words", "r1", "Oslo 4°C", "23.5°C"],
    ["with an empty quote", "r1", "", "4°C"],
  ])("are dropped: %s", (_, row, quote, value) => {
    expect(check([[row, quote]], [[0, "temp", value]])).toMatchObject({ records: [], proposed: 1, told: 0 });
  });

  it("are kept once where they are named twice, and values under one name once", () => {
    const twice = check(
      [
        ["r3", "Bergen had 21°C"],
        ["r3", "Bergen  had\n21°C"],
      ],
      [
        [0, "temp", "21°C"],
        [0, "TEMP", "Bergen"],
        [1, "temp", "21°C"],
      ],
    );
    expect(twice.records).toHaveLength(1);
    expect(twice).toMatchObject({ proposed: 2, valuesDropped: 1 });
  });

  it("name their columns in letters that can be typed, never by what is no name", () => {
    expect(["Température (max)", "windSpeed", "  a  b ", "x".repeat(90)].map(columnName)).toEqual([
      "temperature_max",
      "wind_speed",
      "a_b",
      "x".repeat(40),
    ]);
    expect(["__proto__", "12", "Größe", "温度", "_", ""].map(columnName)).toEqual([
      "proto",
      null,
      "gro_e",
      null,
      null,
      null,
    ]);
  });

  it("have a sentiment only where the model gave one in its range", () => {
    const sentiments = ["0.5", "-1", "1.01", "happy", "", "NaN"].map(
      (sentiment) =>
        checkRecords(
          {
            records: [{ id: "1", row: "r3", quote: "Bergen had 21°C", sentiment }],
            values: [{ record: "1", name: "temp", value: "21°C" }],
          },
          ROWS,
        ).records[0]!.sentiment,
    );
    expect(sentiments).toEqual([0.5, -1, null, null, null, null]);
  });
});

describe("a table of records", () => {
  const OF = { name: "text", certainty: 0.4, skipped: { ...nothingSkipped(), blank: 2 } } as SourceTable;
  const record = (values: [string, string][], sentiment: number | null = null) => ({
    span: values.map(([, value]) => value).join(" "),
    values,
    sentiment,
  });

  it("has room for sixteen names, the most frequent ones, and counts what has none", () => {
    const many = Array.from({ length: 20 }, (_, i): [string, string] => [`n${i}`, `${i}`]);
    const { table, valuesDropped, recordsDropped } = recordTable(
      OF,
      [record(many), record(many.slice(4, 8)), record([["n19", "9"]]), record([["n18", "9"]])],
      3,
    );
    expect(table.columns).toHaveLength(17);
    expect(table.columns).toEqual(expect.arrayContaining(["n4", "n7", "n18", "n19", "span"]));
    expect([valuesDropped, recordsDropped, table.rowCount]).toEqual([4, 0, 4]);
    expect(table.skipped).toMatchObject({ blank: 2, prose: 3 });
  });

  it("keeps its own columns apart from a model's names", () => {
    const { table } = recordTable(
      OF,
      [
        record(
          [
            ["span", "a"],
            ["sentiment_by_model", "9"],
          ],
          0.5,
        ),
      ],
      0,
    );
    expect(table.columns).toEqual(["span", "sentiment_by_model", "span_2", "sentiment_by_model_2"]);
    expect([...table.rows]).toEqual([{ row: 1, cells: ["a", "9", "a 9", 0.5] }]);
    expect(table.hints).toEqual({ span_2: "attribute", sentiment_by_model_2: "value" });
    expect(table.notes.join(" ")).toMatch(/"sentiment_by_model_2" is a language model's opinion/);
  });

  it("is no larger than what a job keeps of it", () => {
    const long = record([["a", "x".repeat(1_000)]]);
    const { table, recordsDropped } = recordTable(OF, new Array(400).fill(long), 0);
    expect(table.rowCount).toBe(150);
    expect(recordsDropped).toBe(250);
  });
});
