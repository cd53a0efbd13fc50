import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { AlertDesk } from "../../../durable-objects/stream/alert-desk";
import { Detection, type ToTell } from "../../../durable-objects/stream/detection/detection";
import type { LoggedRow } from "../../../durable-objects/stream/engine/log/journal";
import { detectionMarks } from "../../../durable-objects/stream/engine/log/log";
import { StreamStore } from "../../../durable-objects/stream/stream-store";
import type { StreamingVerdict } from "../../../src/analytics/detection/streaming/verdict";
import { unwrap } from "../../../src/core/result";
import type { DetectionMode } from "../../../src/streams/contract";
import type { Range } from "../../../src/streams/engine/merge";
import { encodeFrame, type Frame, memoryOf } from "../../../src/streams/frame";

const NO_LIMIT = 1e12;
let streams = 0;

/** A new stream's storage, in an object of its own. */
export const inStorage = <T>(work: (storage: DurableObjectStorage) => T): Promise<T> =>
  runInDurableObject(env.STREAM.get(env.STREAM.idFromName(`detection ${streams++}`)), (_, { storage }) =>
    work(storage),
  );

/** The store and the detectors of a stream, without the object around them: time is given, and a crash is a call. */
export class World {
  store!: StreamStore;
  detection!: Detection;
  /** What was told, in its order. */
  readonly told: { seq: number; series: number; timeMicros: number; verdict: StreamingVerdict }[] = [];
  private requests = 0;

  constructor(private readonly storage: DurableObjectStorage) {
    this.wake();
    const identity = { tenantId: "t", streamId: "s", shard: 0, epoch: 1, bornMs: 0 };
    this.store.create(identity, () => AlertDesk.createTables(storage.sql));
  }

  /** Everything in memory is lost. */
  wake(): void {
    this.store = new StreamStore(this.storage, () => NO_LIMIT);
    this.detection = new Detection(this.store, (rows) => this.tell(rows));
    this.store.follow(this.detection);
  }

  append(frame: Frame, atMs: number, detection: DetectionMode = "judge"): void {
    const bytes = encodeFrame(frame);
    const row = this.store.transaction((): LoggedRow => {
      const { engine } = this.store;
      unwrap(engine.append({ ...this.by(atMs), frame, bytes, rejected: 0, idempotency: null, detection }));
      const meta = { kind: "append", atMs, ...detectionMarks(detection) } as const;
      return { seq: engine.lastSeq, bytes: memoryOf(frame), meta, frame };
    });
    this.detection.committed([row]);
  }

  /** What was deferred is learned, some series at a time; `between` is called after each of those steps. */
  learnHistory(atMs: number, work = 1e9, between: () => void = () => {}): void {
    for (let next: number | null = 0; next !== null; between()) {
      const note = () => this.store.engine.note({ ...this.by(atMs), kind: "history", counts: {} });
      next = this.detection.learnStored(next, work, note);
    }
  }

  delete(range: Range, atMs: number): void {
    this.store.transaction(() => this.store.engine.delete(range, this.by(atMs), "delete_range"));
    this.detection.readOn();
  }

  note(
    kind: "silence" | "feedback",
    atMs: number,
    about: Pick<LoggedRow["meta"], "expected" | "silent">,
  ): void {
    this.store.transaction(() => this.store.engine.note({ ...this.by(atMs), kind, counts: {} }, about));
    this.detection.readOn();
  }

  seal(): void {
    this.store.seal(NO_LIMIT);
  }

  /** The states as they are stored, when all was observed. */
  states(): Map<number, Uint8Array> {
    this.detection.catchUp();
    this.store.transaction(() => this.detection.save());
    const rows = this.storage.sql.exec<{ page: number; data: ArrayBuffer }>("SELECT * FROM detector_states");
    return new Map(rows.toArray().map(({ page, data }) => [page, new Uint8Array(data)]));
  }

  private tell(rows: readonly ToTell[]): void {
    this.store.transaction(() => this.store.setMeta("told_seq", rows.at(-1)!.seq));
    for (const { seq, found } of rows)
      for (const { series, timeMicros, verdict } of found)
        this.told.push({ seq, series: series.id, timeMicros, verdict });
  }

  private by(atMs: number) {
    return { atMs, requestId: `r${this.requests++}`, clientId: "c" };
  }
}
