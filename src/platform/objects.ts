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

/** A stream is a list of shards from the first day; `shard` 0 is the first. */
export const streamObject = (
  env: Env,
  tenantId: string,
  streamId: string,
  shard = 0,
  region?: string | null,
) => env.STREAM.get(env.STREAM.idFromName(`${tenantId}/${streamId}/${shard}`), options(region));
