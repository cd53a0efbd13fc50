import { unwrap } from "../core/result";
import { hubObject } from "../platform/objects";
import type { PublishedEvent } from "./contract";

/** Hands events to the tenant's hub, which keeps and spreads each `mark` of a source once. */
export async function publishEvents(env: Env, tenantId: string, source: string, events: PublishedEvent[]): Promise<void> {
  unwrap(await hubObject(env, tenantId).publish({ tenantId, source, events }));
}
