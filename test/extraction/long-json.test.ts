import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors";
import { readJson } from "../../src/extraction/formats/json";
import { quoteBigIntegers } from "../../src/extraction/formats/json/big-integers";
import { longTree } from "../../src/extraction/formats/json/long-list";
import { findRecords } from "../../src/extraction/formats/json/records";
import { TableBuilder } from "../../src/extraction/formats/json/table-builder";
import { EXTRACTION_LIMITS } from "../../src/extraction/limits";

// A smaller head: what is long then is read in a fifth of the time.
(EXTRACTION_LIMITS as { headChars: number }).headChars = 400_000;

/** Twice the head, and a little. */
const CHARS = EXTRACTION_LIMITS.headChars * 2 + 300_000;

/** Items by their number, as many as make a long text. */
function listOf(textAt: (i: number) => string): string {
  const items: string[] = [];
  for (let chars = 0, i = 0; chars < CHARS; i++) {
    items.push(textAt(i));
    chars += items[i]!.length + 1;
  }
  return `[${items.join(",")}]`;
}

/** The table by the tree of all of a text. */
function byTree(text: string) {
  const list = findRecords(JSON.parse(quoteBigIntegers(text)));
  const builder = new TableBuilder(list);
  for (const record of list.records) builder.add(record);
  const table = builder.table();
  return { ...table, rows: [...table.rows] };
}

function read(text: string) {
  const [table] = readJson(text);
  return { ...table!, rows: [...table!.rows] };
}

const pairs = listOf((i) => `[${1_700_000_000 + i},${i / 8}]`);
const objects = listOf((i) => `{"time":${1_700_000_000 + i},"value":${i / 8}}`);
const long = (textAt: (i: number) => string | null) =>
  listOf((i) => textAt(i) ?? `{"time":${1_700_000_000 + i},"value":${i / 8}}`);

/** Texts that are read without a tree of all of them. */
const ALONE: [string, string][] = [
  ["objects", objects],
  ["objects in an answer", `{"meta":{"count":5,"of":[1,2]},"result":{"data":${objects}},"next":null}`],
  ["lists under names", `{"columns":["time","value"],"data":${pairs}}`],
  ["lists of one series", `{"name":"x","prices":${pairs}}`],
  ["lists behind their names", pairs.replace("[", '[["time","value"],')],
  ["an object and its list", `[{"page":1},${objects}]`],
  ["a key with escapes", `{"d\\u00e4ta \\"1\\"":${objects}}`],
  [
    "integers that no double holds",
    listOf((i) => `{"id":${9_007_199_254_740_993n + BigInt(i)},"value":${i}}`),
  ],
  ["brackets, commas and quotes in texts", listOf((i) => `{"time":${i},"text":"},{\\"[ ${i} \\\\"}`)],
  ["spaces and ends of lines", listOf((i) => `\n  { "time" : ${i} ,\r\n "value" : [ 1 , ${i} ] }\n`)],
  [
    "items that are no records",
    long((i) => (i % 1_000 === 999 ? ["null", "5", '"x"', "[]"][(i / 1_000) & 3]! : null)),
  ],
  [
    "keys that begin late",
    long((i) => (i > 18_000 ? `{"time":${i},"late":{"value":"x${i}"},"value":true}` : null)),
  ],
  ["the same key twice", long((i) => `{"time":${i},"value":1,"value":null,"a":{"b":1},"a.b":2}`)],
];

/** Texts that only the tree of all tells how to read. */
const TOGETHER: [string, string][] = [
  [
    "an index beside the rows",
    `{"columns":["a","b"],"index":${listOf(String)},"data":${listOf((i) => `[${i},1]`)}}`,
  ],
  ["two series", `{"prices":${pairs},"volumes":${pairs}}`],
  ["columns", `{"time":${listOf(String)},"value":${listOf(String)}}`],
  [
    "records in records",
    long((i) => `{"name":"n${i}","readings":[{"t":1,"v":2},{"t":2,"v":3},{"t":3,"v":4}]}`),
  ],
  [
    "records in later records",
    long((i) => (i > 20_000 ? `{"n":${i},"r":${JSON.stringify(Array(9).fill({ t: i }))}}` : null)),
  ],
  ["two lists of one name", `{"data":${objects},"data":[[1,2],[3,4]]}`],
  ["keys that are data", `{${listOf((i) => `"${i}":{"value":1}`).slice(1, -1)}}`],
];

const WRONG: [string, string][] = [
  ["a comma behind the last item", `${objects.slice(0, -1)},]`],
  [
    "two commas",
    `${objects.slice(0, objects.lastIndexOf(",{"))},${objects.slice(objects.lastIndexOf(",{"))}`,
  ],
  ["a comma behind the last number", `{"time":${listOf(String)},"value":${listOf(String).slice(0, -1)},]}`],
  [
    "a number that is none",
    `{"time":${listOf(String)},"value":${listOf((i) => (i === 9_999 ? "01" : String(i)))}}`,
  ],
  ["brackets that do not match", long((i) => (i === 25_000 ? '{"time":1]' : null))],
  ["a text that does not end", `${objects.slice(0, -10)}"`],
  ["more behind the end", `${objects}]`],
  ["no end", objects.slice(0, -1)],
];

describe("a long JSON text", () => {
  it.each(ALONE)("is read part by part as by its tree: %s", (_, text) => {
    expect(longTree(text)).not.toBeNull();
    expect(read(text)).toEqual(byTree(text));
  });

  it.each(TOGETHER)("is read by its tree where its parts do not tell: %s", (_, text) => {
    expect(read(text)).toEqual(byTree(text));
  });

  it.each(WRONG)("is malformed wherever that is: %s", (_, text) => {
    expect(() => readJson(text)).toThrow(AppError);
    expect(() => readJson(text)).toThrow(/begin like JSON and are not valid/);
  });
});
