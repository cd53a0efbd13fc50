import { describe, expect, it } from "vitest";
import { play } from "./support";

const lines = (...rows: string[]): string => `${rows.join("\n")}\n`;

describe("headers of delimited text", () => {
  it("takes numbers in a series for names where the corner before them is bare", () => {
    const { body } = play(
      lines(",0,1,2,3", "a,20.5,31,27,33", "b,22,30.5,29,31", "c,21,35,24.5,30", "d,19,33,26,34"),
    );
    expect(body.records_processed).toBe(4);
    expect(body.schema).toMatchObject({ value_fields: ["0", "1", "2", "3"], category_fields: ["col1"] });
  });

  it("takes years for names under a bare corner, trailing delimiters or not", () => {
    const { body } = play(
      lines(";1985;1993;2000;", "Food;22.2;44.5;59.6;", "Medical;3.5;5.8;9.7;", "Care;1.0;2.0;2.5;"),
    );
    expect(body.records_processed).toBe(3);
    expect(body.schema.value_fields).toEqual(["1985", "1993", "2000"]);
  });

  it("takes the axis of a grid for names beside a word above numbers", () => {
    const { body } = play(
      lines(
        "wavelength,60,80,100,120",
        "892,0.76,0.09,0.57,0.07",
        "471,0.92,0.11,0.25,0.87",
        "819,0.3,0.4,0.1,0.9",
      ),
    );
    expect(body.records_processed).toBe(3);
    expect(body.schema.value_fields).toEqual(["wavelength", "60", "80", "100", "120"]);
  });

  it("leaves a first row of readings as it is where they rise by chance", () => {
    const { body } = play(
      lines("oak,3,7,12", "elm,5,9,11", "ash,8,2,15", "fir,1,14,20", "yew,6,4,9", "box,2,5,30"),
    );
    expect(body.records_processed).toBe(6);
  });

  it("leaves rows that all rise in even steps as they are", () => {
    const { body } = play(lines("oak,1,2,3,4", "elm,2,4,6,8", "ash,5,6,7,8", "fir,3,6,9,12"));
    expect(body.records_processed).toBe(4);
  });

  it("finds the header of a table whose readings begin long after its first row", () => {
    const empty = Array.from({ length: 11 }, (_, i) => `2001-${String(i + 1).padStart(2, "0")}-01,,,,`);
    const { body } = play(
      lines(
        "month,hourly,salaried,young,old",
        ...empty,
        "2001-12-01,6.6,7.1,6.1,8.2",
        "2002-01-01,6.7,7,6,8",
      ),
    );
    expect(body.records_processed).toBe(13);
    expect(body.schema).toMatchObject({
      timestamp_field: "month",
      value_fields: ["hourly", "salaried", "young", "old"],
    });
  });

  it("takes a single name beside a bare corner for a header, and a title for none", () => {
    expect(play(lines(",height", "oak,3.5", "elm,4", "ash,2")).body).toMatchObject({
      records_processed: 3,
      schema: { value_fields: ["height"] },
    });
    expect(
      play(lines(",Heights of trees", "tree,height", "oak,3.5", "elm,4", "ash,2")).body.schema.value_fields,
    ).toEqual(["height"]);
  });

  it("puts groups before the names below them where a column has its name among the groups alone", () => {
    const { body } = play(
      lines(
        "AMONG MEN,,Adults,Age,,,Children,",
        ",,,18 - 34,35 - 64,65 and up,Has some,None",
        "How do you feel?,,,,,,,",
        ",Well,37%,29%,42%,37%,34%,30%",
        ",Badly,46%,47%,46%,47%,50%,30%",
        ",No answer,1%,0%,1%,1%,1%,2%",
      ),
    );
    expect(body.schema.value_fields).toEqual([
      "Adults",
      "Age 18 - 34",
      "Age 35 - 64",
      "Age 65 and up",
      "Children Has some",
      "Children None",
    ]);
  });

  it("joins the questions of a survey with the options below them, and leaves out no answer", () => {
    const { body } = play(
      lines(
        "Respondent ID,Have you seen it?,Rank the parts,,Region",
        ",Response,Part one,Part two,Response",
        "90431,Yes,1,2,North",
        "90430,No,2,1,South",
        "90427,Yes,1,2,North",
      ),
    );
    expect(body.records_processed).toBe(3);
    expect(body.schema.value_fields).toEqual(["Rank the parts Part one", "Rank the parts Part two"]);
    expect(body.schema.category_fields).toEqual(["Have you seen it? Response", "Region Response"]);
  });

  it("takes no line of several comments for names of columns that blanks part", () => {
    const rows = Array.from({ length: 80 }, (_, i) => {
      const year = 1970 + Math.floor(i / 12);
      const mean = (315 + ((i * 7) % 11) / 10).toFixed(2);
      return `${year}  ${String((i % 12) + 1).padStart(2)}    ${(1970 + (i + 0.5) / 12).toFixed(4)}      ${mean}      ${mean}     -1   -9.99   -0.99`;
    });
    const { body } = play(
      lines(
        "# --------------------------------------------------------------------",
        "# USE OF OUR FREE DATA",
        "#            decimal       monthly    de-season  #days  st.dev  unc. of",
        "#             date         average     alized          of days  mon mean",
        ...rows,
      ),
    );
    expect(body.records_processed).toBe(80);
    expect(body.schema.value_fields).toHaveLength(7);
  });

  it("parts columns at tabs rather than at the blanks in their cells", () => {
    const rows = Array.from(
      { length: 80 },
      (_, i) =>
        `NWSO\t00421500\t2021-03-0${1 + Math.floor(i / 24)} ${String(i % 24).padStart(2, "0")}:15\tPST\t${9000 + ((i * 37) % 101)}\tA`,
    );
    const { body } = play(
      lines(
        "# ---------------------------------- NOTICE ----------------------------------------",
        "# Some of the data that you have obtained from this office",
        "# may not have received approval.",
        "#",
        "office_cd\tgauge_no\tdatetime\tzone_cd\t42150_00060\t42150_00060_cd",
        "5s\t15s\t20d\t6s\t14n\t10s",
        ...rows,
      ),
    );
    expect(body.records_processed).toBe(80);
    expect(body.schema.value_fields).toContain("42150_00060");
  });
});

const two = (value: number) => String(value).padStart(2, "0");

describe("names below lines of other columns", () => {
  it("are those of the rows where an account, a device or a shorter table stands above", () => {
    const account = play(
      lines(
        "Account;00012345;",
        "Balance;1 234,56;EUR",
        "",
        "Date;Text;Out;In;",
        "13/03/2024;card;10,50;;",
        "14/03/2024;card;11,50;;",
        "15/03/2024;transfer;;900,00;",
        "16/03/2024;card;12,50;;",
        "17/03/2024;transfer;;910,00;",
        "18/03/2024;card;13,50;;",
      ),
    );
    expect(account.body.schema).toMatchObject({ timestamp_field: "Date", value_fields: ["Out", "In"] });
    expect(account.accounting).toMatchObject({ processed: 6, rejected: 0 });
    const meter = play(
      lines(
        "Meter,Kind,From,To,Unit,Minutes",
        "123456789,load,2024-03-01,2024-03-02,W,30",
        "At,Value",
        ...Array.from({ length: 8 }, (_, i) => `2024-03-01T0${i}:00:00Z,${100 + i}`),
      ),
    );
    expect(meter.body.schema).toMatchObject({ timestamp_field: "At", value_fields: ["Value"] });
    expect(meter.accounting).toMatchObject({ processed: 8, rejected: 0 });
  });

  it("are the uppermost of several rows of words, units aside", () => {
    const { body } = play(
      lines(
        '"FORM","LOGGER","LOGGER","12345","OS 32"',
        '"TIMESTAMP","RECORD","Battery_Avg","Air_Avg"',
        '"TS","RN","V","°C"',
        '"","","Avg","Avg"',
        ...Array.from({ length: 9 }, (_, i) => `"2024-03-01 00:0${i}:00",${i},12.${i},${i}.5`),
      ),
    );
    expect(body.schema).toMatchObject({ timestamp_field: "TIMESTAMP" });
    expect(body.schema.value_fields).toEqual(expect.arrayContaining(["Battery_Avg", "Air_Avg"]));
    expect(body.records_processed).toBe(9);
  });

  it("are none where only lines of more cells than the rows stand above them", () => {
    const { body } = play(
      lines(
        "* Cast 9 Data File: of lab",
        "*END*",
        ...Array.from({ length: 25 }, (_, i) => `   ${i}.500   7.${two(i)}31   33.${two(i)}1  0.0000e+00`),
      ),
    );
    expect(body.schema.value_fields).not.toContain("Cast");
    expect(body).toMatchObject({ records_processed: 25, records_rejected: 0 });
  });

  it("may be times of the day", () => {
    const { body } = play(
      lines(
        "meter,date,00:00,00:30,01:00",
        "a,2024-03-13,1.5,2,3",
        "a,2024-03-14,1,2.5,3",
        "a,2024-03-15,1,2,3.5",
      ),
    );
    expect(body.schema).toMatchObject({ timestamp_field: "date", value_fields: ["00:00", "00:30", "01:00"] });
  });
});
