import { verifyAccessToken } from "../../src/auth";
import { systemClock } from "../../src/core/clock";
import { newUuid, secureRandom } from "../../src/core/ids";
import { configOf } from "../../src/env";
import { admissionOf } from "../../src/platform/leases";
import { encodeFrame } from "../../src/streams/frame";
import type { Appends } from "./appends";
import type { LiveHost } from "./live";
import type { StreamLease } from "./stream-lease";

/** What the object does for its live sockets: a message of readings is a request like any other. */
export function liveHost(env: Env, lease: StreamLease, appends: Appends, arm: () => Promise<void>): LiveHost {
  return {
    async append({ principal, streamId }, frame, rejected) {
      const bytes = encodeFrame(frame);
      const { tenantId, clientId } = principal;
      const admission = admissionOf(principal, null);
      const call = { tenantId, streamId, shard: 0, mapId: null, admission };
      const granted = await lease.admit(call, appends.costOf(bytes));
      if (!granted.ok) return granted;
      const requestId = newUuid();
      const write = { frame, bytes, rejected, requestId, clientId, idempotency: null, detect: true };
      return appends.put(call, granted.value, null, write);
    },
    verify: (token) =>
      verifyAccessToken(
        { env, config: configOf(env), clock: systemClock, random: secureRandom },
        token,
      ).catch(() => null),
    reschedule: arm,
  };
}
