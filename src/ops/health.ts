import type { Context } from "../platform/context";

export interface Probe {
  status: "ok" | "failed";
  latency_ms: number;
}

/** Each dependency asked once for something small. */
const PROBES: Record<string, (ctx: Context) => Promise<unknown>> = {
  d1: (ctx) => ctx.env.DB.prepare("SELECT 1").first(),
  r2: (ctx) => ctx.env.UPLOADS.head("health/probe"),
  durable_objects: (ctx) => ctx.env.HUB.get(ctx.env.HUB.idFromName("health")).since(0, 1),
};

export async function probeAll(
  ctx: Context,
): Promise<{ status: "ok" | "degraded"; dependencies: Record<string, Probe> }> {
  const entries = await Promise.all(
    Object.entries(PROBES).map(async ([name, probe]): Promise<[string, Probe]> => {
      const started = ctx.clock.nowMs();
      const status = await probe(ctx).then(
        () => "ok" as const,
        () => "failed" as const,
      );
      return [name, { status, latency_ms: ctx.clock.nowMs() - started }];
    }),
  );
  const healthy = entries.every(([, probe]) => probe.status === "ok");
  return { status: healthy ? "ok" : "degraded", dependencies: Object.fromEntries(entries) };
}
