import { describe, expect, it } from "vitest";
import { readCalendar } from "../../src/extraction/infer/calendar";
import { parseNumber } from "../../src/extraction/infer/numbers";
import { iso, play } from "./support";

const column = (name: string, cells: readonly string[], description?: string) =>
  play(`${name}\tv\n${cells.map((cell, i) => `${cell}\t${i + 1}.5`).join("\n")}\n`, { description });
const times = (cells: readonly string[], name = "date") => column(name, cells).points.map(iso);

describe("times", () => {
  it.each([
    ["2021-03-04T05:06:07Z", "2021-03-04T05:06:07.000Z"],
    ["2021-03-04 05:06", "2021-03-04T05:06:00.000Z"],
    ["2021-03-04T05:06:07+02:00", "2021-03-04T03:06:07.000Z"],
    ["2021/3/4 5:06:07.250", "2021-03-04T05:06:07.250Z"],
    ["4 March 2021", "2021-03-04T00:00:00.000Z"],
    ["Mar 4, 2021 5:06 PM", "2021-03-04T17:06:00.000Z"],
    ["Thu, 04 Mar 2021 05:06:07 GMT", "2021-03-04T05:06:07.000Z"],
    ["Thu Mar 04 05:06:07 2021", "2021-03-04T05:06:07.000Z"],
    ["04/Mar/2021:05:06:07 -0100", "2021-03-04T06:06:07.000Z"],
    ["04-Mar-21", "2021-03-04T00:00:00.000Z"],
    ["4. März 2021", "2021-03-04T00:00:00.000Z"],
    ["20210304", "2021-03-04T00:00:00.000Z"],
    ["20210304050607", "2021-03-04T05:06:07.000Z"],
    ["2021-03", "2021-03-01T00:00:00.000Z"],
    ["Mar-21", "2021-03-01T00:00:00.000Z"],
    ["March 2021", "2021-03-01T00:00:00.000Z"],
    ["2021M03", "2021-03-01T00:00:00.000Z"],
    ["2021Q2", "2021-04-01T00:00:00.000Z"],
    ["Q2 2021", "2021-04-01T00:00:00.000Z"],
    ["2021-W01", "2021-01-04T00:00:00.000Z"],
    ["1Q21", "2021-01-01T00:00:00.000Z"],
    ["Q4'09", "2009-10-01T00:00:00.000Z"],
    ["2021-032", "2021-02-01T00:00:00.000Z"],
    ["17:05:30 27 Sep 2018", "2018-09-27T17:05:30.000Z"],
    ["4 de marzo de 2021", "2021-03-04T00:00:00.000Z"],
    ["1er mars 2021", "2021-03-01T00:00:00.000Z"],
    ["Donnerstag, 4. März 2021", "2021-03-04T00:00:00.000Z"],
    ["2021-03-04 Thursday 05:06:07", "2021-03-04T05:06:07.000Z"],
    ["2021/3/4 (Thu) 5:06", "2021-03-04T05:06:00.000Z"],
    ["4 March 2021, Thu", "2021-03-04T00:00:00.000Z"],
    ["7/1/62", "1962-01-07T00:00:00.000Z"],
    ["7/1/39", "2039-01-07T00:00:00.000Z"],
    ["2021", "2021-01-01T00:00:00.000Z"],
    ["13/03/2021 12:00 AM", "2021-03-13T00:00:00.000Z"],
  ])("reads %s", (text, expected) => {
    const reading = readCalendar(text, "dmy");
    expect(reading && new Date(reading.micros / 1_000).toISOString()).toBe(expected);
  });

  it.each([
    "",
    "x",
    "2021-13-01",
    "2021-02-30",
    "31/02/2021",
    "25:00",
    "Item 12",
    "1.5",
    "12-34-56-78",
    "2021-000",
    "2021-366",
    "5Q21",
    "2021-03-04 25:00",
    "99/99/9999",
    "May be 20",
  ])("does not take %j for a time", (text) => {
    for (const order of ["dmy", "mdy", "ymd"] as const) expect(readCalendar(text, order)).toBeNull();
  });

  it("settles the order of day and month by one day over 12, for the whole column", () => {
    expect(times(["03/04/2021", "05/04/2021", "25/04/2021"])[0]).toBe("2021-04-03T00:00:00.000Z");
    expect(times(["03/04/2021", "03/05/2021", "03/25/2021"])[0]).toBe("2021-03-04T00:00:00.000Z");
  });

  it("says so where the order stays open, and is not sure of itself", () => {
    const { body, understanding } = column("date", ["03/04/2021", "05/06/2021", "01/02/2021", "07/08/2021"]);
    expect(understanding.ambiguities).toHaveLength(1);
    expect(understanding.ambiguities[0]!.readings).toHaveLength(2);
    expect(body.confidence_level).toBe("low");
    expect(body.warnings.join()).toContain("day first");
  });

  it("takes the order from a description, and from another column of the file", () => {
    const cells = ["03/04/2021", "05/06/2021", "01/02/2021"];
    expect(iso(column("date", cells, "dates are mm/dd/yyyy").points[0])).toBe("2021-03-04T00:00:00.000Z");
    const two = play(
      "posted\tpaid\tv\n01/02/2021\t03/20/2021\t1\n03/02/2021\t03/21/2021\t2\n02/02/2021\t04/22/2021\t3\n",
    );
    expect(iso(two.points[0])).toBe("2021-01-02T00:00:00.000Z");
    expect(two.understanding.ambiguities).toHaveLength(0);
  });

  it("leans on the order of the rows, and still asks", () => {
    // Month first these jump about; day first they are one day after another.
    const { points, understanding } = column("date", [
      "09/01/2021",
      "10/01/2021",
      "11/01/2021",
      "12/01/2021",
      "01/02/2021",
      "02/02/2021",
      "03/02/2021",
      "04/02/2021",
    ]);
    expect(iso(points[4])).toBe("2021-02-01T00:00:00.000Z");
    expect(understanding.ambiguities).toHaveLength(1);
  });

  it("takes a part that is the same over the years for the day, whichever stands first", () => {
    const months = Array.from({ length: 20 }, (_, i) => [1 + (i % 12), 1954 + Math.floor(i / 12)] as const);
    const dayFirst = column(
      "date",
      months.map(([month, year]) => `01/${String(month).padStart(2, "0")}/${year}`),
    );
    const monthFirst = column(
      "date",
      months.map(([month, year]) => `${month}/1/${year}`),
    );
    for (const { points, understanding } of [dayFirst, monthFirst]) {
      expect(iso(points[13])).toBe("1955-02-01T00:00:00.000Z");
      expect(understanding.ambiguities).toHaveLength(0);
    }
    // Within one year they may as well be twelve days.
    const oneYear = column(
      "date",
      months.slice(0, 12).map(([month]) => `01/${String(month).padStart(2, "0")}/1954`),
    );
    expect(oneYear.understanding.ambiguities).toHaveLength(1);
  });

  it("takes months of one year for dated by their first days, and still asks", () => {
    const cells = Array.from({ length: 9 }, (_, i) => `14-0${i + 1}-01`);
    const { points, body } = column("date", cells);
    expect(points.map(iso).slice(0, 2)).toEqual(["2014-01-01T00:00:00.000Z", "2014-02-01T00:00:00.000Z"]);
    expect(body.ambiguities).toHaveLength(1);
  });

  it("joins a year with codes of quarters and months, whatever their column is called", () => {
    const rows = (code: (i: number) => string) =>
      Array.from({ length: 9 }, (_, i) => `X1,${1990 + (i >> 2)},${code(i)},${i * 1.5}`).join("\n");
    const quarters = play(`Series,Year,Period,Value\n${rows((i) => `Q0${(i % 4) + 1}`)}\n`);
    expect(quarters.body.schema).toMatchObject({
      timestamp_fields: ["Year", "Period"],
      value_fields: ["Value"],
    });
    expect(iso(quarters.points[2])).toBe("1990-07-01T00:00:00.000Z");
    const months = play(
      `Series,Year,Period,Value\n${rows((i) => `M${String((i % 4) + 9).padStart(2, "0")}`)}\n`,
    );
    expect(iso(months.points[3])).toBe("1990-12-01T00:00:00.000Z");
    const means = play(`Series,Year,Period,Value\nX1,1990,M12,1.5\nX1,1990,M13,2.5\nX1,1991,M01,2\n`);
    expect(means.body).toMatchObject({ records_processed: 2, records_rejected: 1 });
  });

  it("joins a year of two digits with a month, and takes it for no time alone", () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${i + 1},14,${i * 1.5}`).join("\n");
    const { points, body } = play(`Month,Year,cases\n${rows}\n`);
    expect(body.schema).toMatchObject({ timestamp_fields: ["Year", "Month"], value_fields: ["cases"] });
    expect(iso(points[2])).toBe("2014-03-01T00:00:00.000Z");
    expect(play(`year,cases\n${rows.replaceAll(/^\d+,/gm, "")}\n`).body.schema.timestamp_field).toBeNull();
  });

  it("takes the order in which dates fall on the days of the week that are named", () => {
    const { points, understanding } = column("date", ["Thu 04/03/2021", "Fri 05/03/2021", "Mon 08/03/2021"]);
    expect(iso(points[0])).toBe("2021-03-04T00:00:00.000Z");
    expect(understanding.ambiguities).toHaveLength(0);
    expect(iso(column("date", ["Sat 04/03/2021", "Mon 05/03/2021"]).points[0])).toBe(
      "2021-04-03T00:00:00.000Z",
    );
  });

  it("reads dots as day first without a doubt", () => {
    const { points, understanding } = column("Datum", ["01.02.2021", "02.02.2021", "03.02.2021"]);
    expect(iso(points[0])).toBe("2021-02-01T00:00:00.000Z");
    expect(understanding.ambiguities).toHaveLength(0);
  });

  it("rejects the cells that do not fit the column's order, never reading them the other way", () => {
    const { accounting, points } = column("date", [
      ...Array.from({ length: 18 }, (_, i) => `${i + 10}/01/2021`),
      "01/25/2021",
    ]);
    expect(points).toHaveLength(18);
    expect(accounting.rejected).toBe(1);
  });

  it.each([
    ["1609459200", "1609545600", "1609632000"],
    ["1609459200000", "1609545600000", "1609632000000"],
    ["1609459200000000", "1609545600000000", "1609632000000000"],
    ["1609459200000000000", "1609545600000000000", "1609632000000000000"],
  ])("reads epochs by their magnitude: %s", (...cells) => {
    expect(times(cells, "ts")).toEqual([
      "2021-01-01T00:00:00.000Z",
      "2021-01-02T00:00:00.000Z",
      "2021-01-03T00:00:00.000Z",
    ]);
  });

  it("does not take large numbers for epochs without a name or an order that says so", () => {
    const { body } = play("name\tpopulation\nA\t1609459200\nB\t1409545600\nC\t1509632000\n");
    expect(body.schema.timestamp_field).toBeNull();
    expect(body.schema.value_fields).toEqual(["population"]);
  });

  it("joins date and time of day, and year, month and day, from columns of their own", () => {
    const clock = play("Date,Time,v\n2021-01-01,00:10,1.5\n2021-01-01,00:20,2.5\n2021-01-02,13:30,3.5\n");
    expect(clock.points.map(iso).at(-1)).toBe("2021-01-02T13:30:00.000Z");
    expect(clock.body.schema.timestamp_fields).toEqual(["Date", "Time"]);
    const parts = play("year,month,day,hour,v\n2021,1,2,3,1.5\n2021,1,2,4,2.5\n2021,12,31,23,3.5\n");
    expect(parts.points.map(iso).at(-1)).toBe("2021-12-31T23:00:00.000Z");
    expect(parts.body.schema.value_fields).toEqual(["v"]);
  });

  it("takes a year of integers as the time where nothing finer is there", () => {
    expect(times(["1950", "1955", "1960"], "year")[0]).toBe("1950-01-01T00:00:00.000Z");
    const { body } = play("year,date,v\n2021,2021-01-05,1.5\n2021,2021-02-05,2.5\n2021,2021-03-05,2.5\n");
    expect(body.schema).toMatchObject({ timestamp_field: "date", value_fields: ["v"] });
  });

  it("joins a year with a quarter or with a day of the month under other names", () => {
    const quarters = play("year,quarter,v\n2020,1,1.5\n2020,2,2.5\n2020,3,3.5\n2020,4,4.5\n2021,1,5.5\n");
    expect(quarters.points.map(iso)[3]).toBe("2020-10-01T00:00:00.000Z");
    expect(quarters.body.schema).toMatchObject({
      timestamp_fields: ["year", "quarter"],
      value_fields: ["v"],
    });
    const days = play("year,month,date_of_month,day_of_week,n\n1994,1,30,7,8\n1994,1,31,1,9\n1994,2,1,2,7\n");
    expect(days.points.map(iso)[2]).toBe("1994-02-01T00:00:00.000Z");
    expect(days.body.schema).toMatchObject({ value_fields: ["n"], category_fields: ["day_of_week"] });
  });

  it("prefers dates to the column of years that was taken from them", () => {
    const { body } = play(
      "YEAR,aired,v\n1999,1/11/99,1.5\n1999,12/13/99,2.5\n2000,2/14/00,1.5\n2001,3/15/01,3.5\n",
    );
    expect(body.schema.timestamp_field).toBe("aired");
    const other = play("year,founded,v\n2019,1901-02-03,1.5\n2020,1902-02-03,2.5\n2021,1950-02-03,3.5\n");
    expect(other.body.schema.timestamp_field).toBe("year");
  });

  it("does not take the time of an export, the same in all rows, for the time of a row", () => {
    const rows = Array.from({ length: 9 }, (_, i) => `1/${i + 13}/2021,${i}.5,09:53:50 27 Sep 2021`);
    const { body } = play(`modeldate,v,timestamp\n${rows.join("\n")}\n`);
    expect(body.schema.timestamp_field).toBe("modeldate");
  });

  it("does not take seasons for months", () => {
    const { body } = play("season,v\n2008-09,1.5\n2009-10,2.5\n2010-11,3.5\n2011-12,4.5\n");
    expect(body.schema).toMatchObject({ timestamp_field: null, category_fields: ["season"] });
  });

  it("prefers the time of the row to birthdays and deadlines", () => {
    const { body } = play(
      "birth_date,visit_date,v\n1980-01-01,2021-01-05,1.5\n1990-01-01,2021-02-05,2.5\n1985-01-01,2021-03-05,2.5\n",
    );
    expect(body.schema.timestamp_field).toBe("visit_date");
    const polls = play("End,Start,v\n2021-01-09,2021-01-05,1.5\n2021-02-09,2021-02-05,2.5\n");
    expect(polls.body.schema.timestamp_field).toBe("Start");
    const terms = play("birthday,termstart,age\n1880-01-01,1947-01-03,67.5\n1890-01-01,1947-01-03,57.5\n");
    expect(terms.body.schema.timestamp_field).toBe("termstart");
  });
});

describe("roles", () => {
  const rolesOf = (text: string) => {
    const { schema } = play(text).body;
    return { values: schema.value_fields, categories: schema.category_fields };
  };
  const table = (names: string, row: (i: number) => (string | number)[]) =>
    `${names}\n${Array.from({ length: 24 }, (_, i) => row(i).join(",")).join("\n")}\n`;

  it("takes codes, levels, versions and ports for no values, and durations and sizes for values", () => {
    expect(
      rolesOf(
        table("time,level,status,port,httpVersion,pid,v,latency_ms,bytes", (i) => [
          `2021-01-01T00:00:${10 + i}Z`,
          10 * (1 + (i % 5)),
          [200, 404, 500][i % 3]!,
          i % 2 ? 80 : 443,
          "1.1",
          4_711,
          0,
          3 * i,
          100 * i + 7,
        ]),
      ),
    ).toEqual({
      values: ["latency_ms", "bytes"],
      categories: ["level", "status", "port", "httpVersion", "pid", "v"],
    });
  });

  it("tells counts and answers from numbers that were given out", () => {
    const { values } = rolesOf(
      table("date,event_no,smoker_no,number_sold,hash-rate,v", (i) => [
        `2021-01-${String(i + 1).padStart(2, "0")}`,
        100_200 + i * 3,
        i % 7,
        265_000 + i * 7,
        5_100_000 + i,
        i * 1.5,
      ]),
    );
    expect(values).toEqual(["smoker_no", "number_sold", "hash-rate", "v"]);
  });

  it("takes a flag that never turns for a category, and one that turns for a value", () => {
    expect(
      rolesOf(
        table("date,on,off,v", (i) => [
          `2021-01-${String(i + 1).padStart(2, "0")}`,
          `${i % 3 === 0}`,
          "FALSE",
          i * 1.5,
        ]),
      ),
    ).toEqual({ values: ["on", "v"], categories: ["off"] });
  });

  it("takes levels that come back for categories, and levels of a battery for values", () => {
    expect(
      rolesOf(
        table("class,battery_level,severity,quality", (i) => [1 + (i % 3), 97 - 3 * i, i % 5, 3 + (i % 6)]),
      ),
    ).toEqual({ values: ["battery_level", "quality"], categories: ["class", "severity"] });
  });

  it("takes a piece of the date beside the date for a category, and a moment for no value", () => {
    const { values, categories } = rolesOf(
      table("date,month,weekday,updated,peak_hour", (i) => [
        `2021-01-${String(i + 1).padStart(2, "0")}`,
        1,
        i % 7,
        1_517_966_268_248 + i,
        (i * 5) % 24,
      ]),
    );
    expect(values).toEqual(["peak_hour"]);
    expect(categories).toEqual(["month", "weekday"]);
  });
});

describe("numbers", () => {
  const us = { decimal: ".", group: "," } as const;
  const eu = { decimal: ",", group: "." } as const;
  it.each([
    ["1,234,567.5", us, 1_234_567.5],
    ["1.234.567,5", eu, 1_234_567.5],
    ["1 234,5", eu, 1_234.5],
    ["1’234.5", us, 1_234.5],
    ["1,23,456", us, 123_456],
    ["$1,200.50", us, 1_200.5],
    ["12,50 €", eu, 12.5],
    ["USD 12", us, 12],
    ["45%", us, 45],
    ["(30.00)", us, -30],
    ["($30.00)", us, -30],
    ["-$5", us, -5],
    ["5-", us, -5],
    ["−2.5", us, -2.5],
    ["1.5e-3", us, 0.0015],
    ["1,718*", us, 1_718],
    ["†12.5", us, 12.5],
    ["12,5 **", eu, 12.5],
    [".5", us, 0.5],
    ["007", us, 7],
  ])("reads %s", (text, format, expected) => {
    expect(parseNumber(text, format)).toBe(expected);
  });

  it.each([
    "",
    "abc",
    "1,23",
    "12,34,5",
    "1.2.3",
    "(5",
    "--5",
    "1 2",
    "$",
    "1e999",
    "*",
    "1*2",
    "0x10",
    "Infinity",
    "1-2",
  ])("does not take %j for a number", (text) => {
    expect(parseNumber(text, us)).toBeNull();
  });

  it("decides the decimal comma for the whole column, and for its neighbours that leave it open", () => {
    const { points } = play("id\ta\tb\nx\t1.234\t1,5\ny\t2.000\t2,25\nz\t5.500\t3,75\n");
    expect(points[0]!.fields).toEqual({ a: 1_234, b: 1.5 });
  });

  it("reads 1.234 as a decimal number and 1,234 as thousands where nothing speaks against it", () => {
    expect(play("k\ta\nx\t1.234\ny\t2.345\nz\t9.125\n").points[0]!.fields).toEqual({ a: 1.234 });
    expect(play("k\ta\nx\t1,234\ny\t2,345\nz\t9,125\n").points[0]!.fields).toEqual({ a: 1_234 });
  });

  it("leaves out the usual words for a missing value", () => {
    const { points, body } = play("k\ta\nx\t1\ny\tNA\nz\t-\nw\tn/a\nv\t5\n");
    expect(points.map(({ fields }) => fields.a)).toEqual([1, undefined, undefined, undefined, 5]);
    expect(body.warnings).toEqual([]);
  });

  it("takes units from the cells", () => {
    const { points, body } = play("k\ta\nx\t20.5 °C\ny\t21 °C\nz\t19 °C\n");
    expect(points[0]!.fields).toEqual({ a: 20.5 });
    expect(body.schema.units).toEqual({ a: "°C" });
  });

  it("takes mb behind a pressure for millibars, and else for megabytes", () => {
    const { units } = play("pressure_mb,disk_used_mb\n1013.2,512\n1012.8,530\n").body.schema;
    expect(units).toEqual({ pressure_mb: "mbar", disk_used_mb: "MB" });
  });

  it("takes off the apostrophe that keeps a number as text", () => {
    const { points } = column("gate", ["'54%", "'0.77", "'1,200", "5"]);
    expect(points.map(({ fields }) => fields.gate)).toEqual([54, 0.77, 1200, 5]);
  });

  it("takes letters and words behind money for magnitudes, and parentheses behind its sign for a minus", () => {
    const money = (cells: readonly string[]) => column("cost", cells).points.map(({ fields }) => fields.cost);
    expect(money(["£1.2m", "£350k", "£2.5m"])).toEqual([1_200_000, 350_000, 2_500_000]);
    expect(money(["$5 million", "$1.5 billion", "12"])).toEqual([5_000_000, 1_500_000_000, 12]);
    expect(money(["$(1,234.50)", "$ (5.00)", "$7"])).toEqual([-1234.5, -5, 7]);
    expect(column("depth", ["1.2m", "3m", "2.5m"]).points.map(({ fields }) => fields.depth)).toEqual([
      1.2, 3, 2.5,
    ]);
  });

  it("multiplies by letters of magnitude, and takes K alone for kelvin", () => {
    expect(play("k\ta\nx\t1.23M\ny\t456.7K\nz\t2.1B\n").points.map(({ fields }) => fields.a)).toEqual([
      1_230_000, 456_700, 2.1e9,
    ]);
    expect(play("k\ta\nx\t950\ny\t1.2K\nz\t870\n").points[1]!.fields).toEqual({ a: 1_200 });
    const kelvin = play("k\ta\nx\t280 K\ny\t281 K\nz\t282 K\n");
    expect(kelvin.points[0]!.fields).toEqual({ a: 280 });
    expect(kelvin.body.schema.units).toEqual({ a: "K" });
  });

  it("reads years with fractions as months", () => {
    const { points } = play(
      '"","time","v"\n"1",1949,112\n"2",1949.08333333333,118\n"3",1949.16666666667,132\n',
    );
    expect(points.map(iso)[1]).toBe("1949-02-01T00:00:00.000Z");
  });
});

describe("letters behind numbers", () => {
  const table = (mark: (i: number) => string) =>
    play(`day,temp\n${[1, 2, 3, 4, 5, 6, 7, 8].map((i) => `2024-03-0${i},4${i}${mark(i)}`).join("\n")}\n`);

  it("are no unit of a column where few have them, and cost no number", () => {
    const { body, points } = table((i) => (i === 3 ? "s" : ""));
    expect(body.schema.units).toEqual({});
    expect(points[2]!.fields.temp).toBe(43);
  });

  it("are its unit where most have them", () => {
    expect(table((i) => (i === 3 ? "" : " s")).body.schema.units).toEqual({ temp: "s" });
  });
});

describe("what is said of lines that are no records", () => {
  it("is said once", () => {
    const { body } = play(
      "Report of the lab;;\n\nday;temp;load\n2024-03-13;4;7\n2024-03-14;5;8\n2024-03-15;6;9\n",
    );
    expect(body.skipped.preamble).toBe(1);
    expect(body.warnings.filter((warning) => warning.includes("line(s)"))).toEqual([
      "1 line(s) above the table were left out.",
    ]);
  });
});
