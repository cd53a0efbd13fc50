import { unwrap } from "../core/result";
import { hubObject } from "../platform/objects";

/** Hands events to the tenant's hub, which keeps and spreads each `mark` of a source once. */
export async function publishEvents(
  env: Env,
  tenantId: string,
  source: string,
  events: { mark: number; event: object }[],
): Promise<void> {
  const texts = events.map(({ mark, event }) => ({ mark, event: JSON.stringify(event) }));
  unwrap(await hubObject(env, tenantId).publish({ tenantId, source, events: texts }));
}
