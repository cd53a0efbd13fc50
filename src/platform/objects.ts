import { Recent } from "../core/recent";

/** The only place where a name becomes a stub. */

/** A tenant's region as a Durable Object location hint; an object is created there, and stays. */
const HINTS: Record<string, DurableObjectLocationHint> = {
  wnam: "wnam",
  enam: "enam",
  sam: "sam",
  weur: "weur",
  eeur: "eeur",
  apac: "apac",
  oc: "oc",
  afr: "afr",
  me: "me",
};

const options = (region: string | null | undefined): DurableObjectNamespaceGetDurableObjectOptions => {
  const locationHint = region ? HINTS[region] : undefined;
  return locationHint ? { locationHint } : {};
};

export const REGIONS = Object.keys(HINTS);

export const tenantObject = (env: Env, tenantId: string, region?: string | null) =>
  env.TENANT.get(env.TENANT.idFromName(tenantId), options(region));

export const hubObject = (env: Env, tenantId: string, region?: string | null) =>
  env.HUB.get(env.HUB.idFromName(tenantId), options(region));

/** Of streams that were called of late: to work an id out of its name takes as long as to read a hundred points. */
const streamIds = new Recent<string, DurableObjectId>(10_000);

function streamIdOf(env: Env, name: string): DurableObjectId {
  const known = streamIds.get(name);
  if (known) return known;
  const id = env.STREAM.idFromName(name);
  streamIds.put(name, id, 1);
  return id;
}

/** A stream is a list of shards from the first day; `shard` 0 is the first. */
export const streamObject = (
  env: Env,
  tenantId: string,
  streamId: string,
  shard = 0,
  region?: string | null,
) => env.STREAM.get(streamIdOf(env, `${tenantId}/${streamId}/${shard}`), options(region));
