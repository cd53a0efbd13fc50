import { describe, expect, it } from "vitest";
import { detectFormat } from "../../src/extraction/detect/format";
import { countedLines, iso, linesIn, play } from "./support";

const OPINIONS = [
  "I love this phone, great battery.",
  "Terrible screen, broke after 2 days.",
  "It is okay, I guess.",
  "Worst purchase ever, do not buy!",
  "Absolutely fantastic, would recommend to everyone.",
];
const IIS = [
  "#Software: Microsoft Internet Information Services 10.0",
  "#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken",
  ...Array.from({ length: 12 }, (_, i) => `2023-10-11 22:14:${10 + i} 10.0.0.1 GET /x 200 ${i * 5}`),
];
const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

describe("commas and blanks of a text", () => {
  it("are of sentences where all lines are sentences: their feeling is weighed", () => {
    const played = play(textOf([...OPINIONS, ...OPINIONS]));
    expect(played.understanding.format).toBe("text");
    expect(played.body.schema.value_fields).toEqual(["sentiment_score"]);
    const scores = played.points.map(({ fields }) => Math.sign(fields.sentiment_score!));
    expect(scores.slice(0, 2)).toEqual([1, -1]);
    expect(countedLines(played)).toBe(10);
  });

  it.each([
    ["names with titles", ["Smith, John, Jr.", "Doe, Jane, Dr.", "Roe, Rick, Dr.", "Poe, Ann, Jr."]],
    [
      "readings before a remark",
      ["12.5, It rained.", "13.5, It was dry.", "11, Fog came up.", "9.5, No wind."],
    ],
    ["remarks without blanks", ["a,It rained.", "b,It was dry.", "c,Fog came up.", "d,No wind blew."]],
  ])("are of a table where they part %s", (_, lines) => {
    expect(detectFormat(textOf(lines))).toBe("csv");
  });

  it("are of the log that a directive names the fields of", () => {
    const text = textOf(IIS);
    const played = play(text);
    expect(played.understanding.format).toBe("text");
    expect(played.body.schema).toMatchObject({
      timestamp_fields: ["date", "time"],
      value_fields: ["time-taken"],
      category_fields: ["c-ip", "cs-method", "cs-uri-stem", "sc-status"],
    });
    expect(countedLines(played)).toBe(linesIn(text));
  });
});

describe("control marks between fields", () => {
  it.each(["\u0001", "\u001f"])("part the columns of a table: %j", (mark) => {
    const lines = Array.from({ length: 9 }, (_, i) =>
      [`2024-01-0${i + 1}`, i * 1.5, i % 2 ? "a" : "b"].join(mark),
    );
    const { body } = play(textOf([["day", "v", "kind"].join(mark), ...lines]));
    expect(body.schema).toMatchObject({
      timestamp_field: "day",
      value_fields: ["v"],
      category_fields: ["kind"],
    });
  });
});

describe("posts behind a time", () => {
  it.each([
    ["a date", (i: number) => `2024-01-0${i + 1}`, "2024-01-01T00:00:00.000Z"],
    ["an instant in brackets", (i: number) => `[2024-01-01 10:0${i}:00]`, "2024-01-01T10:00:00.000Z"],
    ["an instant with a zone", (i: number) => `2024-01-01T10:0${i}:00+01:00`, "2024-01-01T09:00:00.000Z"],
  ])("are posts: %s", (_, time, first) => {
    const lines = ["love it", "hate this", "fine", "love it"].map(
      (text, i) => `${time(i)} @user${i}: ${text} #tag`,
    );
    const { body, points } = play(textOf(lines));
    expect(body).toMatchObject({
      detected_type: "social_media",
      schema: { timestamp_field: "timestamp", value_fields: ["sentiment_score"], category_fields: ["user"] },
    });
    expect(points.map(({ fields }) => Math.sign(fields.sentiment_score!))).toEqual([1, -1, 1, 1]);
    expect(iso(points[0]!)).toBe(first);
  });

  it("are lines of a log where the names have no mark", () => {
    const lines = Array.from(
      { length: 9 },
      (_, i) => `2024-01-01 10:00:0${i} ${["Kernel", "Netd"][i % 2]}: Link ${i} went down badly.`,
    );
    expect(play(textOf(lines)).body.detected_type).toBe("log_data");
  });
});
