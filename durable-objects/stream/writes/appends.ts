import type { Grant } from "../../../src/core/admission";
import { fail } from "../../../src/core/errors";
import { failed, ok, type Result } from "../../../src/core/result";
import { db } from "../../../src/platform/db";
import type {
  AppendAnswer,
  AppendCall,
  DetectionMode,
  IdempotencyLookup,
  IdempotentWrite,
  StreamCall,
} from "../../../src/streams/contract";
import { decodeFrame, type Frame, memoryOf } from "../../../src/streams/frame";
import { registerStream } from "../../../src/streams/store";
import type { Want } from "../admission/stream-lease";
import { AlertDesk } from "../alert-desk";
import type { LoggedRow } from "../engine/log/journal";
import { detectionMarks } from "../engine/log/log";
import type { Identity, StreamStore } from "../stream-store";
import { WriteQueue } from "./queue";

/** How long a key counts as running when nothing more is heard of its request. */
const RUNNING_MS = 60_000;
const OPEN_TRIES = 3;
/** What a write may take beside its frame: its audit entry, and the pages that rows fill only in part. */
const WRITE_OVERHEAD_BYTES = 12_288;

/** A frame on its way into the log. */
export interface Append {
  frame: Frame;
  bytes: Uint8Array;
  rejected: number;
  requestId: string;
  clientId: string;
  idempotency: IdempotentWrite | null;
  detection: DetectionMode;
  /** When it came to this object. */
  arrivedMs: number;
}

/** A write as the log has it. */
export interface CommittedRow extends LoggedRow {
  frame: Frame;
  arrivedMs: number;
}

interface Queued extends Append {
  /** Everything was erased since, or the stream split, where this is not the present one. */
  generation: number;
}

/** The way of a write: the stream is there, its key is new, and it goes into the next commit. */
export class Appends {
  private readonly queue = new WriteQueue<Queued, Result<AppendAnswer>>((writes) => this.commit(writes));
  private readonly running = new Map<string, number>();
  private generation = 0;

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
    private readonly alerts: AlertDesk,
    private readonly stored: (rows: CommittedRow[]) => void,
  ) {}

  /** What a write asks its lease for. */
  costOf(frame: Uint8Array | null): Want {
    return { write: true, bytes: (frame?.byteLength ?? 0) + WRITE_OVERHEAD_BYTES };
  }

  async append(call: AppendCall, grant: Grant, arrivedMs: number): Promise<Result<AppendAnswer>> {
    const frame = decodeFrame(call.frame);
    if (!frame) return failed({ code: "malformed_data", detail: "The frame is damaged." });
    const { rejected, requestId, clientId, idempotency, detection, frame: bytes } = call;
    return this.put(call, grant, call.dataType, {
      frame,
      bytes,
      rejected,
      requestId,
      clientId,
      idempotency,
      detection,
      arrivedMs,
    });
  }

  /** Stores what a grant lets in. */
  async put(
    call: StreamCall,
    grant: Grant,
    dataType: string | null,
    write: Append,
  ): Promise<Result<AppendAnswer>> {
    if (!this.store.holds(grant.epoch)) {
      const opened = await this.open(call, grant, dataType);
      if (!opened.ok) return opened;
    }
    return this.queue.add({ ...write, generation: this.generation });
  }

  async reserveArrival(
    call: StreamCall & { dataType: string | null; uploadId: string; rows: number } & {
      requestId: string;
      clientId: string;
    },
    grant: Grant,
  ): Promise<Result<number>> {
    const opened = await this.open(call, grant, call.dataType);
    if (!opened.ok) return opened;
    const by = { atMs: Date.now(), requestId: call.requestId, clientId: call.clientId };
    return ok(this.store.transaction(() => this.store.engine.reserveArrival(call.uploadId, call.rows, by)));
  }

  lookup(key: string, isThere: boolean): IdempotencyLookup {
    const now = Date.now();
    const known = isThere ? this.store.engine.keys.find(key, now) : null;
    if (known) return { state: "done", fingerprint: known.fingerprint, answer: known.answer };
    if (this.isRunning(key, now)) return { state: "running" };
    for (const [other, until] of this.running) if (until <= now) this.running.delete(other);
    this.running.set(key, now + RUNNING_MS);
    return { state: "new" };
  }

  private isRunning(key: string, nowMs: number): boolean {
    return (this.running.get(key) ?? 0) > nowMs;
  }

  release(key: string): void {
    this.running.delete(key);
  }

  /** The stream is split in this moment: what was let in by the old map and is not stored yet is sent back. */
  turnAway(): void {
    this.generation++;
  }

  /** Everything is erased; what was on its way is refused. */
  async wipe(): Promise<void> {
    this.generation++;
    this.running.clear();
    this.alerts.erased();
    await this.store.wipe();
  }

  /** This object becomes a shard of a stream that is there; what was erased since goes first. */
  async adopt(identity: Identity): Promise<void> {
    const known = this.store.identity();
    if (known && known.epoch < identity.epoch) await this.wipe();
    if (!this.store.identity()) this.create(identity);
  }

  private create(identity: Identity): void {
    this.store.create(identity, () => AlertDesk.createTables(this.store.sql));
  }

  /** Registers a new stream, and ends what an erasure left behind. */
  private async open(call: StreamCall, grant: Grant, dataType: string | null): Promise<Result<null>> {
    const { tenantId, streamId, shard } = call;
    // Only shard 0 comes into being by a write.
    if (shard !== 0 && !this.store.identity()) return beingErased();
    for (let tries = 0; tries < OPEN_TRIES; tries++) {
      if (this.store.holds(grant.epoch)) return ok(null);
      if (this.store.identity()) await this.wipe();
      const { generation } = this;
      await registerStream(db(this.env), { tenantId, streamId, dataType, createdAt: Date.now() });
      // Erased while it waited: the registry may have lost it again.
      if (generation !== this.generation) continue;
      if (!this.store.identity())
        this.create({ tenantId, streamId, shard, epoch: grant.epoch, bornMs: Date.now() });
    }
    return this.store.holds(grant.epoch) ? ok(null) : beingErased();
  }

  private commit(writes: Queued[]): Result<AppendAnswer>[] {
    const rows: CommittedRow[] = [];
    const results = this.store.transaction(() => writes.map((write) => this.write(write, rows)));
    for (const { idempotency } of writes) if (idempotency?.began) this.running.delete(idempotency.key);
    if (rows.length > 0) this.stored(rows);
    return results;
  }

  /** What is written into the log is added to `rows`. */
  private write(write: Queued, rows: CommittedRow[]): Result<AppendAnswer> {
    if (write.generation !== this.generation) return beingErased();
    const { engine } = this.store;
    const { idempotency, frame, arrivedMs } = write;
    const atMs = Date.now();
    const before = idempotency && engine.keys.find(idempotency.key, atMs);
    if (before) {
      if (before.fingerprint === idempotency.fingerprint)
        return ok({ accepted: 0, updated: 0, duplicates: 0, replayed: before.answer });
      return failed(
        fail("idempotency_key_reused", "This Idempotency-Key was used with another body.").failure,
      );
    }
    if (idempotency && !idempotency.began && this.isRunning(idempotency.key, atMs)) {
      return failed(
        fail("idempotency_in_progress", "The first request with this Idempotency-Key has not finished.")
          .failure,
      );
    }
    const counts = engine.append({ ...write, atMs });
    if (!counts.ok) return counts;
    const meta = { kind: "append", atMs, ...detectionMarks(write.detection) } as const;
    rows.push({ seq: engine.lastSeq, bytes: memoryOf(frame), meta, frame, arrivedMs });
    return ok({ ...counts.value, replayed: null });
  }
}

const beingErased = () =>
  failed({
    code: "unavailable",
    detail: "The stream is being split or erased; try again.",
    retryAfterSeconds: 1,
  });
