import { verifyAccessToken } from "../../../src/auth";
import { systemClock } from "../../../src/core/clock";
import { newUuid, secureRandom } from "../../../src/core/ids";
import { type Result, unwrap } from "../../../src/core/result";
import { configOf } from "../../../src/env";
import type { Principal } from "../../../src/platform/context";
import { admissionOf } from "../../../src/platform/leases";
import { streamObject } from "../../../src/platform/objects";
import type { AppendAnswer, StreamCall, WriteCounts } from "../../../src/streams/contract";
import { encodeFrame, type Frame } from "../../../src/streams/frame";
import type { Sharded } from "../../../src/streams/shard";
import { splitFrame } from "../../../src/streams/shard-map";
import type { StreamLease } from "../admission/stream-lease";
import type { Shards } from "../shards";
import type { Append, Appends } from "../writes/appends";

/** Who sends readings through a socket. */
export interface LiveSender {
  principal: Principal;
  streamId: string;
}

/** What the stream's object does for its sockets. */
export interface LiveHost {
  /** Admits one request of the sender and stores the frame; answers when it is durable. */
  append(sender: LiveSender, frame: Frame, rejected: number): Promise<Result<Omit<WriteCounts, "rejected">>>;
  /** The principal of an access token, or null where it is not valid. */
  verify(token: string): Promise<Principal | null>;
  /** When the alarm must ring for the sockets may be earlier than it was. */
  reschedule(): Promise<void>;
}

/** The object's own: a message of readings is a request like any other. */
export function liveHost(
  env: Env,
  lease: StreamLease,
  appends: Appends,
  shards: Shards,
  arm: () => Promise<void>,
): LiveHost {
  return {
    async append({ principal, streamId }, frame, rejected) {
      const arrivedMs = Date.now();
      const map = shards.map();
      const admission = admissionOf(principal, null);
      const call = { tenantId: principal.tenantId, streamId, shard: 0, mapId: map?.id ?? null, admission };
      const bytes = encodeFrame(frame);
      const granted = await lease.admit(call, appends.costOf(bytes));
      if (!granted.ok) return granted;
      const requestId = newUuid();
      const write: Append = {
        frame,
        bytes,
        rejected,
        requestId,
        clientId: principal.clientId,
        idempotency: null,
        detection: "judge",
        arrivedMs,
      };
      if (!map) return appends.put(call, granted.value, null, write);
      const letIn = { ...call, admission: admissionOf(principal, granted.value) };
      const answers: Result<AppendAnswer>[] = [];
      for (const [shard, part] of splitFrame(map, frame)) {
        answers.push(
          shard === 0
            ? await appends.put(call, granted.value, null, {
                ...write,
                frame: part,
                bytes: encodeFrame(part),
              })
            : await elsewhere({ ...letIn, shard }, part, { ...write, rejected: 0 }),
        );
      }
      return sumOf(answers);
    },
    verify: (token) =>
      verifyAccessToken(
        { env, config: configOf(env), clock: systemClock, random: secureRandom },
        token,
      ).catch(() => null),
    reschedule: arm,
  };

  async function elsewhere(call: StreamCall, frame: Frame, write: Append): Promise<Result<AppendAnswer>> {
    const { rejected, requestId, clientId, idempotency, detection } = write;
    const answer: Sharded<AppendAnswer> = await streamObject(
      env,
      call.tenantId,
      call.streamId,
      call.shard,
    ).append({
      ...call,
      dataType: null,
      frame: encodeFrame(frame),
      rejected,
      requestId,
      clientId,
      idempotency,
      detection,
    });
    return answer.result;
  }
}

/** What all shards made of a message, or why one refused its part. */
function sumOf(answers: readonly Result<AppendAnswer>[]): Result<AppendAnswer> {
  const refused = answers.find((answer) => !answer.ok);
  if (refused) return refused;
  const sum: AppendAnswer = { accepted: 0, updated: 0, duplicates: 0, replayed: null };
  for (const answer of answers) {
    const { accepted, updated, duplicates } = unwrap(answer);
    sum.accepted += accepted;
    sum.updated += updated;
    sum.duplicates += duplicates;
  }
  return { ok: true, value: sum };
}
