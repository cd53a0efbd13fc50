import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { JsonLines, readNdjson } from "../../src/extraction/formats/json/lines";
import type { ReadRow } from "../../src/extraction/formats/source-table";
import { LateColumns } from "../../src/extraction/late-columns";
import { NovelLines } from "../../src/extraction/novel-lines";
import { seededRandom } from "../support/series";
import { pick } from "./scanned-support";

const KNOWN = 3;

/** The rows that tell of late columns, and the head with those. */
function told(late: LateColumns, read: Iterable<ReadRow>, columns: () => readonly string[]) {
  const rows = [...read].filter((row) => !("reason" in row) && late.tells(row));
  const head = readNdjson('{"time":1,"a":1,"b":{"c":2}}')[0]!;
  const { hints, columns: names } = late.addTo(head, columns());
  return { rows, hints, names };
}

function* inPieces(lines: NovelLines, text: string, random: () => number): Generator<ReadRow> {
  const bytes = utf8(text);
  for (let at = 0; at < bytes.length; ) {
    const to = Math.min(bytes.length, at + 1 + Math.floor(random() * 700));
    yield* lines.push(bytes.slice(at, to));
    at = to;
  }
  yield* lines.end();
}

/** Lines of a few keys, and some that bring others: always, mostly without a value, seldom. */
function textOf(random: () => number): string {
  const lines = Array.from({ length: 300 }, (_, i) => {
    if (random() < 0.02) return pick(random, ["", "no JSON", "[1,2]", '{"time":1,"a":01,"b":{"c":2}}', "{}"]);
    const late =
      i < 50
        ? ""
        : pick(random, [
            "",
            "",
            ',"late":1.5',
            ',"late":null',
            ',"text":"words"',
            ',"seldom":null',
            random() < 0.1 ? ',"seldom":{"deep":7}' : "",
            random() < 0.01 ? `,"k${i}":1` : "",
          ]);
    return `{"time":${i},"a":${pick(random, ["1", '"x"', "null"])},"b":{"c":${i}}${late}}`;
  });
  return lines.join("\n");
}

describe("lines of JSON that may bring columns", () => {
  it("tell the same as all lines, wherever they are cut", () => {
    const random = seededRandom(17);
    for (let round = 0; round < 60; round++) {
      const text = textOf(random);
      const all = new JsonLines();
      const whole = told(new LateColumns(KNOWN), [...all.push(text), ...all.end()], () => all.columns);
      const late = new LateColumns(KNOWN);
      const novel = new NovelLines((column) => late.isSettled(column));
      expect(told(late, inPieces(novel, text, random), () => novel.columns)).toEqual(whole);
      expect(whole.names.length).toBeGreaterThan(KNOWN);
    }
  });

  it("are few where lines are written alike", () => {
    const text = Array.from({ length: 500 }, (_, i) => `{"time":${i},"a":${i / 4},"b":"é ${i}"}\r\n`).join(
      "",
    );
    const novel = new NovelLines((column) => column < KNOWN);
    expect([...novel.push(utf8(text)), ...novel.end()].map(({ row }) => row)).toEqual([1]);
  });
});
