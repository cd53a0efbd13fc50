import { beforeAll, describe, expect, it } from "vitest";
import { newTenant, type TestTenant } from "../support/client";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000 } });
});

/** The way to send two rows, of which the second has the name in a part of its own. */
const BODIES: [string, string, string, RegExp][] = [
  ["a flat field of JSON", "application/json", '[{"v":1},{"__proto__":5,"v":2}]', /field/],
  ["a flat tag of JSON", "application/json", '[{"v":1},{"__proto__":"north","v":2}]', /tag/],
  [
    "a field of JSON",
    "application/json",
    '{"points":[{"fields":{"v":1}},{"fields":{"v":2,"__proto__":3}}]}',
    /field/,
  ],
  [
    "a tag of JSON",
    "application/json",
    '[{"fields":{"v":1},"tags":{}},{"fields":{"v":2},"tags":{"__proto__":"x"}}]',
    /tag/,
  ],
  [
    "an attribute of JSON",
    "application/json",
    '[{"fields":{"v":1}},{"fields":{"v":2},"attributes":{"__proto__":"x"}}]',
    /attribute/,
  ],
  ["a field of NDJSON", "application/x-ndjson", '{"v":1}\n{"__proto__":5,"v":2}\n', /field/],
  ["a tag of NDJSON", "application/x-ndjson", '{"v":1}\n{"__proto__":"north","v":2}\n', /tag/],
  ["a field of CSV", "text/csv", "v,__proto__\n1,\n2,5\n", /field/],
  ["a tag of CSV", "text/csv", "v,__proto__\n1,\n2,north\n", /tag/],
  ["an attribute of CSV", "text/csv", `v,__proto__\n1,\n2,${"long ".repeat(30)}\n`, /attribute/],
];

describe("a row with the name __proto__", () => {
  it.each(BODIES)("is rejected with a reason as %s", async (what, type, body, kind) => {
    const answer = await tenant.call("POST", `/api/stream/${what.replaceAll(" ", "-")}/points`, body, {
      "content-type": type,
    });
    const told = (await answer.json()) as { accepted: number; rejected: number; errors: object[] };
    expect(told).toMatchObject({
      accepted: 1,
      rejected: 1,
      errors: [{ row: 2, reason: expect.stringMatching(kind) }],
    });
    expect(JSON.stringify(told.errors)).toContain("__proto__");
  });

  it("is rejected after a hundred rows that are written alike but for it", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `{"time":${1_767_225_600_000 + i},"proto":${i}}\n`);
    const answer = await tenant.call(
      "POST",
      "/api/stream/alike/points",
      `${rows.join("")}{"time":1767225700000,"__proto__":1}\n${rows[0]}`,
      { "content-type": "application/x-ndjson" },
    );
    expect(await answer.json()).toMatchObject({ accepted: 101, rejected: 1, errors: [{ row: 101 }] });
  });
});

describe("other names of what all objects have", () => {
  it("are kept", async () => {
    const names = ["constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];
    const fields = Object.fromEntries(names.map((name, i) => [name, i]));
    const written = await tenant.call("POST", "/api/stream/members/points", [
      { timestamp: "2025-01-01T00:00:00Z", fields },
    ]);
    expect(await written.json()).toMatchObject({ accepted: 1, rejected: 0 });
    const read = await tenant.call("GET", "/api/stream/members/data");
    const { points } = (await read.json()) as { points: { fields: object }[] };
    expect(points[0]!.fields).toEqual(fields);
  });
});
