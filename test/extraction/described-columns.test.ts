import { describe, expect, it } from "vitest";
import { CsvRows } from "../../src/extraction/formats/csv";
import { readWorkbook } from "../../src/extraction/formats/xlsx";
import { asUnit } from "../../src/extraction/infer/units";
import { countedLines, linesIn, play } from "./support";
import { rowsCounted, rowsOf, sheetOf } from "./xlsx-support";

const lines = (...rows: string[]): string => `${rows.join("\n")}\n`;
const hourly = (count: number, cells: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => `2024-03-01 ${String(i).padStart(2, "0")}:00:00${cells(i)}`);

/** Plays a text with so many rows of names, of which no other row may be rejected or lost. */
function loaded(text: string, names = 1) {
  const played = play(text);
  expect(played.body.records_rejected).toBe(0);
  expect(countedLines(played)).toBe(linesIn(text) - names);
  return played.body;
}

describe("rows below the names that say what columns hold", () => {
  it("are the units and the aggregation of a data logger, below the line of its station", () => {
    const body = loaded(
      lines(
        '"TOA5","pond","CR1000","4711","CR1000.Std.31","CPU:pond.CR1","3076","Hourly"',
        '"TIMESTAMP","RECORD","Batt_Min","AirT_Avg","RH","Rain_Tot"',
        '"TS","RN","Volts","Deg C","%","mm"',
        '"","","Min","Avg","Smp","Tot"',
        ...hourly(12, (i) => `,${i},${12 + (i % 3) / 10},${i}.5,${60 + i},${(i % 4) / 5}`),
      ),
    );
    expect(body.records_processed).toBe(12);
    expect(body.schema).toMatchObject({
      timestamp_field: "TIMESTAMP",
      units: { Batt_Min: "V", AirT_Avg: "°C", RH: "%", Rain_Tot: "mm" },
    });
    expect(body.skipped).toMatchObject({ preamble: 1, units_rows: 1, descriptions: 1 });
  });

  it("are widths and letters, or words, of the kinds of columns", () => {
    const gauges = loaded(
      lines(
        "# gauges of a river",
        "#",
        "site_no\tdatetime\tflow\tflow_cd",
        "15s\t20d\t14n\t10s",
        ...hourly(12, (i) => `\t${8000 + i * 7}\tP`).map((row) => `01646500\t${row}`),
      ),
    );
    expect(gauges.records_processed).toBe(12);
    expect(gauges.skipped).toMatchObject({ comments: 2, descriptions: 1 });
    const kinds = loaded(
      lines("ts;sensor;value", "timestamp;varchar(20);float64", ...hourly(6, (i) => `;s${i % 2};${i}.5`)),
    );
    expect(kinds.records_processed).toBe(6);
    expect(kinds.schema).toMatchObject({ timestamp_field: "ts", value_fields: ["value"] });
  });

  it.each([
    ["above units", ["day of reading,mean of the air,sum of the day", "YYYY-MM-DD,°C,mm"]],
    ["below units", [",°C,mm", "day of reading,mean of the air,sum of the day"]],
  ])("are words %s, whose units are taken", (_, described) => {
    const body = loaded(lines("date,tavg,prcp", ...described, ...hourly(8, (i) => `,${i}.5,${i % 3}.2`)));
    expect(body.records_processed).toBe(8);
    expect(body.schema).toMatchObject({ timestamp_field: "date", units: { tavg: "°C", prcp: "mm" } });
    expect(body.skipped).toMatchObject({ units_rows: 1, descriptions: 1 });
  });

  it("may hold the name of the first column, below those of the others", () => {
    const body = loaded(
      lines(
        "Price,Close,High,Volume",
        "Ticker,ABC,ABC,ABC",
        "Date,,,",
        ...hourly(8, (i) => `,${180 + i}.5,${182 + i}.5,${1_000_000 + i * 777}`),
      ),
      3,
    );
    expect(body.records_processed).toBe(8);
    expect(body.schema).toMatchObject({ timestamp_field: "Date" });
    expect(body.schema.value_fields).toHaveLength(3);
  });

  it.each([
    ["a first reading that is missing", "2024-03-01,N/A,N/A"],
    ["a fault with its time", "2024-03-01,sensor fault,sensor fault"],
    ["one word beside a number", "2024-03-01,off,7"],
  ])("are not %s", (_, first) => {
    const text = lines("time,temp,hum", first, ...[2, 3, 4, 5].map((i) => `2024-03-0${i},${i}.5,6${i}`));
    const { body } = play(text);
    expect(body.skipped).toMatchObject({ units_rows: 0, descriptions: 0 });
    expect(body.records_processed + body.records_rejected).toBe(5);
  });

  it("are not amounts of which only the first is scaled", () => {
    const { body } = play(lines("company,revenue,profit", "A,10M,2M", "B,500,30", "C,700,40", "D,900,11"));
    expect(body.records_processed).toBe(4);
  });

  it("are left out again by the dialect of the plan, wherever the text is cut", () => {
    const text = lines("date,t,p", "of the day,mean,sum", ",°C,mm", ...hourly(6, (i) => `,${i}.5,${i}`));
    const { plan } = play(text).understanding;
    expect(plan.dialect).toMatchObject({ units_row: true, description_rows: 1 });
    const reader = new CsvRows(plan.dialect!);
    const rows = [...[...text].flatMap((character) => reader.push(character)), ...reader.end()];
    expect(rows.map(({ row }) => row)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(reader.units).toEqual([null, "°C", "mm"]);
  });

  it("are counted on a sheet as in text, also where its names are asked for", async () => {
    const sheet = sheetOf([
      ["time", "t", "p"],
      ["of the day", "mean", "sum"],
      [null, "°C", "mm"],
      ...[1, 2, 3, 4, 5].map((i) => [`2024-01-0${i}`, i + 0.5, i]),
    ]);
    const [found] = await readWorkbook(sheet);
    expect(found!.skipped).toMatchObject({ units_rows: 1, descriptions: 1 });
    expect(found!.units).toEqual([null, "°C", "mm"]);
    expect(rowsCounted(found!)).toBe(8);
    const [again] = await readWorkbook(sheet, [{ place: found!.place }]);
    expect(rowsOf(again)).toEqual(rowsOf(found));
    const [placed] = await readWorkbook(sheet, [
      { place: { sheet: "Sheet1", range: "A2:C8", header_rows: 1 } },
    ]);
    expect(placed).toMatchObject({ columns: ["of the day", "mean", "sum"], rowCount: 5 });
  });
});

describe("names in three rows and more", () => {
  const months = (cells: (i: number) => string): string[] =>
    Array.from({ length: 12 }, (_, i) => `2024-${String(i + 1).padStart(2, "0")}-01${cells(i)}`);

  it("are joined where groups reach over blanks", () => {
    const body = loaded(
      lines(
        "Date,North,,,,South,,,",
        ",Temp,,Rain,,Temp,,Rain,",
        ",min,max,sum,days,min,max,sum,days",
        ...months((i) => `,${i},${i + 9},${i * 3},${i % 5},${i + 1},${i + 10},${i * 2},${i % 4}`),
      ),
      3,
    );
    expect(body.schema.value_fields).toEqual(
      ["North", "South"].flatMap((place) =>
        ["Temp min", "Temp max", "Rain sum", "Rain days"].map((name) => `${place} ${name}`),
      ),
    );
    expect(body.records_processed).toBe(12);
  });

  it("end above the units, and a group that does not begin anew ends with the one above it", () => {
    const body = loaded(
      lines(
        "Date,North,,South,",
        ",Temp,Rain,,Rain",
        ",°C,mm,°C,mm",
        ...months((i) => `,${i}.5,${i + 9},${i * 3}.1,${i % 5}`),
      ),
      2,
    );
    expect(body.schema.value_fields).toEqual(["North Temp", "North Rain", "South", "South Rain"]);
    expect(body.skipped.units_rows).toBe(1);
  });

  it("are those of merged cells on a sheet, four of them and units", async () => {
    const groups = ["North", null, null, null, "South", null, null, null];
    const [table] = await readWorkbook(
      sheetOf(
        [
          ["Energy of our plants"],
          ["Date", ...groups],
          [null, "Gas", null, "Power", null, "Gas", null, "Power", null],
          [null, "in", "out", "in", "out", "in", "out", "in", "out"],
          [null, "m³", "m³", "kWh", "kWh", "m³", "m³", "kWh", "kWh"],
          ...Array.from({ length: 6 }, (_, i) => [`2024-01-0${i + 1}`, ...groups.map((_, k) => i * 10 + k)]),
        ],
        ["A1:I1", "A2:A5", "B2:E2", "F2:I2", "B3:C3", "D3:E3", "F3:G3", "H3:I3"],
      ),
    );
    expect(table).toMatchObject({
      rowCount: 6,
      units: [null, "m³", "m³", "kWh", "kWh", "m³", "m³", "kWh", "kWh"],
    });
    expect(table!.columns).toEqual([
      "Date",
      ...["North", "South"].flatMap((place) =>
        ["Gas in", "Gas out", "Power in", "Power out"].map((name) => `${place} ${name}`),
      ),
    ]);
  });
});

describe("words that are units", () => {
  it.each([
    ["Deg C", "°C"],
    ["Prozent", "%"],
    ["µmol m-2 s-1", "µmol m-2 s-1"],
    ["W/m^2", "W/m2"],
    ["kg+1m-1s-2", "kg+1m-1s-2"],
    ["Tot", null],
    ["Smp", null],
    ["20d", null],
    ["A1", null],
    ["CO2", null],
    ["m-2x s-1", null],
  ])("%s is %s", (text, unit) => {
    expect(asUnit(text)).toBe(unit);
  });
});
