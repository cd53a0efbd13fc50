// Writers that go on until they are told to stop, and the settling of what was on its way when the runtime died.
import { setTimeout as sleep } from "node:timers/promises";
import { placeOf, SHAPES, StreamModel, TORN, writeOf } from "./stream-model.mjs";

const WRITERS_PER_STREAM = 2;
const PATIENCE_MS = 30_000;
const READ_PATIENCE_MS = 600_000;
/** A key that its dead request still holds answers so; and a lease may need its time after a crash. */
const RETRY = { ms: 250, tries: 60 };
/** Rows of a request: at most a frame, so that it is stored whole or not at all; a large one is several. */
const ROWS = { frame: 2_500, withTexts: 100, large: 8_000 };
/** Acknowledged spans of a stream that are read again after the next kill; all of them are read at the end. */
const RECENT = 4;
const SHARES = { fresh: 0.52, hole: 0.62, overwrite: 0.76, arrivals: 0.9, large: 0.93, remove: 1 };

export class Writers {
  streams = SHAPES.map((shape) => new StreamModel(shape));
  violations = [];
  acknowledged = { writes: 0, points: 0, deletes: 0 };
  unacknowledged = { whole: 0, absent: 0, retried: 0 };
  found = { lost: 0, duplicates: 0, torn: 0, wrong: 0 };
  replays = 0;
  /** Answers other than those expected, by status and code. */
  refusals = new Map();
  /** Request ids of acknowledged writes of one frame, by stream: the audit must name each once. */
  requestIds = new Map(this.streams.map(({ name }) => [name, []]));
  #next = 1;
  #running = false;
  #writing = [];
  #unsettled = [];
  #recent = new Map(this.streams.map((stream) => [stream, []]));
  #recentArrivals = new Map(this.streams.map((stream) => [stream, []]));

  constructor({ url, token, random, deletes }) {
    Object.assign(this, { url, token, random, deletes });
  }

  start() {
    this.#running = true;
    this.#writing = this.streams.flatMap((stream) =>
      Array.from({ length: WRITERS_PER_STREAM }, async () => {
        while (this.#running) await this.#send(this.#choose(stream));
      }),
    );
  }

  async stop() {
    this.#running = false;
    await Promise.all(this.#writing);
  }

  /** Finds out what became of writes without an answer, and reads again what was acknowledged last. */
  async settle() {
    await Promise.all(this.streams.map((stream) => this.#settleStream(stream)));
  }

  /** Reads all that there is. */
  async verifyAll() {
    for (const stream of this.streams) {
      if (stream.cells.length > 0) await this.#verifyCells(stream, 0, stream.cells.length);
      const seen = await this.#arrivalsOf(stream);
      for (const [write, { rows, isThere }] of stream.arrivals)
        this.#verifyArrival(stream, write, isThere ? rows : 0, seen.get(write));
      await this.#verifyCount(stream);
      await this.#verifyWindows(stream);
    }
  }

  #choose(stream) {
    const { random } = this;
    const { rows: rowsOfCell } = stream.shape;
    const most = stream.shape.textChars ? ROWS.withTexts : ROWS.frame;
    const cells = Math.max(1, Math.floor(most ** random() / rowsOfCell));
    const id = this.#next++;
    const key = random() < 0.35 ? `crash-${id}` : null;
    const chance = random();
    const isLarge = chance >= SHARES.arrivals && chance < SHARES.large && !stream.shape.textChars;
    if (chance >= SHARES.overwrite && chance < SHARES.arrivals) {
      const rows = Math.ceil(2_000 ** random());
      return {
        id,
        stream,
        kind: "arrivals",
        rows,
        key,
        sentMs: Date.now(),
        body: stream.arrivalBodyOf(id, rows),
      };
    }
    let span = null;
    if (isLarge) span = stream.fresh(Math.ceil(ROWS.large / rowsOfCell), random);
    else if (chance >= SHARES.fresh && chance < SHARES.hole) span = stream.hole();
    else if (chance >= SHARES.hole && (chance < SHARES.overwrite || this.deletes))
      span = stream.earlier(cells, random);
    const kind = span && chance >= SHARES.large ? "remove" : "append";
    const [from, to] = span ?? stream.fresh(cells, random);
    stream.lock(from, to);
    const write = { id, stream, kind, from, to, before: stream.cells.slice(from, to), isLarge };
    if (kind === "remove") return { ...write, key: null };
    return { ...write, key: isLarge ? `crash-${id}` : key, body: stream.bodyOf(id, from, to) };
  }

  async #send(write) {
    const answer = await this.#request(write, 1);
    if (answer.status !== (write.kind === "remove" ? 200 : 202)) {
      this.#unsettled.push(write);
      // A runtime that is gone is not asked a thousand times a second.
      await sleep(answer.status === 0 ? 100 : 10);
      return;
    }
    this.#took(write, answer);
    if (write.key && !answer.replayed && this.random() < 0.1) await this.#again(write);
  }

  /** The answer is there: from now on this must hold. */
  #took(write, { body, replayed, requestId }) {
    const { stream, kind, from, to } = write;
    if (kind === "remove") this.acknowledged.deletes++;
    else this.acknowledged.writes++;
    if (replayed) this.replays++;
    else if (kind !== "remove" && !write.isLarge) this.requestIds.get(stream.name).push(requestId);
    this.#checkCounts(write, body);
    this.#holds(write);
    if (kind === "arrivals") {
      this.acknowledged.points += write.rows;
      this.#recentArrivals.get(stream).push(write);
    } else {
      if (kind === "append") this.acknowledged.points += (to - from) * stream.shape.rows;
      const recent = this.#recent.get(stream);
      recent.push([from, to]);
      if (recent.length > RECENT) recent.shift();
    }
  }

  /** The model holds what the write says. */
  #holds({ stream, id, kind, from, to, rows }) {
    if (kind === "arrivals") {
      stream.arrivals.set(id, { rows, isThere: true });
      stream.rows += rows;
      return;
    }
    stream.set(from, to, kind === "remove" ? 0 : id);
    stream.unlock(from, to);
  }

  #checkCounts({ stream, id, kind, before, isLarge, rows }, body) {
    const cellRows = stream.shape.rows;
    const there = before ? before.filter((held) => held !== 0).length * cellRows : 0;
    const all = before ? before.length * cellRows : rows;
    if (kind === "remove") {
      if (typeof body.deleted === "number" && body.deleted !== there)
        this.#wrong(`${stream.name}: delete ${id} took ${body.deleted} rows of ${there}`);
      return;
    }
    const sum = body.accepted + body.updated + body.duplicates;
    const isRight = isLarge
      ? sum === all && body.rejected === 0
      : body.accepted === all - there && body.updated === there && sum === all;
    if (!isRight)
      this.#wrong(
        `${stream.name}: write ${id} of ${all} rows, ${there} of them there before: ${JSON.stringify(body)}`,
      );
  }

  /** The same request with the same key: nothing may be stored twice. */
  async #again(write) {
    const answer = await this.#request(write, 2);
    if (answer.status === 0 || answer.status >= 500) return;
    if (answer.status !== 202 || !answer.replayed)
      this.#wrong(
        `${write.stream.name}: write ${write.id} sent again answered ${answer.status}, replayed: ${answer.replayed}`,
      );
    else this.replays++;
  }

  /** Where the runtime dies meanwhile, what is left is settled next time. */
  async #settleStream(stream) {
    for (const write of this.#unsettledOf(stream)) {
      write.isRetried ??= write.key !== null && (write.isLarge || this.random() < 0.5);
      if (write.isRetried) await this.#retry(write);
    }
    await this.#settleArrivals(stream);
    for (const write of this.#unsettledOf(stream)) await this.#settleCells(write);
    const recent = this.#recent.get(stream);
    for (; recent.length > 0; recent.shift()) await this.#verifyCells(stream, ...recent[0]);
    await this.#verifyCount(stream);
  }

  #unsettledOf(stream) {
    return this.#unsettled.filter((write) => write.stream === stream);
  }

  async #retry(write) {
    for (let tries = 2; tries < RETRY.tries; tries++) {
      const answer = await this.#request(write, tries);
      if (answer.status === 0) throw new Gone();
      if (answer.status === 202) {
        this.unacknowledged.retried++;
        this.#unsettled.splice(this.#unsettled.indexOf(write), 1);
        return this.#took(write, answer);
      }
      await sleep(RETRY.ms);
    }
    throw new Error(`${write.stream.name}: write ${write.id} is still refused after ${RETRY.tries} tries`);
  }

  async #settleArrivals(stream) {
    const open = this.#unsettledOf(stream).filter(({ kind }) => kind === "arrivals");
    const recent = this.#recentArrivals.get(stream);
    const all = [...open, ...recent];
    if (all.length === 0) return;
    const seen = await this.#arrivalsOf(stream, Math.min(...all.map(({ sentMs }) => sentMs)) - 5_000);
    for (const write of open) this.#became(write, seen.has(write.id));
    for (const { id, rows } of all)
      this.#verifyArrival(stream, id, stream.arrivals.get(id).isThere ? rows : 0, seen.get(id));
    recent.length = 0;
  }

  async #settleCells(write) {
    const { stream, id, kind, from, to, before } = write;
    const { holders } = await this.#read(stream, from, to);
    const wanted = kind === "remove" ? 0 : id;
    const isThere = holders.every((held) => held === wanted);
    const isAbsent = holders.every((held, i) => held === before[i]);
    if (!isThere && !isAbsent) {
      this.found.torn++;
      this.violations.push(
        `${stream.name}: ${kind} ${id} of cells ${from} to ${to} is there in part: ${holders}; before: ${before}`,
      );
    }
    this.#became(write, isThere && !isAbsent);
  }

  #became(write, isThere) {
    this.#unsettled.splice(this.#unsettled.indexOf(write), 1);
    this.unacknowledged[isThere ? "whole" : "absent"]++;
    if (isThere) this.#holds(write);
    else if (write.kind === "arrivals")
      write.stream.arrivals.set(write.id, { rows: write.rows, isThere: false });
    else write.stream.unlock(write.from, write.to);
  }

  async #verifyCells(stream, from, to) {
    const { holders, strange } = await this.#read(stream, from, to);
    const { cells, name, shape } = stream;
    if (strange > 0) this.#wrong(`${name}: ${strange} rows that nobody wrote in cells ${from} to ${to}`);
    for (const [i, held] of holders.entries()) {
      const wanted = cells[from + i];
      // Its write is not settled: it is looked at with that.
      if (held === wanted || stream.isLocked(from + i, from + i + 1)) continue;
      if (held === TORN) this.found.torn++;
      else if (wanted !== 0) this.found.lost += shape.rows;
      else this.found.wrong++;
      this.violations.push(`${name}: cell ${from + i} holds ${held}, not ${wanted}`);
    }
  }

  #verifyArrival({ name }, write, wanted, seen = []) {
    const places = new Set(seen);
    const duplicates = seen.length - places.size;
    const missing = wanted - places.size;
    if (duplicates === 0 && missing === 0) return;
    this.found.duplicates += duplicates;
    if (missing > 0) this.found[places.size > 0 ? "torn" : "lost"] += missing;
    if (missing < 0) this.found.wrong -= missing;
    this.violations.push(
      `${name}: ${seen.length} rows of arrival ${write} are there (${places.size} distinct), not ${wanted}`,
    );
  }

  async #verifyCount(stream) {
    if (this.#unsettled.some((write) => write.stream === stream)) return;
    const { status, body } = await this.#get(`/api/stream/${stream.name}`);
    if (status === 404 && stream.rows === 0) return;
    if (status !== 200) throw new Gone();
    if (body.points !== stream.rows)
      this.#wrong(`${stream.name}: the stream says it has ${body.points} rows, not ${stream.rows}`);
  }

  /** Windows come from rollups where there are some: their counts must be those of the rows. */
  async #verifyWindows({ name, cells, shape }) {
    const rows = cells.filter((held) => held !== 0).length * shape.rows;
    if (rows === 0) return;
    const range = `start=${Date.UTC(2015, 0, 1)}&end=${Date.UTC(2026, 0, 1)}`;
    for (const every of ["1h", "1d"]) {
      const path = `/api/stream/${name}/data?field=f0&agg=count&every=${every}&group_by=&${range}`;
      let counted = 0;
      await this.#lines(path, (row) => {
        counted += row.fields.f0;
      });
      if (counted !== rows) this.#wrong(`${name}: windows of ${every} count ${counted} rows, not ${rows}`);
    }
  }

  async #read(stream, from, to) {
    const reader = stream.reader(from, to);
    await this.#lines(`/api/stream/${stream.name}/data?${queryOf(stream.rangeOf(from, to))}`, reader.take);
    return reader.end();
  }

  /** Places of the rows without a time that are there, by write. */
  async #arrivalsOf({ name }, sinceMs = Date.UTC(2026, 0, 1)) {
    const seen = new Map();
    await this.#lines(`/api/stream/${name}/data?field=a&start=${sinceMs}`, ({ fields: { a } }) => {
      const write = writeOf(a);
      if (!seen.has(write)) seen.set(write, []);
      seen.get(write).push(placeOf(a));
    });
    return seen;
  }

  async #lines(path, take) {
    const headers = { authorization: `Bearer ${this.token}`, accept: "application/x-ndjson" };
    try {
      const answer = await fetch(this.url + path, { headers, signal: AbortSignal.timeout(READ_PATIENCE_MS) });
      if (!answer.ok) {
        const text = await answer.text();
        // A stream or a field that was never stored.
        if (answer.status === 404 || text.includes("field_not_found")) return;
        throw new Error(`GET ${path} answered ${answer.status}: ${text}`);
      }
      let rest = "";
      for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop();
        for (const line of lines) take(JSON.parse(line));
      }
      if (rest) take(JSON.parse(rest));
    } catch (error) {
      throw error instanceof TypeError ? new Gone() : error;
    }
  }

  async #get(path) {
    const headers = { authorization: `Bearer ${this.token}` };
    try {
      const answer = await fetch(this.url + path, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      return { status: answer.status, body: await answer.json() };
    } catch {
      throw new Gone();
    }
  }

  async #request({ stream, kind, id, key, body, from, to }, tries) {
    const requestId = `crash-${id}-${tries}`;
    const headers = {
      authorization: `Bearer ${this.token}`,
      "content-type": "application/json",
      "x-request-id": requestId,
      ...(key ? { "idempotency-key": key } : {}),
    };
    const [method, path] =
      kind === "remove"
        ? ["DELETE", `/api/stream/${stream.name}/data?${queryOf(stream.rangeOf(from, to))}`]
        : ["POST", `/api/stream/${stream.name}/points`];
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(this.url + path, { method, headers, body, signal });
      const text = await answer.text();
      const parsed = text.startsWith("{") ? JSON.parse(text) : { code: text.slice(0, 80) };
      if (!answer.ok) {
        const what = `${answer.status} ${parsed.code}`;
        this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
      }
      return {
        status: answer.status,
        body: parsed,
        requestId,
        replayed: answer.headers.get("idempotency-replayed") === "true",
      };
    } catch {
      return { status: 0 };
    }
  }

  #wrong(text) {
    this.found.wrong++;
    this.violations.push(text);
  }
}

const queryOf = ({ start, end }) => `start=${start}&end=${end}`;

/** The runtime went while it was asked: nothing is known, and it is asked again. */
export class Gone extends Error {}
