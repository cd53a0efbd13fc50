import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { AppError } from "../../src/core/errors";
import { analysis, understand } from "../../src/extraction";
import {
  analyzeAnswerSchema,
  extractionPlanSchema,
  processAnswerSchema,
} from "../../src/extraction/contract";
import { play } from "./support";

const CODES = ["unrecognised_format", "malformed_data", "no_valid_rows", "payload_too_large"];

/** What came of a body: its understanding, or the code of an expected failure. Anything else is thrown on. */
function outcome(data: string | Uint8Array): string {
  try {
    const { body, understanding } = play(data);
    processAnswerSchema.parse(body);
    extractionPlanSchema.parse(body.plan);
    analyzeAnswerSchema.parse(analysis(understanding));
    return "understood";
  } catch (error) {
    if (error instanceof AppError && CODES.includes(error.failure.code)) return error.failure.code;
    throw error;
  }
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("any bytes at all", () => {
  it.each([
    ["nothing", ""],
    ["blanks", " \n\t\n"],
    ["a lone quote", '"'],
    ["a lone bracket", "["],
    ["a lone brace", "{"],
    ["a header alone", "a,b,c\n"],
    ["delimiters alone", ",,,\n,,,\n"],
    ["deep lists", "[".repeat(100_000)],
    ["deep objects", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
    ["an empty list", "[]"],
    ["an empty object", "{}"],
    ["a line of a megabyte", "x".repeat(1_000_000)],
    [
      "names of a megabyte above rows",
      `time${",name of a measure".repeat(55_000)}\n2025-01-01,1\n2025-01-02,2\n`,
    ],
    ["a megabyte of digits", "1".repeat(1_000_000)],
    ["a megabyte of commas", ",".repeat(1_000_000)],
    ["a megabyte of quotes", '"'.repeat(1_000_000)],
    ["a megabyte of pairs", "a=1 ".repeat(250_000)],
    ["many columns", `${"1,".repeat(3_000)}\n`.repeat(20)],
    ["NULs in a table", "a,b\n1,\0\n2,3\n4,5\n"],
    ["lone surrogates", "a,\ud800\n1,2\n3,4\n"],
    ["long keys", `{"${"k".repeat(5_000)}": 1}`],
    ["an unclosed quote", `a,b\n1,"${"x\n".repeat(5_000)}`],
  ])("gives an understanding or a typed failure: %s", (_, data) => {
    expect(["understood", ...CODES]).toContain(outcome(data));
  });

  it("never throws anything else over random bytes", () => {
    const random = seeded(7);
    for (let round = 0; round < 400; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));
      expect(["understood", ...CODES]).toContain(outcome(bytes));
    }
  });

  it("never throws anything else over random pieces of real formats, and loses no row", () => {
    const random = seeded(11);
    const pieces = [
      "2021-01-01",
      "03/04/21",
      "12:30",
      "1,234.5",
      "NA",
      '"',
      "'",
      ",",
      ";",
      "\t",
      "\n",
      "\n",
      "{",
      "}",
      "[",
      "]",
      ":",
      "=",
      "#",
      "Total",
      "temp",
      "°C",
      "5",
      "-",
      "true",
      "null",
      '{"a":1}',
      "@u",
      "INFO",
      " ",
      "1e5",
      "\ufeff",
      "Jan",
      "%",
      "$",
    ];
    for (let round = 0; round < 1_500; round++) {
      const text = Array.from(
        { length: Math.floor(random() * 60) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join("");
      expect(["understood", ...CODES]).toContain(outcome(text));
    }
  });
});

describe("what is refused", () => {
  const refusal = async (data: string | Uint8Array): Promise<string> => {
    try {
      await understand(data);
    } catch (error) {
      if (error instanceof AppError) return `${error.failure.code}: ${error.failure.detail}`;
    }
    return "";
  };

  it.each([
    ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d]],
    ["Parquet", [0x50, 0x41, 0x52, 0x31, 0x15]],
    ["SQLite", [...utf8("SQLite format 3\0")]],
  ])("names %s", async (name, magic) => {
    expect(await refusal(Uint8Array.from(magic))).toMatch(new RegExp(`^unrecognised_format: .*${name}`));
  });

  it("names broken JSON as such", async () => {
    expect(await refusal('{"a": [1, 2')).toMatch(/^malformed_data: /);
    expect(await refusal(`[${"[".repeat(1_000)}`)).toMatch(/nested deeper/);
  });

  it("tells a table without rows from one with bad rows", async () => {
    expect(await refusal("day,value,site\n")).toMatch(/^no_valid_rows/);
  });
});

describe("a plan", () => {
  it("can be corrected and carried out on the same data", () => {
    const text = "date,v\n03/04/2021,1\n05/06/2021,2\n07/08/2021,3\n";
    const { plan } = play(text).body;
    const [table] = plan.tables;
    const timestamp = { ...table!.timestamp!, order: "mdy" as const, zone: "+01:00" };
    const corrected = { ...plan, tables: [{ ...table!, timestamp }] };
    const { points, understanding } = play(text, { plan: corrected });
    expect(new Date(points[0]!.timestamp! / 1_000).toISOString()).toBe("2021-03-03T23:00:00.000Z");
    expect(understanding.ambiguities).toEqual([]);
  });

  it("survives JSON and its own schema", () => {
    const { plan } = play("Date;Time;Wert (°C)\n01.02.2021;10:00;1,5\n02.02.2021;11:00;2,5\n").body;
    expect(extractionPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });
});
