import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { partOf, textPartOf } from "../../../durable-objects/stream/engine/blocks/chunk-parts";
import { keyOf } from "../../../durable-objects/stream/engine/blocks/runs";
import { Maintenance } from "../../../durable-objects/stream/engine/compaction/maintenance";
import { type AppendWrite, Engine } from "../../../durable-objects/stream/engine/engine";
import { mustSeal } from "../../../durable-objects/stream/engine/head-budget";
import { StreamReader } from "../../../durable-objects/stream/engine/stream-reader";
import { unwrap } from "../../../src/core/result";
import { CHUNK_KINDS } from "../../../src/streams/block/block";
import { writeEnvelope } from "../../../src/streams/block/envelope";
import { OCCURRENCE, STREAM_LIMITS } from "../../../src/streams/contract";
import { BUCKET_WIDTH } from "../../../src/streams/engine/buckets";
import { encodeFrame, type Frame } from "../../../src/streams/frame";
import { ROLLUP_TIERS } from "../../../src/streams/reader";
import { columnFrame, watchedSql } from "../../support/engine-model";
import { seededRandom } from "../../support/series";

const SECOND = 1_000_000;
const [MINUTE] = ROLLUP_TIERS;
const T0 = 1_700_006_400 * SECOND;
const ALL = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

let streams = 0;
const inStorage = <T>(work: (storage: DurableObjectStorage) => T): Promise<T> =>
  runInDurableObject(env.STREAM.get(env.STREAM.idFromName(`engine ${streams++}`)), (_, { storage }) => {
    Engine.createTables(storage.sql);
    return work(storage);
  });

const opened = (storage: DurableObjectStorage, sql = storage.sql) => {
  const engine = storage.transactionSync(() => new Engine(sql));
  return {
    engine,
    reader: new StreamReader(engine),
    maintenance: new Maintenance(engine, storage, () => T0 / 1_000),
  };
};

let requests = 0;
const by = () => ({ atMs: T0 / 1_000, requestId: `r${requests++}`, clientId: "c" });
const writeOf = (frame: Frame): AppendWrite => ({
  ...by(),
  frame,
  bytes: encodeFrame(frame),
  rejected: 0,
  idempotency: null,
});
const append = (engine: Engine, frame: Frame) => unwrap(engine.append(writeOf(frame)));
const finish = (maintenance: Maintenance) => {
  for (let i = 0; maintenance.step(true); i++) if (i > 10_000) throw new Error("maintenance never ends");
};

/** `count` times a second apart and as many values, noise unless told. */
const seconds = (from: number, count: number) =>
  Float64Array.from({ length: count }, (_, i) => T0 + (from + i) * SECOND);
const random = seededRandom(7);
/** Of all sizes: 8 bytes each, however they are encoded. */
const noise = (count: number) =>
  Float64Array.from({ length: count }, () => (random() - 0.5) * 10 ** Math.floor(random() * 250));
const appendNoise = (engine: Engine, field: string, count: number) => {
  for (let from = 0; from < count; from += STREAM_LIMITS.rowsPerFrame) {
    const length = Math.min(STREAM_LIMITS.rowsPerFrame, count - from);
    append(engine, columnFrame(field, seconds(from, length), noise(length)));
  }
};

/** All that an engine answers, to compare before and after. */
const answers = ({ engine, reader }: Pick<ReturnType<typeof opened>, "engine" | "reader">) => ({
  rows: engine.rows,
  totals: { ...engine.totals },
  audit: engine.audit.verify(),
  series: reader.series().map((info) => ({
    ...info,
    points: reader.columns(info.id, ...ALL),
    buckets: reader.rollup(info.id, MINUTE, info.firstMicros - MINUTE, info.lastMicros + MINUTE),
    texts: reader.texts(info.tagSet, ...ALL),
  })),
});

describe("an engine with as many series as it may have", () => {
  const most = STREAM_LIMITS.seriesPerStream;
  const wide = (time: number, from: number, count: number): Frame => ({
    times: new Float64Array(count).fill(time),
    tagSets: Array.from({ length: count }, (_, i) => ({ host: `h${from + i}` })),
    tagSetOf: Uint32Array.from({ length: count }, (_, i) => i),
    fields: [{ name: "v", values: Float64Array.from({ length: count }, (_, i) => from + i), ordinals: null }],
    attributes: [],
  });

  it(
    "takes, seals, compacts and reads them, and refuses one more without a trace",
    () =>
      inStorage((storage) => {
        let { engine, reader, maintenance } = opened(storage);
        for (let round = 0; round < 9; round++) {
          for (let from = 0; from < most; from += STREAM_LIMITS.rowsPerFrame)
            storage.transactionSync(() =>
              append(engine, wide(T0 + round * SECOND, from, STREAM_LIMITS.rowsPerFrame)),
            );
          storage.transactionSync(() => engine.seal(0));
        }
        finish(maintenance);
        expect(engine.blocks.runs).toHaveLength(1);
        ({ engine, reader, maintenance } = opened(storage));
        expect(reader.series()).toHaveLength(most);
        expect(engine.rows).toBe(9 * most);
        const one = engine.catalog.named("v", { host: "h7777" })!;
        expect([...reader.columns(one.id, ...ALL).values]).toEqual(Array(9).fill(7_777));
        const before = { rows: engine.rows, totals: { ...engine.totals }, entries: engine.audit.count };
        const refused = engine.append(writeOf(wide(T0 + 10 * SECOND, most - 1, 2)));
        expect(refused).toMatchObject({ ok: false, failure: { code: "too_many_series" } });
        expect({ rows: engine.rows, totals: engine.totals, entries: engine.audit.count }).toEqual(before);
        expect(engine.isSealed).toBe(true);
        expect(engine.catalog.named("v", { host: `h${most}` })).toBeNull();
        expect(append(engine, wide(T0 + 10 * SECOND, most - 1, 1))).toMatchObject({ accepted: 1 });
      }),
    60_000,
  );

  it(
    "has room again for those that were deleted",
    () =>
      inStorage((storage) => {
        const { engine, maintenance } = opened(storage);
        for (let round = 0; round < 8; round++) {
          for (let from = 0; from < most; from += STREAM_LIMITS.rowsPerFrame)
            append(engine, wide(T0 + round * SECOND, round * most + from, STREAM_LIMITS.rowsPerFrame));
          storage.transactionSync(() => engine.seal(0));
          engine.delete({ start: T0, end: T0 + round * SECOND + 1 }, by(), "delete_range");
          finish(maintenance);
          expect(engine.catalog.liveSeries).toBe(0);
        }
        expect(opened(storage).engine.rows).toBe(0);
      }),
    60_000,
  );
});

describe("the head of an engine", () => {
  it("stays within its budget however much is sent", () =>
    inStorage((storage) => {
      const { engine, maintenance } = opened(storage);
      let most = 0;
      let seals = 0;
      for (let i = 0; i < 250; i++) {
        const host = { host: `h${i % 3}` };
        append(engine, columnFrame("v", seconds(i * 5_000, 5_000), noise(5_000), host));
        most = Math.max(most, engine.unsealedBytes, engine.logBytes);
        if (!mustSeal(engine)) continue;
        storage.transactionSync(() => engine.seal(0));
        seals++;
        expect(engine.unsealedBytes).toBe(0);
        maintenance.step();
      }
      expect(seals).toBeGreaterThan(1);
      expect(most).toBeLessThan(9_000_000);
    }));
});

describe("what an engine writes", () => {
  it("is a row a request and at most one for a thousand points, seals and compactions among them", () =>
    inStorage((storage) => {
      const { sql, rowsWritten } = watchedSql(storage.sql, () => {});
      const { engine, maintenance } = opened(storage, sql);
      const before = rowsWritten();
      const appends = 400;
      let compactions = 0;
      for (let i = 0; i < appends; i++) {
        const frame = columnFrame("v", seconds(i * 1_000, 1_000), noise(1_000));
        storage.transactionSync(() =>
          unwrap(
            engine.append({
              ...writeOf(frame),
              idempotency: {
                key: `k${i}`,
                fingerprint: "f",
                soFar: { accepted: 0, updated: 0, duplicates: 0, rejected: 0, errors: [] },
                began: false,
              },
            }),
          ),
        );
        // Far more often than a budget would.
        if (i % 20 === 19) storage.transactionSync(() => engine.seal(T0 / 1_000));
        const runs = engine.blocks.runs.length;
        maintenance.step();
        if (engine.blocks.runs.length < runs) compactions++;
      }
      finish(maintenance);
      expect(compactions).toBeGreaterThan(1);
      expect(rowsWritten() - before).toBeLessThanOrEqual(appends + (appends * 1_000) / 1_000);
    }));

  it("stays small where a reading comes now and then to a large stream", () =>
    inStorage((storage) => {
      const { sql, rowsWritten } = watchedSql(storage.sql, () => {});
      const { engine, maintenance } = opened(storage, sql);
      appendNoise(engine, "v", 200_000);
      storage.transactionSync(() => engine.seal(0));
      finish(maintenance);
      const before = rowsWritten();
      const readings = 40;
      for (let i = 0; i < readings; i++) {
        append(engine, columnFrame("v", seconds(200_000 + i * 600, 1), [i]));
        storage.transactionSync(() => engine.seal(0));
        finish(maintenance);
      }
      expect(engine.blocks.runs.length).toBeLessThan(4);
      expect((rowsWritten() - before) / readings).toBeLessThan(13);
    }));
});

describe("points at places that blocks have already", () => {
  it(
    "are looked for in one walk: no request opens a block twice, though they are more than the cache holds",
    () =>
      inStorage((storage) => {
        let opens = 0;
        const { sql } = watchedSql(storage.sql, (query) => {
          if (query.startsWith("SELECT data FROM blocks")) opens++;
        });
        const { engine } = opened(storage, sql);
        const [hosts, count] = [420, 5_000];
        const host = (n: number) => ({ host: `h${n}` });
        for (let n = 0; n < hosts; n++) {
          append(engine, columnFrame("v", seconds(0, count), noise(count), host(n)));
          if (mustSeal(engine)) storage.transactionSync(() => engine.seal(0));
        }
        storage.transactionSync(() => engine.seal(0));
        // In the order of time, which changes the series with nearly every row.
        const places = (rows: number, by: number): Frame => ({
          times: Float64Array.from({ length: rows }, (_, i) => T0 + (i * 5 + (i % 5)) * SECOND + by),
          tagSets: Array.from({ length: hosts }, (_, n) => host(n)),
          tagSetOf: Uint32Array.from({ length: rows }, (_, i) => (i * 101) % hosts),
          fields: [{ name: "v", values: new Float64Array(rows).fill(1), ordinals: null }],
          attributes: [],
        });
        for (const by of [1, 2, 3]) {
          append(engine, places(1_000, by));
          storage.transactionSync(() => engine.seal(0));
        }
        const blocks = engine.blocks.runs.flatMap((run) => run.blocks);
        expect(blocks.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(16_500_000);
        for (const [by, counts] of [
          [0, { accepted: 0, updated: 1_000 }],
          [1, { accepted: 0, duplicates: 1_000 }],
          [4, { accepted: 1_000, updated: 0 }],
        ] as const) {
          opens = 0;
          expect(append(engine, places(1_000, by))).toMatchObject(counts);
          expect(opens).toBeLessThanOrEqual(blocks.length);
        }
        expect(opens).toBeGreaterThan(0);
      }),
    60_000,
  );

  it("are known wherever they come again: on and on, backwards, changed, and with others between them", () =>
    inStorage((storage) => {
      const { engine, reader, maintenance } = opened(storage);
      const count = 20_000;
      const wanted = noise(count);
      append(engine, columnFrame("v", seconds(0, 5_000), wanted.subarray(0, 5_000)));
      for (let from = 5_000; from < count; from += 5_000)
        append(engine, columnFrame("v", seconds(from, 5_000), wanted.subarray(from, from + 5_000)));
      storage.transactionSync(() => engine.seal(0));
      const again = (from: number, rows: number) =>
        append(engine, columnFrame("v", seconds(from, rows), wanted.subarray(from, from + rows)));
      const rows = 70;
      for (let from = 0; from + rows <= count; from += rows)
        expect(again(from, rows)).toEqual({ accepted: 0, updated: 0, duplicates: rows });
      for (let from = count - rows; from >= 0; from -= 7 * rows)
        expect(again(from, rows)).toEqual({ accepted: 0, updated: 0, duplicates: rows });
      for (const [round, isSealed] of [true, false, true].entries()) {
        for (let from = 3_000; from < 6_000; from += 10) {
          const changed = Float64Array.of(round, from);
          wanted.set(changed, from);
          expect(append(engine, columnFrame("v", seconds(from, 2), changed)).accepted).toBe(0);
          const late = seconds(from, 5).map((time) => time + 10 + round);
          expect(append(engine, columnFrame("late", late, new Float64Array(5))).accepted).toBe(5);
        }
        if (isSealed) storage.transactionSync(() => engine.seal(0));
        expect(again(2_990, 3_020)).toMatchObject({ duplicates: 3_020 });
      }
      finish(maintenance);
      expect(again(0, 5_000)).toMatchObject({ duplicates: 5_000 });
      expect(engine.rows).toBe(count + 3 * 300 * 5);
      expect(reader.columns(engine.catalog.named("v", {})!.id, ...ALL).values).toEqual(wanted);
    }));
});

describe("a change that fails half way", () => {
  /** Fails `work` at its first statement, its second and so on, until it goes through; gives how often it failed. */
  const failing = (
    storage: DurableObjectStorage,
    work: (parts: ReturnType<typeof opened>) => void,
    check: (parts: ReturnType<typeof opened>) => void,
  ): number => {
    for (let statements = 0; ; statements++) {
      let left = Number.POSITIVE_INFINITY;
      const { sql } = watchedSql(storage.sql, () => {
        if (left-- <= 0) throw new Error("no more room");
      });
      const parts = opened(storage, sql);
      left = statements;
      try {
        work(parts);
        return statements;
      } catch (error) {
        if (!(error instanceof Error && error.message === "no more room")) throw error;
      }
      check(opened(storage));
    }
  };

  it("leaves everything as it was: a seal", () =>
    inStorage((storage) => {
      const { engine, reader } = opened(storage);
      appendNoise(engine, "v", 12_000);
      append(engine, columnFrame("w", seconds(0, 50), noise(50), { host: "a" }));
      const before = answers({ engine, reader });
      const seal = ({ engine }: ReturnType<typeof opened>) => storage.transactionSync(() => engine.seal(0));
      const times = failing(storage, seal, (parts) => {
        expect(answers(parts)).toEqual(before);
        expect(parts.engine.isSealed).toBe(false);
      });
      expect(times).toBeGreaterThan(5);
      const after = opened(storage);
      expect(answers(after)).toEqual({
        ...before,
        series: before.series
          .map((one) => ({ ...one, buckets: expect.anything() }))
          .map((one, i) => ({
            ...one,
            buckets: before.series[i]!.count > 1_024 ? expect.anything() : null,
          })),
      });
      expect(after.engine.isSealed).toBe(true);
    }));

  it("leaves everything as it was: a compaction, and the removal of deleted points", () =>
    inStorage((storage) => {
      const first = opened(storage);
      for (let i = 0; i < 9; i++) {
        append(first.engine, columnFrame("v", seconds(i * 900, 1_000), noise(1_000)));
        storage.transactionSync(() => first.engine.seal(0));
      }
      first.engine.delete({ start: T0 + 100 * SECOND, end: T0 + 6_000 * SECOND + 1 }, by(), "delete_range");
      const before = answers(first);
      const times = failing(
        storage,
        ({ maintenance }) => finish(maintenance),
        (parts) => expect(answers(parts)).toEqual(before),
      );
      expect(times).toBeGreaterThan(10);
      const after = opened(storage);
      expect(answers(after)).toEqual(before);
      expect(after.engine.blocks.tombstones).toEqual([]);
      expect(after.engine.blocks.runs.length).toBeLessThan(3);
    }));
});

describe("points at one time", () => {
  it("stay as many as were sent, past a chunk and through a compaction, and are known when they come again", () =>
    inStorage((storage) => {
      const { engine, reader, maintenance } = opened(storage);
      const count = 20_000;
      const frames = Array.from({ length: count / 5_000 }, (_, k) => ({
        ...columnFrame(
          "v",
          new Float64Array(5_000).fill(T0),
          Float64Array.from({ length: 5_000 }, (_, i) => k * 5_000 + i),
        ),
      }));
      for (const [k, frame] of frames.entries())
        frame.fields[0]!.ordinals = Uint32Array.from({ length: 5_000 }, (_, i) => k * 5_000 + i);
      for (let round = 0; round < 9; round++) {
        for (const frame of frames)
          expect(append(engine, frame)).toMatchObject(
            round === 0 ? { accepted: 5_000 } : { duplicates: 5_000 },
          );
        append(engine, columnFrame("v", [T0 + (round + 1) * SECOND], [-1]));
        storage.transactionSync(() => engine.seal(0));
      }
      finish(maintenance);
      const woken = opened(storage);
      expect(woken.engine.rows).toBe(count + 9);
      const { values, ordinals } = reader.columns(0, T0, T0 + 1);
      expect(values).toEqual(Float64Array.from({ length: count }, (_, i) => i));
      expect(ordinals).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
      expect([...woken.reader.columns(0, ...ALL, 11).values]).toEqual([
        count - 2,
        count - 1,
        ...Array<number>(9).fill(-1),
      ]);
    }));

  it("count as rows of their own where the fields of a row stand at several", () =>
    inStorage((storage) => {
      const { engine } = opened(storage);
      const frame = columnFrame("a", [T0], [1]);
      frame.fields[0]!.ordinals = Uint32Array.of(1);
      frame.fields.push({ name: "b", values: Float64Array.of(2), ordinals: null });
      append(engine, frame);
      expect(engine.rows).toBe(2);
      expect(engine.delete({ start: T0, end: T0 + 1 }, by(), "delete_range")).toBe(2);
      expect(engine.rows).toBe(0);
    }));
});

describe("what was deleted", () => {
  const stored = (engine: Engine): { values: Set<number>; texts: Set<string> } => {
    const values = new Set<number>();
    const texts = new Set<string>();
    for (const { blocks } of engine.blocks.runs) {
      for (const meta of blocks) {
        const block = engine.blocks.open(meta);
        for (let at = 0; at < block.entries; at++) {
          const kind = block.kinds[at]!;
          if (kind === CHUNK_KINDS.text) {
            for (const row of textPartOf(block.chunk(at)).rows)
              for (const text of Object.values(row.values)) texts.add(text);
          } else {
            const { columns } = partOf(block.chunk(at), kind === CHUNK_KINDS.raw ? 1 : BUCKET_WIDTH);
            for (const column of columns) for (const value of column) values.add(value);
          }
        }
      }
    }
    return { values, texts };
  };

  it("is in no block and in no log once maintenance is done, overwritten values and texts among it", () =>
    inStorage((storage) => {
      const { engine, maintenance } = opened(storage);
      const secret = (frame: Frame, text: string): Frame => ({
        ...frame,
        fields: [
          ...frame.fields,
          { name: OCCURRENCE, values: new Float64Array(frame.times.length).fill(1), ordinals: null },
        ],
        attributes: [{ row: 3, values: { note: text } }],
      });
      for (let i = 0; i < 4; i++) {
        append(engine, columnFrame("v", seconds(i * 600, 600), new Float64Array(600).fill(1)));
        storage.transactionSync(() => engine.seal(0));
      }
      for (const [value, text] of [
        [12_345.5, "a secret"],
        [23_456.5, "a later secret"],
      ] as const) {
        append(engine, secret(columnFrame("v", seconds(1_000, 10), new Float64Array(10).fill(value)), text));
        if (value < 20_000) storage.transactionSync(() => engine.seal(0));
      }
      expect(stored(engine).values).toContain(12_345.5);
      const range = { start: T0 + 1_000 * SECOND, end: T0 + 1_010 * SECOND };
      expect(engine.delete(range, by(), "delete_range")).toBe(10);
      append(engine, columnFrame("v", seconds(1_005, 1), [7]));
      finish(maintenance);
      const { values, texts } = stored(engine);
      for (const value of [12_345.5, 23_456.5]) expect(values).not.toContain(value);
      expect(values).toContain(7);
      expect([...texts]).toEqual([]);
      const logs = storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'log%'")
        .toArray();
      expect(logs).toHaveLength(1);
      expect(storage.sql.exec(`SELECT seq FROM ${logs[0]!.name}`).toArray()).toEqual([]);
    }));

  it("is in no log either where no block had it", () =>
    inStorage((storage) => {
      const { engine, maintenance } = opened(storage);
      append(engine, columnFrame("v", seconds(0, 10), new Float64Array(10).fill(12_345.5)));
      engine.delete({ start: T0 - SECOND, end: T0 }, by(), "delete_range");
      expect(maintenance.isNeeded()).toBe(false);
      engine.delete({ start: T0, end: T0 + 5 * SECOND }, by(), "delete_range");
      expect(maintenance.isNeeded()).toBe(true);
      finish(maintenance);
      expect(engine.isSealed).toBe(true);
      expect(opened(storage).engine.rows).toBe(5);
    }));

  it("does not come back in a bucket whose block holds no points", () =>
    inStorage((storage) => {
      const { engine, reader, maintenance } = opened(storage);
      // Noise fills blocks: the raw points take the first one, and the buckets stand alone in the next.
      appendNoise(engine, "a", 3 * 8_192);
      appendNoise(engine, "b", 6_400);
      const last = T0 + 500 * MINUTE;
      append(engine, columnFrame("a", [last + 30 * SECOND], [5]));
      storage.transactionSync(() => engine.seal(0));
      expect(engine.blocks.runs[0]!.blocks.at(-1)!.firstKey).toBeGreaterThanOrEqual(
        keyOf(CHUNK_KINDS.minute, 0),
      );
      const { id } = engine.catalog.named("a", {})!;
      const bucketsFrom = () => [...(reader.rollup(id, MINUTE, last, last + MINUTE)?.times ?? [Number.NaN])];
      expect(bucketsFrom()).toEqual([last]);
      engine.delete({ start: last + 20 * SECOND, end: last + 40 * SECOND }, by(), "delete_range");
      expect(bucketsFrom()).toEqual([]);
      finish(maintenance);
      expect(bucketsFrom()).toEqual([]);
    }));
});

describe("what is damaged", () => {
  /** A stream with a sealed and an unsealed part, in which `damage` is done. */
  const damaged = (damage: (sql: SqlStorage) => void, look: (parts: ReturnType<typeof opened>) => void) =>
    inStorage((storage) => {
      const { engine } = opened(storage);
      append(engine, columnFrame("v", seconds(0, 100), noise(100)));
      storage.transactionSync(() => engine.seal(0));
      append(engine, columnFrame("v", seconds(100, 100), noise(100)));
      damage(storage.sql);
      look(opened(storage));
    });
  const read = ({ reader }: ReturnType<typeof opened>) => reader.columns(0, ...ALL);
  const cut = (bytes: ArrayBuffer) => bytes.slice(0, bytes.byteLength - 3);

  it("is an error for the reader: a block", async () => {
    const broken: ((bytes: ArrayBuffer) => ArrayBuffer)[] = [
      cut,
      () => new ArrayBuffer(0),
      (bytes) => new Uint8Array(bytes).fill(0, 20).buffer,
      (bytes) => new Uint8Array(bytes).fill(255, 0, 4).buffer,
    ];
    for (const breakIt of broken) {
      const damage = (sql: SqlStorage) => {
        const { data } = sql.exec<{ data: ArrayBuffer }>("SELECT data FROM blocks").one();
        sql.exec("UPDATE blocks SET data = ?", breakIt(data));
      };
      await damaged(damage, (parts) => expect(() => read(parts)).toThrow());
    }
    const lose = (sql: SqlStorage) => void sql.exec("UPDATE blocks SET id = id + 1000");
    await damaged(lose, (parts) => expect(read(parts).times).toHaveLength(200));
  });

  it("is an error when the stream wakes: a log record", async () => {
    const broken: ((bytes: ArrayBuffer) => ArrayBuffer)[] = [
      cut,
      () => new ArrayBuffer(0),
      (bytes) => new Uint8Array(bytes).fill(0, 0, 4).buffer,
      (bytes) => new Uint8Array(bytes).fill(255, 24, 30).buffer,
    ];
    for (const breakIt of broken) {
      const damage = (sql: SqlStorage) => {
        const { record } = sql.exec<{ record: ArrayBuffer }>("SELECT record FROM log_2").one();
        sql.exec("UPDATE log_2 SET record = ?", breakIt(record));
      };
      await expect(damaged(damage, () => {})).rejects.toThrow();
    }
  });

  it("breaks the audit chain: an entry that was changed, or taken out", async () => {
    await damaged(
      (sql) => {
        const { record } = sql.exec<{ record: ArrayBuffer }>("SELECT record FROM log_2").one();
        const text = new TextDecoder("latin1").decode(record);
        const at = text.indexOf('"accepted":100');
        const bytes = new Uint8Array(record);
        bytes[at + '"accepted":'.length] = "2".charCodeAt(0);
        // By somebody who knows of the checksum too.
        writeEnvelope("SML1", bytes);
        sql.exec("UPDATE log_2 SET record = ?", bytes);
      },
      ({ engine }) => expect(engine.audit.verify()).toMatchObject({ valid: false, brokenAt: 2 }),
    );
    const pages = [
      "DELETE FROM audit_pages",
      "UPDATE audit_pages SET data = substr(data, 1, length(data) - 3)",
      "UPDATE audit_pages SET hash = 'other'",
    ];
    for (const change of pages)
      await damaged(
        (sql) => void sql.exec(change),
        ({ engine }) => expect(engine.audit.verify()).toMatchObject({ valid: false, brokenAt: 1 }),
      );
  });

  it("breaks the audit chain also where the newest entries were taken out", () =>
    inStorage((storage) => {
      const { engine } = opened(storage);
      for (let i = 0; i < 3; i++) {
        append(engine, columnFrame("v", seconds(i, 1), [i]));
        storage.transactionSync(() => engine.seal(0));
      }
      expect(engine.audit.verify()).toMatchObject({ valid: true, entries: 3 });
      storage.sql.exec("DELETE FROM audit_pages WHERE first_seq = 3");
      const woken = opened(storage).engine;
      expect(woken.audit.verify()).toMatchObject({ valid: false, entries: 2, brokenAt: 3 });
      append(woken, columnFrame("v", seconds(9, 1), [9]));
      expect(opened(storage).engine.audit.verify()).toMatchObject({ valid: false, brokenAt: 3 });
    }));
});
