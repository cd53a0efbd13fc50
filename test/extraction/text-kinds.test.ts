import { describe, expect, it } from "vitest";
import { decideText, openText } from "../../src/extraction/formats/text";
import { entitiesIn } from "../../src/extraction/formats/text/entities";
import { sentimentScore } from "../../src/extraction/formats/text/sentiment";
import { countedLines, iso, linesIn, play } from "./support";

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

describe("what commands print", () => {
  const read = (...lines: string[]) => {
    const { points, body, accounting } = play(`${lines.join("\n")}\n`);
    expect(accounting.rejectedRows).toEqual([]);
    return { points, skipped: body.skipped, ...body.schema };
  };

  it("has names of two words at its end, and cells that end where their names do", () => {
    const { points, value_fields } = read(
      "Filesystem     1K-blocks     Used Available Use% Mounted on",
      "/dev/disk1     102687672 47123456  50304980  49% /",
      "tmpfs            8123456        0   8123456   0% /dev/shm",
      "/dev/disk2    1921802432  3456789 987654321  70% /srv/data",
    );
    expect(points).toHaveLength(3);
    expect(value_fields).toEqual(["1K-blocks", "Used", "Available", "Use%"]);
    expect(points[1]!.tags).toEqual({ Filesystem: "tmpfs", "Mounted on": "/dev/shm" });
  });

  it("has a title above its names, and a time of two words under a name", () => {
    const { points, skipped, timestamp_field } = read(
      "-----memory---- --cpu- ----timestamp----",
      "  free    cache us  sy                 UTC",
      " 81234    40321  4   1 2024-03-05 22:14:07",
      "  1234   140321 14  11 2024-03-05 22:15:07",
      "   934   140399  9   1 2024-03-05 22:16:07",
    );
    expect(points.map(iso)).toEqual([
      "2024-03-05T22:14:07.000Z",
      "2024-03-05T22:15:07.000Z",
      "2024-03-05T22:16:07.000Z",
    ]);
    expect(points[1]!.fields).toEqual({ free: 1_234, cache: 140_321, us: 14, sy: 11 });
    expect(skipped.preamble).toBe(1);
    expect(timestamp_field).toBe("UTC");
  });

  it("has labels without a name", () => {
    const { points } = read(
      "               total        used        free   available",
      "Mem:        16281204     8318572     1264128     7294160",
      "Swap:        2097148           0     2097148",
    );
    expect(points).toHaveLength(2);
    expect(points[0]!.fields).toEqual({ total: 16281204, used: 8318572, free: 1264128, available: 7294160 });
  });

  it("has words that wide cells push aside, and a last column that goes on", () => {
    const { points, skipped } = read(
      "load average: 0.15, 0.22",
      "",
      "  PID USER   RES  %MEM COMMAND",
      "    7 ann   1204   0.1 worker --port 80",
      "12345 verylongname 99120   12.5 db",
      "  871 bob    904   0.2 worker: idle",
    );
    expect(points.map(({ tags }) => tags.COMMAND)).toEqual(["worker --port 80", "db", "worker: idle"]);
    expect(points[1]!.fields).toEqual({ RES: 99_120, "%MEM": 12.5 });
    expect(skipped.preamble).toBe(1);
  });

  it("has columns of words alone where wide gaps part them", () => {
    const { points } = read(
      "ID     IMAGE        CREATED       STATUS",
      "9a5f   web:1.25     2 weeks ago   Up 2 days",
      "17bc   shop:16      3 days ago    Up 3 days",
    );
    expect(points.map(({ tags }) => tags.STATUS)).toEqual(["Up 2 days", "Up 3 days"]);
  });

  it("is not seen in sentences that have blanks at the same places", () => {
    expect(
      play("It was late\nWe ate fish\nHe saw them\nIn May 12 11\n").body.schema.category_fields,
    ).not.toContain("It");
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

  it.each([
    ["a list under a title", "readings:\n", "  - time: ", "    "],
    ["documents that rules part", "", "---\ntime: ", ""],
  ])("reads %s", (_, title, first, indent) => {
    const records = [1, 2, 3].map(
      (day) =>
        `${first}2024-03-0${day}\n${indent}place: ${day % 2 ? "elm" : "oak"}\n${indent}temp: ${day}.5\n`,
    );
    const played = play(`${title}${records.join("")}`);
    expect(played.points.map(iso)).toEqual([1, 2, 3].map((day) => `2024-03-0${day}T00:00:00.000Z`));
    expect(played.body.schema).toMatchObject({ value_fields: ["temp"], category_fields: ["place"] });
    expect(countedLines(played)).toBe(linesIn(`${title}${records.join("")}`));
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

describe("elements of XML", () => {
  it.each([
    ["their attributes", (day: number) => `  <r time="2024-03-0${day}" place='e &amp; w' temp="${day}.5"/>`],
    [
      "the elements in them",
      (day: number) =>
        `<m:r>\n <time>2024-03-0${day}</time><place>e &amp; w</place>\n <temp unit="C">${day}.5</temp>\n</m:r>`,
    ],
  ])("are records by %s", (_, written) => {
    const text = `<?xml version="1.0"?>\n<all>\n${[1, 2, 3].map(written).join("\n")}\n</all>\n`;
    const played = play(text);
    expect(played.points.map(iso)).toEqual([1, 2, 3].map((day) => `2024-03-0${day}T00:00:00.000Z`));
    expect(played.points[1]).toMatchObject({ fields: { temp: 2.5 }, tags: { place: "e & w" } });
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("take all that stands in them, and what elements around them say of some records only", () => {
    const reading = (hour: number) =>
      `<reading><period><start>2024-03-01T0${hour}:00:00Z</start></period><power unit="W">${hour}5</power></reading>`;
    const site = (name: string, hours: number[]) =>
      `<site name="${name}" country="AT">\n${hours.map(reading).join("\n")}\n</site>`;
    const text = `<log made="2024-04-01">\n${site("a", [1, 2])}\n${site("b", [3, 4])}\n</log>\n`;
    const played = play(text);
    expect(played.points.map(iso)).toEqual([1, 2, 3, 4].map((hour) => `2024-03-01T0${hour}:00:00.000Z`));
    expect(played.points[2]).toMatchObject({
      fields: { power: 35 },
      tags: { "power.unit": "W", "site.name": "b" },
    });
    expect(played.body.schema.category_fields).not.toContain("site.country");
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("are the outer of two that come as often, with declarations and tags over several lines", () => {
    const point = (second: number) =>
      `<point\n  lat="52.${second}">\n<at>\n2024-03-01T00:00:0${second}Z\n</at><heart><rate>9${second}</rate><max>180</max></heart>\n</point>`;
    const text = `<?xml version="1.0"?>\n<!DOCTYPE run [\n<!ELEMENT run\n (point)*>\n<!ATTLIST point lat CDATA #REQUIRED>\n]>\n<!-- <point>\nnone -->\n<run>\n${[1, 2, 3].map(point).join("\n")}\n</run>`;
    const played = play(text);
    expect(played.points.map(iso)).toEqual([1, 2, 3].map((at) => `2024-03-01T00:00:0${at}.000Z`));
    expect(played.points[1]!.fields).toMatchObject({ lat: 52.2, "heart.rate": 92 });
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("may lack the end tags of texts, and have a head of names and values above them, as in OFX", () => {
    const booking = (day: number) =>
      `<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>2024030${day}120000\n<TRNAMT>-${day}.50\n</STMTTRN>`;
    const text = `OFXHEADER:100\nDATA:OFXSGML\n\n<OFX>\n<STATUS>\n<CODE>0\n</STATUS>\n${[1, 2, 3].map(booking).join("\n")}\n</OFX>\n`;
    const played = play(text);
    expect(played.points.map(iso)).toEqual([1, 2, 3].map((day) => `2024-03-0${day}T12:00:00.000Z`));
    expect(played.points[2]).toMatchObject({ fields: { TRNAMT: -3.5 }, tags: { TRNTYPE: "DEBIT" } });
  });

  it("are read from a document without lines, wherever it is cut", () => {
    const one = (i: number) =>
      `<r><at>2024-03-01T00:${String(i % 60).padStart(2, "0")}:00Z</at><v>${i}</v></r>`;
    const text = `<all>${Array.from({ length: 400 }, (_, i) => one(i)).join("")}</all>`;
    const layout = decideText(text)!;
    const cut = (size: number) => {
      const reader = openText(layout);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        reader.push(text.slice(i * size, (i + 1) * size)),
      );
      return [...pieces.flat(), ...reader.end()];
    };
    expect(play(text).points.map(({ fields }) => fields.v)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(cut(7)).toEqual(cut(text.length));
  });

  it("are no records where lines are not XML, or no element has fields", () => {
    expect(play("<b>one</b>\n<b>two</b>\n").body.schema.category_fields).not.toContain("b");
    expect(play("<ann> hi 1 < 2\n<bob> so what\n").accounting.processed).toBe(2);
  });
});

describe("a dialogue", () => {
  const speeches = [
    "Where did you put it?",
    "It is where it was.",
    "No.",
    "Then look again: below the stairs!",
  ];
  const spoken = (names: readonly string[], turn: (i: number) => number) =>
    Array.from({ length: 18 }, (_, i) => `${names[turn(i) % names.length]}: ${speeches[i % 4]}`).join("\n");

  it("has a row for each speech", () => {
    const text = spoken(["ANN", "The Old Man", "Bob"], (i) => i * i + (i >> 2));
    const { points, body, understanding } = play(text);
    expect(points).toHaveLength(18);
    expect(understanding.table.columns.slice(0, 2)).toEqual(["user", "text"]);
    expect(body.schema.category_fields).toEqual(["user"]);
  });

  it("is not sure where two speak in turn, as questions and answers do", () => {
    const sure = play(spoken(["Ann", "Bob"], (i) => i * i + (i >> 2))).body.confidence;
    expect(play(spoken(["Ann", "Bob"], (i) => i)).body.confidence).toBeLessThan(sure);
  });

  it("is none where keys come in order, or what they say is no sentence", () => {
    const { table } = play(spoken(["Title", "Plot", "Verdict"], (i) => i)).understanding;
    expect(table.columns).toEqual(expect.arrayContaining(["title", "plot", "verdict"]));
    const records = [1, 2, 3, 4, 5].map((i) => `Name: n${i}\nAbout: It is of ${i}.\nSize: ${i}`).join("\n");
    expect(play(records).points.map(({ fields }) => fields.size)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("entries that a line opens", () => {
  const entry = (n: number) =>
    [
      `change ${n}a7`,
      ...(n === 2 ? ["Joins: 0a7 1a7"] : []),
      `By: ${n % 2 ? "Ann" : "Bob"} <x@mill.example>`,
      `When:  Wed Mar ${n + 1} 10:00:00 2031 +0200`,
      "",
      `    Say why ${n} failed`,
      "",
      "    Reason: it was late.",
      "",
    ].join("\n");

  it("have what stands below the line, not above it", () => {
    const text = [1, 2, 3].map(entry).join("\n");
    const played = play(text);
    const { columns, rows } = played.understanding.table;
    const cells = [...rows].map((row) => Object.fromEntries(columns.map((name, i) => [name, row.cells[i]])));
    expect(cells.map(({ change, by }) => [change, by])).toEqual([
      ["1a7", "Ann <x@mill.example>"],
      ["2a7", "Bob <x@mill.example>"],
      ["3a7", "Ann <x@mill.example>"],
    ]);
    expect(cells[1]).toMatchObject({ joins: "0a7 1a7", text: "Say why 2 failed\nReason: it was late." });
    expect(played.points.map(iso)).toEqual([2, 3, 4].map((day) => `2031-03-0${day}T08:00:00.000Z`));
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("are none where other lines stand between", () => {
    const text = [1, 2, 3].map((n) => `${entry(n)}\nwhat else was said`).join("\n");
    expect(play(text).understanding.table.columns).not.toContain("change");
  });
});

describe("bookings of Quicken (QIF)", () => {
  it("are a row each, with apostrophes before years, splits and headers", () => {
    const text =
      "!Type:Bank\nD2/13'24\nT-1,250.00\nPRent\nLHome\nSA\n$-1,000.00\n^\nD2/ 5/24\nT90.5\nPAnn\nLGift\n^\nD2/28'24\nT-3.00\nPBank\nLFees\n^\n";
    const played = play(text);
    expect(played.points.map(iso)).toEqual([
      "2024-02-13T00:00:00.000Z",
      "2024-02-05T00:00:00.000Z",
      "2024-02-28T00:00:00.000Z",
    ]);
    expect(played.points[0]).toMatchObject({ fields: { amount: -1_250 }, tags: { category: "Home" } });
    expect(countedLines(played)).toBe(linesIn(text));
  });
});
