import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { decodeUtf8, parseJson } from "../../src/platform/http/body";
import { batchesOfRows } from "../../src/streams/batch";
import { jsonRows } from "../../src/streams/protocols/json";
import { ndjsonRows } from "../../src/streams/protocols/ndjson";
import { textOf } from "../../src/streams/protocols/text-chunks";
import { batchesOfJson, batchesOfNdjson, ScanMemories } from "../../src/streams/scan";
import { outcomeOf } from "../support/batches";

/** As of one stream that is sent all bodies of this file one after the other. */
const memories = new ScanMemories();

async function expectSame(bytes: Uint8Array) {
  const wanted = await outcomeOf(() => batchesOfRows(lazily(bytes)));
  const ways = [undefined, memories.of("lines and lists"), memories.of("lines and lists")];
  for (const [i, memory] of ways.entries()) {
    const found = await outcomeOf(() => batchesOfJson(bytes, memory));
    expect(found, `${i} ${new TextDecoder().decode(bytes.subarray(0, 2_000))}`).toEqual(wanted);
  }
  return wanted;
}

async function expectSameLines(body: () => AsyncIterable<Uint8Array>, told: string) {
  const wanted = await outcomeOf(() => batchesOfRows(ndjsonRows(textOf(body()))));
  for (const memory of [undefined, memories.of("lines and lists"), memories.of("lines and lists")])
    expect(await outcomeOf(() => batchesOfNdjson(body(), memory)), told).toEqual(wanted);
}

function* lazily(bytes: Uint8Array) {
  yield* jsonRows(parseJson(decodeUtf8(bytes)));
}

/** Park and Miller's generator: the same rows in every run. */
function randomOf(start: number) {
  let seed = start;
  const below = (end: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % end;
  };
  return { below, of: <T>(list: readonly T[]): T => list[below(list.length)]! };
}
type Random = ReturnType<typeof randomOf>;

const NUMBERS = [
  "0",
  "-0",
  "1",
  "-7.25",
  "23.51",
  "1e3",
  "1E-7",
  "0.1",
  "123456789012345",
  "123456789012345678",
  "9007199254740993",
].concat([
  "0.30000000000000004",
  "1.7976931348623157e308",
  "5e-324",
  "1e999",
  "-2.5e+22",
  "4.35",
  "1234.5678901234567",
]);
/** What JSON does not take as a number. */
const NO_NUMBERS = ["+1", "01", "-", "1.", ".5", "1e", "-01.5", "0x1", "1_0"];
const TIMES = [
  "1767225600000",
  "1767225600",
  "1767225600123456",
  "1767225600.25",
  "-1",
  "0",
  "1e30",
  "null",
  '""',
  '"x"',
  "true",
]
  .concat([
    '"2026-01-01T00:00:00Z"',
    '"2026-01-01T00:00:00.123456789+01:00"',
    '"2026-02-29T00:00:00Z"',
    '"2026-01-01"',
    '"2024-02-29 23:59:60"',
  ])
  .concat([
    '"2026-01-01T10:00:00.5"',
    '"1767225600000"',
    '"2026-01-01T24:00:00Z"',
    '"2300-01-01T00:00:00Z"',
    '"2026-01-01T00:00:00-0530"',
  ]);
const TEXTS = [
  "host-1",
  "host-2",
  "é",
  "12",
  "12.5",
  "-3",
  "007",
  "",
  "n/a",
  "true",
  " padded ",
  "1e5",
  "2026-01-01T00:00:00Z",
].concat([
  "a long text of more words than a tag may ever have at all",
  "-",
  "NaN",
  "1234567890123456789",
  ".5",
  "\\u00e9",
  "\\n",
  "x".repeat(600),
  "\uFEFFmark",
]);
const NAMES = [
  "v",
  "cpu",
  "device_id",
  "host",
  "code",
  "7",
  "é",
  "a.b",
  "__proto__",
  "",
  "time2",
  "fields",
  "tags",
  "points",
];

const scalar = (random: Random): string => {
  const kind = random.below(12);
  if (kind < 6) return random.below(3) ? String(random.below(100_000) / 100) : random.of(NUMBERS);
  if (kind < 10) return `"${random.of(TEXTS)}"`;
  return random.of(["null", "true", "false"]);
};

function memberOf(random: Random, depth: number): string {
  if (random.below(12) === 0) return `[${scalar(random)}]`;
  if (depth < 6 && random.below(9) === 0) return objectOf(random, depth + 1);
  return scalar(random);
}

const objectOf = (random: Random, depth: number): string =>
  `{${Array.from({ length: random.below(4) }, () => `"${random.of(NAMES)}":${memberOf(random, depth)}`).join(",")}}`;

const timeOf = (random: Random, row: number): string =>
  random.below(8) ? String(1_767_225_600_000 + (row >> random.below(3)) * 1_000) : random.of(TIMES);

/** A way of writing records; most rows of a body share one. */
function writerOf(random: Random): (row: number) => string {
  const space = random.of(["", "", " ", "\n "]);
  const slot = (name: string, write: () => string) => () => `"${name}":${space}${write()}`;
  const steady = random.below(3) > 0;
  const own = Array.from({ length: 3 }, () => scalar(random));
  const any = () => (steady && random.below(20) ? random.of(own) : memberOf(random, 0));
  const number = () => (random.below(15) ? String(random.below(1_000) / 10) : scalar(random));
  const text = () => `"${random.below(15) ? random.of(TEXTS.slice(0, 3)) : random.of(TEXTS)}"`;
  const names = Array.from({ length: 1 + random.below(4) }, () => random.of(NAMES));
  const explicit = (row: number) => [
    slot(random.of(["timestamp", "timestamp", "time"]), () => timeOf(random, row)),
    slot("fields", () => `{${names.map((name) => `"${name}":${number()}`).join(",")}}`),
    slot("tags", () => `{"host":${text()},"room":${random.below(30) ? text() : scalar(random)}}`),
    ...(random.below(30) ? [] : [slot(random.of(["attributes", "tags", "more"]), any)]),
  ];
  const flat = (row: number) => [
    slot("ts", () => timeOf(random, row)),
    ...names.map((name) => slot(name, any)),
    slot("state", text),
  ];
  const slots = random.below(2) ? explicit : flat;
  return (row) =>
    `{${space}${slots(row)
      .map((write) => write())
      .join(`,${space}`)}}`;
}

function recordsOf(random: Random, rows: number): string[] {
  const writers = Array.from({ length: 1 + random.below(3) }, () => writerOf(random));
  return Array.from({ length: rows }, (_, row) =>
    random.below(40) ? random.of(writers)(row) : memberOf(random, 0),
  );
}

function bodyOf(random: Random, rows: number): string {
  const list = `[${random.of(["", " "])}${recordsOf(random, rows).join(random.of([",", ", ", ",\n", " ,"]))}${random.of(["", "\n"])}]`;
  return random.of([
    list,
    `{"points":${list}}`,
    `\uFEFF{ "points" : ${list} }\n`,
    `{"points":${list},"more":1}`,
  ]);
}

describe("the scanner of JSON", () => {
  it("makes the very frames and rejections of the general way", async () => {
    let taken = 0;
    for (let start = 1; start <= 400; start++) {
      const random = randomOf(start * 7_919);
      const { frames } = await expectSame(utf8(bodyOf(random, random.below(60))));
      taken += frames.length;
    }
    expect(taken).toBeGreaterThan(300);
  });

  it("answers changed bytes, UTF-8 that is none among them, like the general way", async () => {
    for (let start = 1; start <= 400; start++) {
      const random = randomOf(start * 104_729);
      const bytes = utf8(bodyOf(random, 1 + random.below(12)));
      for (let i = 0; i <= random.below(3); i++)
        bytes[random.below(bytes.length)] = random.below(3)
          ? random.of([...'{}[]",:\\0-.e \n']).charCodeAt(0)
          : random.below(256);
      await expectSame(random.below(4) ? bytes : bytes.subarray(0, random.below(bytes.length)));
    }
  });

  it("cuts long bodies into the same frames, and lets none of a damaged one go", async () => {
    const random = randomOf(42);
    const record = (row: number) =>
      `{"timestamp":${1_767_225_600_000 + row},"fields":{"v":${row % 7}},"tags":{"host":"h${row % 50}"}}`;
    const many = Array.from({ length: 12_001 }, (_, row) => record(row));
    expect((await expectSame(utf8(`[${many.join(",")}]`))).frames).toHaveLength(3);
    expect((await expectSame(utf8(`{"points":[${many.join(",")}],"points":[{"v":1}]}`))).frames).toHaveLength(
      1,
    );
    const names = Array.from({ length: 3_000 }, (_, row) => `{"n${row}":${row},"s":"t${random.below(9)}"}`);
    expect((await expectSame(utf8(`[${names.join(",")}]`))).frames.length).toBeGreaterThan(3);
    for (const end of ["]]", ",]", "", "] x"])
      expect((await expectSame(utf8(`[${many.join(",")}${end}`))).frames).toEqual([]);
  });

  it("reads numbers to the very double of JSON.parse", async () => {
    const random = randomOf(3);
    const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join("");
    const numbers = Array.from({ length: 4_000 }, () => {
      const whole = random.below(3)
        ? String(random.below(10_000))
        : `${1 + random.below(9)}${digits(random.below(20))}`;
      const fraction = random.below(2) ? `.${digits(1 + random.below(18))}` : "";
      return `${random.of(["", "-"])}${whole}${fraction}${random.below(5) ? "" : `e${random.below(60) - 30}`}`;
    });
    const bytes = utf8(`[${numbers.map((number) => `{"v":${number}}`).join(",")}]`);
    const [batch] = batchesOfJson(bytes);
    expect([...batch!.frame!.fields[0]!.values]).toEqual(numbers.map(Number));
  });
});

/** Bodies of many rows written alike, with a few that are not: what the scanner reads many rows at a time. */
function alikeBody(random: Random, rows: number): string[] {
  const start = 1_767_225_600 + random.below(100_000);
  const devices = 1 + random.below(12);
  const step = random.of([0, 1, 1, 1, 7, -1]);
  const seconds = (row: number) => start + step * Math.floor(row / random.of([1, devices]));
  const iso = (row: number) => new Date(seconds(row) * 1_000).toISOString();
  const time = random.of<(row: number) => string>([
    (row) => `${seconds(row)}000`,
    (row) => `${seconds(row)}`,
    (row) => `${seconds(row)}${100_000 + row}`,
    (row) => `${seconds(row) * 1_000}${random.of(["", "", "", ".5", "e0"])}`,
    (row) => `"${iso(row)}"`,
    (row) => `"${iso(row).slice(0, 19)}Z"`,
    (row) => `"${iso(row).slice(0, 19).replace("T", " ")}${random.below(9) ? "" : ".123456"}"`,
    (row) => `"${iso(row).slice(0, 19)}+0${random.below(3)}:00"`,
  ]);
  const odd = (number: string) => (random.below(60) ? number : random.of([...NUMBERS, ...NO_NUMBERS]));
  const number = random.of<() => string>([
    () => odd(String(random.below(10_000) / 100)),
    () => odd(`-${random.below(10)}.${random.below(1_000_000)}`),
    () => odd(`${random.below(1_000_000_000)}${random.below(1_000)}`),
    () => odd(String(random.below(2_000_000_000) / 7)),
  ]);
  const device = random.below(2)
    ? (row: number) => `dev-${row % devices}`
    : () => `dev-${random.below(devices)}`;
  const text = (known: string) => (random.below(80) ? known : random.of(TEXTS));
  const fields = Array.from({ length: 1 + random.below(3) }, (_, i) => `f${i}`);
  const part = random.of(["", "", " "]);
  const extra = random.of(["", "", ',"note":null', ',"state":""', ',"ok":true']);
  const write = random.of<(row: number) => string>([
    (row) =>
      `{"timestamp":${part}${time(row)},"fields":{${fields.map((name) => `"${name}":${number()}`)}},"tags":{"host":"${text(device(row))}"}}`,
    (row) =>
      `{"tags":{"host":"${text(device(row))}","room":"é${row % 3}"},"fields":{${fields.map((name) => `"${name}":${part}${number()}`)}},"timestamp":${time(row)}}`,
    (row) =>
      `{"time":${time(row)},${part}"host":"${text(device(row))}",${fields.map((name) => `"${name}":${number()}`)}${extra}}`,
    (row) =>
      `{"ts":${time(row)},${fields.map((name) => `"${name}":"${number()}"`)},"device_id":"${row % 4}"${extra}}`,
    (row) => `{"ts":${time(row)},"v":${number()}${extra}}`,
  ]);
  return Array.from({ length: rows }, (_, row) =>
    random.below(150) ? write(row) : random.of([`{"ts":${time(row)},"x":1}`, "7", write(random.below(rows))]),
  );
}

describe("rows that are alike", () => {
  it("are read many at a time to the very same frames", async () => {
    let taken = 0;
    for (let start = 1; start <= 250; start++) {
      const random = randomOf(start * 6_700_417);
      const rows = alikeBody(random, 20 + random.below(120)).join(random.of([",", ",", ", ", ",\n"]));
      const { frames } = await expectSame(utf8(random.of([`[${rows}]`, `{"points":[${rows}]}`])));
      taken += frames.length;
    }
    expect(taken).toBeGreaterThan(150);
  });

  it("are answered the same with changed bytes among them", async () => {
    for (let start = 1; start <= 400; start++) {
      const random = randomOf(start * 2_750_159);
      const bytes = utf8(`[${alikeBody(random, 10 + random.below(30)).join(",")}]`);
      const from = random.below(bytes.length);
      for (let i = 0; i <= random.below(3); i++)
        bytes[Math.min(bytes.length - 1, from + random.below(40))] = random.below(4)
          ? random.of([...'{}[]",:\\0123456789-+.eEZT \n']).charCodeAt(0)
          : random.below(256);
      await expectSame(random.below(4) ? bytes : bytes.subarray(0, random.below(bytes.length)));
    }
  });

  it("are the same in lines, of any end", async () => {
    for (let start = 1; start <= 120; start++) {
      const random = randomOf(start * 32_452_843);
      const end = random.of(["\n", "\n", "\r\n"]);
      const lines = alikeBody(random, 20 + random.below(80)).map((line) =>
        random.below(60)
          ? line
          : random.of(["", " ", `${line} `, ` ${line}`, `${line}${line}`, line.slice(1)]),
      );
      const bytes = utf8(lines.join(end) + random.of(["", end]));
      const size = random.of([bytes.length, 700, 3_000]);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, i * size + size),
      );
      await expectSameLines(() => iterated(pieces), lines.join("\n"));
    }
  });

  it("keep their ordinals over frames: late rows, rows again, and rows with other fields", async () => {
    const random = randomOf(77);
    const row = (second: number, device: number, more = "") =>
      `{"time":${1_767_225_600 + second},"host":"h${device}","v":${random.below(1_000) / 10}${more}}`;
    const rows: string[] = [];
    for (let i = 0; i < 11_000; i++) rows.push(row(i, i % 7));
    for (let i = 0; i < 400; i++) rows.push(row(random.below(12_000), random.below(9)));
    for (let i = 0; i < 3_000; i++) rows.push(row(20_000 + i, i % 7));
    for (let i = 0; i < 2_000; i++) rows.push(row(-i, i % 9));
    for (let i = 0; i < 300; i++) rows.push(row(random.below(2_000) - 2_000, random.below(9)));
    for (let i = 0; i < 50; i++) rows.push(row(random.below(24_000), random.below(9), ',"w":1'));
    for (let i = 0; i < 3_000; i++) rows.push(row(22_000 + i, i % 7));
    const { frames } = await expectSame(utf8(`[${rows.join(",")}]`));
    expect(frames).toHaveLength(4);
  });

  it("may be of more tag sets than are kept at hand, and too long for few frames", async () => {
    const row = (i: number, text: string) => `{"ts":${1_767_225_600 + i},"host":"${text}","v":${i}}`;
    const many = Array.from({ length: 10_000 }, (_, i) => row(i, `host-${i % 4_500}`));
    await expectSame(utf8(`[${many.join(",")}]`));
    const long = Array.from({ length: 6_000 }, (_, i) => row(i, `${"x".repeat(500 - (i % 3))}${i % 900}`));
    expect((await expectSame(utf8(`[${long.join(",")}]`))).frames.length).toBeGreaterThan(2);
    const wide = Array.from({ length: 2_500 }, (_, i) => {
      const fields = Array.from({ length: 60 }, (_, field) => `"f${field}":${i % 10}.5`);
      return `{"timestamp":${1_767_225_600 + i},"fields":{${fields}},"tags":{"host":"h${i % 30}"}}`;
    });
    expect((await expectSame(utf8(`[${wide.join(",")}]`))).frames.length).toBeGreaterThan(1);
  });
});

async function* iterated<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe("the scanner of NDJSON", () => {
  it("makes the same of lines, however the body is cut into pieces", async () => {
    for (let start = 1; start <= 120; start++) {
      const random = randomOf(start * 15_485_863);
      const lines = recordsOf(random, random.below(40)).map((line) =>
        random.below(15) ? line : random.of(["", " ", "{", "nul", `${line} x`]),
      );
      const bytes = utf8(lines.join(random.of(["\n", "\r\n"])) + random.of(["", "\n", "\n\n"]));
      const size = 1 + random.below(500);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, i * size + size),
      );
      async function* body() {
        yield* pieces;
      }
      await expectSameLines(body, lines.join("\n"));
    }
  });
});

describe("what is remembered of a stream's bodies", () => {
  const body = (from: number, tag: string) =>
    utf8(
      JSON.stringify(
        Array.from({ length: 300 }, (_, i) => ({
          time: 1_767_225_600 + from + i,
          host: `${tag}${i % 30}`,
          v: i,
        })),
      ),
    );

  it("is not shared by two bodies that are read at a time", async () => {
    const memory = new ScanMemories().of("s");
    await outcomeOf(() => batchesOfJson(body(0, "a"), memory));
    const lines = (tag: string) =>
      Array.from({ length: 12_000 }, (_, i) => `{"time":${i},"host":"${tag}${i % 30}","v":${i}}\n`).join("");
    const read = async (tag: string) => {
      const pieces = [utf8(lines(tag).slice(0, 200_003)), utf8(lines(tag).slice(200_003))];
      return outcomeOf(() => batchesOfNdjson(iterated(pieces), memory));
    };
    const both = await Promise.all([read("a"), read("b")]);
    const alone = await Promise.all(
      ["a", "b"].map((tag) => outcomeOf(() => batchesOfRows(ndjsonRows(iterated([lines(tag)]))))),
    );
    expect(both).toEqual(alone);
  });

  it("is given up where it does not fit any more, and where others take its room", async () => {
    const memories = new ScanMemories();
    const taken = (stream: string) => {
      const memory = memories.of(stream).take();
      memories.of(stream).keep(memory);
      return memory.tagSets;
    };
    await outcomeOf(() => batchesOfJson(body(0, "a"), memories.of("first")));
    expect(taken("first")).toBe(30);
    await outcomeOf(() => batchesOfJson(utf8("[[1],[2],[3]]"), memories.of("first")));
    expect(taken("first")).toBe(0);
    await outcomeOf(() => batchesOfJson(body(0, "a"), memories.of("first")));
    const many = (stream: number) =>
      utf8(
        JSON.stringify(
          Array.from({ length: 4_000 }, (_, i) => ({ time: 1_767_225_600, host: `${stream}-${i}`, v: i })),
        ),
      );
    for (let stream = 0; stream < 6; stream++)
      await outcomeOf(() => batchesOfJson(many(stream), memories.of(`many ${stream}`)));
    expect(taken("first")).toBe(0);
    // The first record is where the template comes from.
    expect(taken("many 5")).toBe(3_999);
  });
});
