// A Worker of the benchmarks alone: the engine in an object of its own, told over HTTP what to do and timed from inside.
// What it does around the engine is what durable-objects/stream does: decode, a transaction a write, seal, maintain.
import { DurableObject } from "cloudflare:workers";
import { Maintenance } from "../../../durable-objects/stream/engine/compaction/maintenance";
import { Engine } from "../../../durable-objects/stream/engine/engine";
import { mustSeal } from "../../../durable-objects/stream/engine/head-budget";
import { StreamReader } from "../../../durable-objects/stream/engine/stream-reader";
import { CHUNK_KINDS } from "../../../src/streams/block/block";
import { decodeFrame, encodeFrame } from "../../../src/streams/frame";
import { FrameBuilder } from "../../../src/streams/frame-builder";
import { CountingSql } from "./counting-sql";
import { frameOf, type Rows } from "./data";

const EVER = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

interface Writes {
  series: number;
  /** Values of all 53 bits instead of two decimals. */
  full?: boolean;
  requests: number;
  /** Rows of a request. */
  rows: number;
  /**
   * Where rows go: behind all others; at times of old that have none, or whose values they change, one after the other or
   * (any) each at another; the last ones again, as they are.
   */
  place?: "new" | "late" | "same" | "any late" | "any same" | "again";
  /** With a text in every row. */
  texts?: boolean;
  /** Unsealed bytes at which the head is sealed, where not as the platform does. */
  sealBytes?: number;
  /** Seal and compact as the platform does; without it nothing but the appends. */
  maintain?: boolean;
}

export class EngineBench extends DurableObject {
  private readonly counting = new CountingSql(this.ctx.storage.sql);
  private engine!: Engine;
  private maintenance!: Maintenance;
  private seed = 1;
  /** Milliseconds of the longest seal, or step of the work behind the writes, since it was last set to 0. */
  private longestStep = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    Engine.createTables(this.counting.sql);
    this.open();
  }

  override async fetch(request: Request): Promise<Response> {
    const command = new URL(request.url).pathname.split("/")[2];
    const body = (await request.json()) as never;
    if (command === "write") return Response.json(await this.write(body));
    if (command === "load") return Response.json(this.load(body));
    if (command === "delete") return Response.json(this.delete());
    if (command === "finish") return Response.json(await this.finish());
    if (command === "read") return Response.json(this.read(body));
    if (command === "collect") return Response.json((globalThis as { gc?: () => void }).gc?.() ?? null);
    if (command === "sizes") return Response.json(this.sizes());
    return new Response(null, { status: 404 });
  }

  /** Requests one after the other, each a transaction; the frames are made before the clock runs. */
  private async write({ requests, maintain = true, sealBytes, ...kind }: Writes) {
    const frames = Array.from({ length: requests }, () => frameOf(this.rowsOf(kind)));
    let unsealed = 0;
    this.longestStep = 0;
    const written = this.counting.rowsWritten();
    const started = performance.now();
    for (const bytes of frames) {
      this.append(bytes);
      unsealed = Math.max(unsealed, this.engine.unsealedBytes);
      if (!maintain || !mustSeal(this.engine, sealBytes)) continue;
      this.seal();
      await this.maintain(false);
    }
    const ms = performance.now() - started;
    return {
      ms,
      longestStep: this.longestStep,
      unsealed,
      points: requests * kind.rows,
      rowsWritten: this.counting.rowsWritten() - written,
      rowsBy: this.counting.by(),
      runs: this.engine.blocks.runs.length,
      stored: this.engine.rows,
    };
  }

  private rowsOf({
    series,
    rows,
    place = "new",
    full = false,
    texts = false,
  }: Pick<Writes, "series" | "rows" | "place" | "full" | "texts">): Rows {
    if (place === "new") {
      const from = this.next;
      this.next = from + rows;
      return { from, count: rows, series, full, texts };
    }
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    const any = { among: { rows: this.next, seed: this.seed } };
    return {
      from: place === "again" ? this.next - rows : Math.floor((this.seed / 2 ** 32) * (this.next - rows)),
      count: rows,
      series,
      full,
      texts,
      between: place.endsWith("late"),
      changed: place.endsWith("same"),
      ...(place.startsWith("any") ? any : {}),
    };
  }

  /** One series of the caller's own. */
  private load({ name, times, values }: { name: string; times: number[]; values: number[] }) {
    const builder = new FrameBuilder();
    const flush = () => {
      if (builder.length > 0) this.append(encodeFrame(builder.take()));
    };
    for (const [i, timestamp] of times.entries()) {
      const point = { timestamp, fields: { value: values[i]! }, tags: { name } };
      if (!builder.fits(point)) flush();
      builder.add(point);
    }
    flush();
    return { points: this.engine.rows };
  }

  /** All that there is, but for the newest second. */
  private delete() {
    const started = performance.now();
    const end = Math.max(...this.engine.catalog.series.map(({ last }) => last));
    const deleted = this.ctx.storage.transactionSync(() =>
      this.engine.delete({ start: Number.MIN_SAFE_INTEGER, end }, author(), "delete_range"),
    );
    return { deleted, ms: performance.now() - started };
  }

  /** Everything sealed and as one run, as after an idle while. */
  private async finish() {
    this.seal();
    await this.maintain(true);
    // As after a wake: nothing is in memory that is not on disk.
    this.open();
    return { runs: this.engine.blocks.runs.length, points: this.engine.rows };
  }

  /** Points a second of a whole series into arrays, of copying those arrays, and of parsing them as JSON. */
  private read({ rounds }: { rounds: number }) {
    const reader = new StreamReader(this.engine);
    const [series] = reader.series();
    const found = reader.columns(series!.id, ...EVER);
    const points = found.times.length;
    const text = JSON.stringify({ times: [...found.times], values: [...found.values] });
    const times = { read: [] as number[], copy: [] as number[], json: [] as number[] };
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
      times.read.push(timed(4, () => (sum += reader.columns(series!.id, ...EVER).values[points - 1]!)));
      times.copy.push(timed(16, () => (sum += found.times.slice()[0]! + found.values.slice()[0]!)));
      if (round < 5)
        times.json.push(timed(1, () => (sum += (JSON.parse(text) as { values: number[] }).values[0]!)));
    }
    return { points, sum, ...times };
  }

  /** Bytes by what they are for. */
  private sizes() {
    const { engine } = this;
    const bytes = { raw: 0, rollups: 0, texts: 0, directories: 0 };
    let points = 0;
    let buckets = 0;
    for (const { blocks } of engine.blocks.runs) {
      for (const meta of blocks) {
        const block = engine.blocks.open(meta);
        let chunks = 0;
        for (let at = 0; at < block.ids.length; at++) {
          const { length } = block.chunk(at);
          chunks += length;
          const kind = block.kinds[at]!;
          if (kind === CHUNK_KINDS.raw) {
            bytes.raw += length;
            points += block.points[at]!;
          } else if (kind === CHUNK_KINDS.text) bytes.texts += length;
          else {
            bytes.rollups += length;
            buckets += block.points[at]!;
          }
        }
        bytes.directories += meta.bytes - chunks;
      }
    }
    return { points, buckets, bytes, everything: this.ctx.storage.sql.databaseSize };
  }

  private append(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!frame) throw new Error("a frame is damaged");
    this.ctx.storage.transactionSync(() => {
      const result = this.engine.append({ frame, bytes, rejected: 0, idempotency: null, ...author() });
      if (!result.ok) throw new Error(result.failure.detail);
    });
  }

  private seal(): void {
    this.timedStep(() => this.ctx.storage.transactionSync(() => this.engine.seal(Date.now())));
  }

  private timedStep<T>(work: () => T): T {
    const started = performance.now();
    const result = work();
    this.longestStep = Math.max(this.longestStep, performance.now() - started);
    return result;
  }

  private async maintain(isIdle: boolean): Promise<void> {
    while (this.timedStep(() => this.maintenance.step(isIdle))) await scheduler.wait(0);
  }

  /** Rows that were written behind all others: an object that is idle for seconds forgets what it does not store. */
  private get next(): number {
    return this.ctx.storage.kv.get<number>("next") ?? 0;
  }

  private set next(rows: number) {
    this.ctx.storage.kv.put("next", rows);
  }

  private open(): void {
    this.engine = this.ctx.storage.transactionSync(() => new Engine(this.counting.sql));
    this.maintenance = new Maintenance(this.engine, this.ctx.storage, () => Date.now());
  }
}

const author = () => ({
  atMs: Date.now(),
  requestId: "req_0123456789abcdefghij",
  clientId: "client_0123456789",
});

/** Milliseconds of one of `times` runs: the clock of a Worker counts whole ones. */
function timed(times: number, work: () => void): number {
  const started = performance.now();
  for (let i = 0; i < times; i++) work();
  return (performance.now() - started) / times;
}

export default {
  /** /OBJECT/COMMAND with what it takes as JSON. */
  fetch(request: Request, env: { BENCH: DurableObjectNamespace }): Promise<Response> {
    const name = new URL(request.url).pathname.split("/")[1]!;
    return env.BENCH.getByName(name).fetch(request);
  },
};
