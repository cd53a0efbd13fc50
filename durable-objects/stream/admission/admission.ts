import type { Grant } from "../../../src/core/admission";
import { attempt, failed, ok, type Result } from "../../../src/core/result";
import { admitted, refused } from "../../../src/platform/leases";
import type { StreamCall } from "../../../src/streams/contract";
import type { Sharded } from "../../../src/streams/shard";
import type { Shards } from "../shards";
import type { StreamStore } from "../stream-store";
import type { StreamLease, Want } from "./stream-lease";

const READ: Want = { write: false, bytes: 0 };

/** Lets calls in: by the tenant's lease, by the map of shards they go by, and by what is stored here. */
export class StreamAdmission {
  constructor(
    private readonly lease: StreamLease,
    private readonly shards: Shards,
    private readonly store: StreamStore,
    /** The alarm may have to ring earlier than it was to. */
    private readonly arm: () => Promise<void>,
  ) {}

  /** Work for which the lease has what it wants. */
  async admit<T>(
    call: StreamCall,
    want: Want,
    work: (grant: Grant) => Result<T> | Promise<Result<T>>,
  ): Promise<Sharded<T>> {
    const leave = this.lease.admit(call, want);
    // Nearly always there is a lease: then nothing is waited for.
    const granted = leave instanceof Promise ? await leave : leave;
    if (!granted.ok) return { ...refused<T>(granted), moved: null };
    const moved = this.shards.moved(call.mapId);
    if (moved) return { ...admitted<T>(granted.value, notFound()), moved };
    return { ...admitted(granted.value, await work(granted.value)), moved: null };
  }

  /** Work on what is stored; `stream_not_found` where nothing is, or only what was erased since. */
  reading<T>(call: StreamCall, work: () => T | Promise<T>): Promise<Sharded<T>> {
    return this.admit(call, READ, (grant) =>
      this.store.holds(grant.epoch) ? attempt(async () => work()) : notFound(),
    );
  }

  /** Work on what is stored, after which something may be due. */
  changing<T>(call: StreamCall, work: () => T | Promise<T>): Promise<Sharded<T>> {
    return this.reading(call, async () => {
      const done = await work();
      await this.arm();
      return done;
    });
  }

  /** Work that asks only whether something is stored that was not erased since. */
  asking<T>(call: StreamCall, work: (isThere: boolean) => T): Promise<Sharded<T>> {
    return this.admit(call, READ, (grant) => ok(work(this.store.holds(grant.epoch))));
  }
}

const notFound = () => failed({ code: "stream_not_found", detail: "There is no stream with this id." });
