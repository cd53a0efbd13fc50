import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors";
import { analysis, understand } from "../../src/extraction";
import { pathLabels } from "../../src/extraction/path-labels";
import { zipOf } from "./support-zip";

const readings = (values: readonly number[]) =>
  `time,temperature\n${values.map((value, day) => `2025-01-0${day + 1},${value}`).join("\n")}\n`;
const understood = async (bytes: Uint8Array, filename: string) =>
  analysis(await understand(bytes, { filename }));
const codeOf = (bytes: Uint8Array) =>
  understand(bytes).then(
    () => "understood",
    (error) => (error instanceof AppError ? error.failure.code : String(error)),
  );

describe("data that are packed", () => {
  it("are understood as if they were not, by gzip and in a ZIP of one file", async () => {
    const plain = await understood(new TextEncoder().encode(readings([1, 2, 3])), "a.csv");
    const packed = [
      await understood(gzipSync(readings([1, 2, 3])), "a.csv.gz"),
      await understood(zipOf([{ name: "a.csv", content: readings([1, 2, 3]) }]), "a.zip"),
    ];
    for (const one of packed) expect(one).toEqual(plain);
  });

  it("keep what the system of a Mac put beside them out of the way", async () => {
    const parts = [
      { name: "a.csv", content: readings([1, 2, 3]) },
      { name: "__MACOSX/._a.csv", content: "\0\0" },
    ];
    const { plan, warnings } = await understood(zipOf(parts), "a.zip");
    expect(plan.tables).toHaveLength(1);
    expect(warnings.join()).toMatch(/1 file\(s\) that a system put/);
  });
});

it("text that begins with the letters of a ZIP is text", async () => {
  const { records_found } = await understood(
    new TextEncoder().encode("PK,time,v\n1,2025-01-01,5\n2,2025-01-02,6\n"),
    "a.csv",
  );
  expect(records_found).toBe(2);
});

describe("labels of files", () => {
  it("are as much of their paths as tells them apart", () => {
    const labelled = (...paths: string[]) => [...pathLabels(paths)].sort().map(([, label]) => label);
    expect(labelled("a/x.csv", "b/x.csv", "b/y.csv")).toEqual(["a/x.csv", "b/x.csv", "y.csv"]);
    expect(labelled("2024/a/x.csv", "2025/a/x.csv", "2025/b/x.csv")).toEqual([
      "2024/a/x.csv",
      "2025/a/x.csv",
      "b/x.csv",
    ]);
    expect(labelled("a/x.csv", "x.csv")).toEqual(["a/x.csv", "x.csv"]);
    expect(labelled("a/b/x.csv", "b/x.csv", "x.csv")).toEqual(["a/b/x.csv", "b/x.csv", "x.csv"]);
    expect(labelled("only/one.csv")).toEqual(["one.csv"]);
    expect(labelled()).toEqual([]);
  });

  it("differ for a thousand deep paths of one name", () => {
    const paths = Array.from({ length: 1_000 }, (_, i) => `${i}${"/deep".repeat(150)}/x.csv`);
    expect(new Set(pathLabels(paths).values()).size).toBe(1_000);
  });
});

describe("an archive of several files", () => {
  it("of one name tells them apart by their folders", async () => {
    const archive = zipOf([
      { name: "data/north/day.csv", content: readings([1, 2, 3]) },
      { name: "data/south/day.csv", content: readings([4, 5]) },
    ]);
    const { plan, tables } = await understood(archive, "data.zip");
    expect(plan.tables.map(({ tags }) => tags)).toEqual([
      { file: "north/day.csv" },
      { file: "south/day.csv" },
    ]);
    expect(tables?.map(({ name }) => name)).toEqual(["north/day.csv", "south/day.csv"]);
  });

  it("is tables of one stream where the columns are the same, told apart by a tag", async () => {
    const archive = zipOf([
      { name: "site/north.csv", content: readings([1, 2, 3]) },
      { name: "site/south.csv", content: readings([4, 5]) },
    ]);
    const { plan, tables, records_found, schema } = await understood(archive, "site.zip");
    expect(records_found).toBe(5);
    expect(schema.category_fields).toEqual(["file"]);
    expect(plan.tables.map(({ place, tags }) => [place, tags])).toEqual([
      [{ file: "site/north.csv" }, { file: "north.csv" }],
      [{ file: "site/south.csv" }, { file: "south.csv" }],
    ]);
    expect(tables?.map(({ name }) => name)).toEqual(["north.csv", "south.csv"]);
  });

  it("is read again under its own plan, each file by the table that is about it", async () => {
    const archive = zipOf([
      { name: "a.csv", content: "date,v\n03/04/2021,1\n05/06/2021,2\n" },
      { name: "b.json", content: '[{"t":"2025-01-01","p":1},{"t":"2025-01-02","p":2}]' },
    ]);
    const first = await understand(archive);
    const plan = { version: 1 as const, tables: first.tables.map((one) => one.plan) };
    const again = await understand(archive, { plan });
    expect(again.tables.map((one) => one.plan)).toEqual(plan.tables);
    expect(again.warnings).toEqual([]);
  });

  it("tells what of it cannot be read, as long as something can", async () => {
    const parts = [
      { name: "good.csv", content: readings([1, 2, 3]) },
      { name: "photo.png", content: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10) },
      { name: "broken.json", content: '{"a": [1, 2' },
      { name: "header.csv", content: "day,value,site\n" },
      { name: "secret.csv", content: "1", declared: { flags: 1 } },
    ];
    const { records_found, warnings } = await understood(zipOf(parts), "mixed.zip");
    expect(records_found).toBe(3);
    for (const name of ["photo.png", "broken.json", "header.csv", "secret.csv"])
      expect(warnings.filter((warning) => warning.includes(name))).toHaveLength(1);
    expect(await codeOf(zipOf(parts.slice(1)))).toBe("unrecognised_format");
  });

  it("of a text document is no archive of data", async () => {
    const parts = ["[Content_Types].xml", "word/document.xml", "word/styles.xml"];
    const document = zipOf(parts.map((name) => ({ name, content: "<a>1,2\n3,4</a>" })));
    expect(await codeOf(document)).toBe("unrecognised_format");
  });
});
