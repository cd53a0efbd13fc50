import { describe, expect, it } from "vitest";
import { entitiesIn } from "../../src/extraction/formats/text/entities";
import { sentimentScore } from "../../src/extraction/formats/text/sentiment";
import { countedLines, linesIn, play } from "./support";

describe("tables that are drawn", () => {
  it("reads Markdown", () => {
    const { body, points } = play(
      "| City | Area (km²) |\n|:-----|----:|\n| Ulm | 118.7 |\n| Bonn | 1,141 |\n",
    );
    expect(body.schema).toMatchObject({
      category_fields: ["City"],
      value_fields: ["Area"],
      units: { Area: "km²" },
    });
    expect(points.map(({ fields }) => fields.Area)).toEqual([118.7, 1_141]);
  });

  it("reads what clients of databases print, with the count below it", () => {
    const played = play(
      " id | name  | score\n----+-------+-------\n  1 | alice |  3.5\n  2 | bob   |  4.25\n  3 | cid |  5\n(3 rows)\n",
    );
    expect(played.points.map(({ fields }) => fields.score)).toEqual([3.5, 4.25, 5]);
    expect(played.body.skipped).toMatchObject({ footnotes: 1, comments: 1 });
  });

  it("reads boxes", () => {
    const { points } = play(
      "┌────────────┬─────────┐\n│ day        │ temp    │\n├────────────┼─────────┤\n│ 2024-01-01 │ 20.5 °C │\n│ 2024-01-02 │ 21.5 °C │\n└────────────┴─────────┘\n",
    );
    expect(points.map(({ fields }) => fields.temp)).toEqual([20.5, 21.5]);
    expect(points[0]!.timestamp).toBe(Date.UTC(2024, 0, 1) * 1_000);
  });

  it("rejects a row of other width", () => {
    const rows = Array.from({ length: 12 }, (_, i) => `| ${i} | ${i * 2} |`).join("\n");
    const { accounting } = play(`| a | b |\n|---|---|\n${rows}\n| 1 | 2 | 3 |\n`);
    expect(accounting.rejectedRows).toEqual([{ row: 15, reason: "the line has 3 cells and not 2" }]);
  });
});

describe("metrics as they are exposed", () => {
  const text = [
    "# HELP http_requests_total Requests.",
    "# TYPE http_requests_total counter",
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    'http_requests_total{method="get",path="a \\"b\\" }"} 3 1395066363000',
    "",
    "process_start_time_seconds 1.458255915e9 1395066363000",
    "queue_length NaN 1395066363000",
  ].join("\n");

  it("gives a record for every sample, with its labels", () => {
    const played = play(text);
    expect(played.points[0]).toMatchObject({
      timestamp: 1_395_066_363_000_000,
      fields: { value: 1_027 },
      tags: {
        metric: "http_requests_total",
        method: "post",
        code: "200",
        labels: 'method="post",code="200"',
      },
    });
    expect(played.points[1]!.tags.path).toBe('a "b" }');
    expect(played.points[2]!.fields.value).toBe(1_458_255_915);
    expect(played.points[3]!.fields).toEqual({});
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("is not seen in words with numbers", () => {
    expect(play("apples 3\npears 4\nplums 5\n").body.schema.category_fields).not.toContain("metric");
  });
});

describe("columns of fixed width", () => {
  it("reads names of two words and empty cells", () => {
    const { points, body } = play(
      [
        "Name          Age  City         Salary",
        "------------- ---  -----------  ------",
        "John Smith     34  New York      50000",
        "Mary Ann Poe   28  Los Angeles   61000",
        "Bob            45                72000",
      ].join("\n"),
    );
    expect(points[0]).toMatchObject({ fields: { Age: 34, Salary: 50_000 }, tags: { City: "New York" } });
    expect(points[2]!.tags).toEqual({ Name: "Bob" });
    expect(body.skipped.comments).toBe(1);
  });
});

describe("keys and values", () => {
  it("reads blocks, a record each, with lines that go on", () => {
    const text =
      "Date: 2024-01-01\nSite: North\nTemperature: 21.5 °C\nNote: all\n  well\n\nDate: 2024-01-02\nSite: South\nTemperature: 22 °C\n\nDate: 2024-01-03\nTemperature: 23 °C\nOdd: 1\n";
    const played = play(text);
    expect(played.points.map(({ fields }) => fields.temperature)).toEqual([21.5, 22, 23]);
    expect(played.points[0]!.tags.note).toBe("all\nwell");
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("reads a list of names with values", () => {
    const { points } = play("Apples - 3.50\nPears ..... 4.20\nPlums: 1.2k\n");
    expect(points.map(({ tags, fields }) => [tags.name, fields.value])).toEqual([
      ["Apples", 3.5],
      ["Pears", 4.2],
      ["Plums", 1_200],
    ]);
  });

  it("reads units that are glued and units that stand apart", () => {
    const { points, body } = play(
      "2024-01-01: Temp 23.5°C, Load 65 %, Wait 5 min, Rate 3.2k\n2024-01-02: Temp 24 °C, Load 66%, Wait 6min, Rate 900\n",
    );
    expect(points[0]!.fields).toEqual({ temp: 23.5, load: 65, wait: 5, rate: 3_200 });
    expect(body.schema.units).toMatchObject({ temp: "°C", load: "%", wait: "min" });
  });
});

describe("text in sentences", () => {
  it("keeps the tags of posts beside their score", () => {
    const { points } = play(
      '@ann: "Love it #great #new"\n@bob: "Terrible, see https://x.org/a"\n@cat: "It came on Monday"\n',
    );
    expect(points.map(({ attributes }) => [attributes?.hashtags, attributes?.urls])).toEqual([
      ["#great, #new", undefined],
      [undefined, "https://x.org/a"],
      [undefined, undefined],
    ]);
  });

  it("scores opinions, a line each", () => {
    const { points, body } = play(
      "Great phone, I love the camera!\nTerrible battery. Not good at all for $300.\nIt arrived on March 3, 2024 and works badly.\n",
    );
    expect(points[0]!.fields.sentiment_score).toBe(1);
    expect(points[1]!.fields.sentiment_score).toBeLessThan(-0.5);
    expect(points[1]!.attributes!.money).toBe("$300");
    expect(points[2]!.attributes!.dates).toBe("March 3, 2024");
    expect(body.schema.value_fields).toEqual(["sentiment_score"]);
  });

  it("takes a report apart into paragraphs, without a score", () => {
    const text =
      "The plant was down for two hours on 3 May 2024.\nThat cost $4,000.\n\nOutput rose by 4 % in the week after.\nWrite to max@example.org.\n";
    const played = play(text);
    expect(played.body.detected_type).toBe("text_data");
    expect(played.points.map(({ attributes }) => attributes?.emails ?? null)).toEqual([
      null,
      "max@example.org",
    ]);
    expect(played.body.schema.value_fields).toEqual([]);
    expect(countedLines(played)).toBe(linesIn(text));
  });
});

describe("entities", () => {
  it("are found by how they are written", () => {
    expect(
      entitiesIn(
        "On 2024-05-01 and May 3, 2024 @ann_b paid $1.2 million (3.5%, or 20 EUR) #big, see https://x.org/a?b=1#c. and a.b@c.org",
      ),
    ).toEqual({
      dates: ["2024-05-01", "May 3, 2024"],
      money: ["$1.2 million", "20 EUR"],
      percentages: ["3.5%"],
      mentions: ["@ann_b"],
      hashtags: ["#big"],
      urls: ["https://x.org/a?b=1#c"],
      emails: ["a.b@c.org"],
    });
  });
});

describe("sentiment", () => {
  it.each([
    ["I love it", 1],
    ["I hate it", -1],
    ["The parcel came on Monday", 0],
    ["", 0],
  ])("of %j is %d", (text, score) => {
    expect(sentimentScore(text)).toBe(score);
  });

  it("turns with a negation, but not past the end of its clause", () => {
    expect(sentimentScore("It is not good")).toBeLessThan(0);
    expect(sentimentScore("It is not bad")).toBeGreaterThan(0);
    expect(sentimentScore("Not now, good friend")).toBeGreaterThan(0);
  });

  it("weighs a word by the adverb before it", () => {
    const both = (degree: string) => sentimentScore(`${degree} good but also bad`);
    expect(both("very")).toBeGreaterThan(both(""));
    expect(both("slightly")).toBeLessThan(both(""));
  });

  it("stays within its bounds and knows no inherited names", () => {
    for (const text of ["very ".repeat(9_999), "superb ".repeat(9_999), "constructor toString __proto__"]) {
      const score = sentimentScore(text);
      expect(Math.abs(score)).toBeLessThanOrEqual(1);
    }
    expect(sentimentScore("constructor toString valueOf")).toBe(0);
  });
});
