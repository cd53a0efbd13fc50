import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/core/errors";
import { formatOf } from "../../../src/streams/query/accept";
import { csvHeader, csvRecords, ndjsonLines } from "../../../src/streams/query/lines-of-text";
import { parseQuery } from "../../../src/streams/query/parse";
import { T0 } from "./support";

const pointers = (given: Record<string, string>): string[] => {
  try {
    parseQuery(given);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.failure.code).toBe("invalid_request");
    return error.failure.errors!.map(({ pointer }) => pointer);
  }
};

describe("a query string", () => {
  it("is read whole", () => {
    expect(
      parseQuery({
        start: "2024-01-01",
        end: "2024-01-31",
        field: "a, b",
        "tag.host": "x",
        every: "1d",
        agg: "p95",
        group_by: "rack,host",
        tz: "Europe/Berlin",
        fill: "linear",
        max_gap: "3d",
        limit: "10",
        cursor: "abc",
      }),
    ).toEqual({
      startMicros: T0,
      endMicros: T0 + 31 * 86_400_000_000,
      fields: ["a", "b"],
      tags: { host: "x" },
      every: { unit: "days", count: 1 },
      agg: "p95",
      groupBy: ["rack", "host"],
      zone: "Europe/Berlin",
      fill: "linear",
      maxGapMicros: 3 * 86_400_000_000,
      maxPoints: null,
      limit: 10,
      cursor: "abc",
      columns: false,
    });
    expect(parseQuery({})).toMatchObject({ limit: 1_000, fields: null, every: null, fill: "none", tags: {} });
  });

  it.each([
    [{ every: "5x" }, ["#/query/every"]],
    [{ start: "soon", agg: "avg", limit: "0" }, ["#/query/start", "#/query/agg", "#/query/limit"]],
    [{ limit: "5001" }, ["#/query/limit"]],
    [{ limit: "1.5" }, ["#/query/limit"]],
    [{ every: "1d", tz: "Europe/Nowhere" }, ["#/query/tz"]],
    [{ every: "36h", tz: "Europe/Berlin" }, ["#/query/every"]],
    [{ fill: "null" }, ["#/query/fill"]],
    [{ every: "1h", max_gap: "1h" }, ["#/query/max_gap"]],
    [{ group_by: "host" }, ["#/query/group_by"]],
    [{ max_points: "2" }, ["#/query/max_points"]],
    [{ max_points: "100", cursor: "a" }, ["#/query/max_points"]],
    [{ field: "a,,b" }, ["#/query/field"]],
    [{ nonsense: "1" }, ["#/query/nonsense"]],
    [{ "tag.": "1" }, ["#/query/tag."]],
    [{ every: "1h", fill: "zero" }, ["#/query/fill"]],
  ])("%j is refused by its pointers", (given, wanted) => {
    expect(pointers(given as unknown as Record<string, string>)).toEqual(wanted);
  });
});

describe("an Accept header", () => {
  it.each([
    [null, "application/json"],
    ["*/*", "application/json"],
    ["text/csv", "text/csv"],
    ["text/csv;q=0.9, application/json;q=0.5", "text/csv"],
    ["text/csv;q=0.1, application/json", "application/json"],
    ["application/x-ndjson", "application/x-ndjson"],
    ["Application/NDJSON; charset=utf-8", "application/x-ndjson"],
    ["text/csv, */*", "text/csv"],
    ["text/*", "text/csv"],
    ["text/csv;q=0, */*", "application/json"],
    ["application/json, text/plain, */*", "application/json"],
    ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json"],
    ["image/png", "application/json"],
    ["text/csv;q=much", "application/json"],
    [",,;", "application/json"],
  ])("%j is answered in %s", (accept, format) => {
    expect(formatOf(accept)).toBe(format);
  });
});

it("writes CSV by RFC 4180, text as it is", () => {
  const columns = { tags: ["city", "note"], fields: ["a,b", "c"] };
  const rows = [
    { timeMicros: T0, tags: { city: 'Köln "am" Rhein', note: "=1+1" }, fields: { "a,b": -1.5, c: null } },
    { timeMicros: T0 + 1, tags: { note: "two\nlines" }, fields: { c: 1e-7 } },
  ];
  expect(csvHeader(columns) + csvRecords(rows, columns)).toBe(
    [
      'timestamp,city,note,"a,b",c',
      '2024-01-01T00:00:00.000Z,"Köln ""am"" Rhein",=1+1,-1.5,',
      '2024-01-01T00:00:00.000001Z,,"two\nlines",,1e-7',
      "",
    ].join("\r\n"),
  );
  expect(ndjsonLines(rows).split("\n")).toHaveLength(3);
});
