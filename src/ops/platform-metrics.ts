import { isOperator } from "../auth";
import { formatMs } from "../core/timestamps";
import type { Context } from "../platform/context";
import type { Exposed } from "./exposition";
import { ALL_FAMILIES, type Family, PUBLIC_FAMILIES } from "./families";
import { held } from "./held";
import { sumTotals, type TenantTotals, type Totals, totalsByTenant } from "./totals-store";

/** Tenants of one page: a scraper keeps a series for each of them and each counter. */
const MOST_TENANTS = 1_000;

const allTotals = held(sumTotals);
const tenantTotals = held((db) => totalsByTenant(db, MOST_TENANTS));

interface PlatformTotals {
  all: Totals;
  families: readonly Family[];
  /** Null: the caller is not the operator. */
  tenants: TenantTotals[] | null;
}

/** What the caller may know. A wrong token is none. */
async function totalsFor(ctx: Context, request: Request): Promise<PlatformTotals> {
  const operator = await isOperator(ctx, request);
  return {
    all: await allTotals(ctx),
    families: operator ? ALL_FAMILIES : PUBLIC_FAMILIES,
    tenants: operator ? await tenantTotals(ctx) : null,
  };
}

/** The platform's counters, and for the operator those of each tenant. */
export async function platformMetrics(ctx: Context, request: Request) {
  const { all, families, tenants } = await totalsFor(ctx, request);
  const view = (totals: Totals) =>
    Object.fromEntries(families.map(({ name, samples }) => [name, viewOf(samples(totals))]));
  return {
    timestamp: formatMs(ctx.clock.nowMs()),
    totals: view(all),
    ...(tenants && {
      tenants: tenants.map(({ tenantId, totals }) => ({ tenant_id: tenantId, totals: view(totals) })),
    }),
  };
}

/** The same for a scraper: a tenant's counters are families of their own, so that a sum counts nothing twice. */
export async function exposedMetrics(ctx: Context, request: Request): Promise<Exposed[]> {
  const { all, families, tenants } = await totalsFor(ctx, request);
  const platform = families.map((family) => ({ ...family, samples: family.samples(all) }));
  if (!tenants) return platform;
  return [
    ...platform,
    ...families.map(({ name, help, samples }) => ({
      name: `tenant_${name}`,
      help: `By tenant. ${help}`,
      samples: tenants.flatMap(({ tenantId, totals }) =>
        samples(totals).map(({ labels, value }) => ({ labels: { tenant_id: tenantId, ...labels }, value })),
      ),
    })),
  ];
}

/** A number, or numbers by their label. */
const viewOf = (samples: ReturnType<Family["samples"]>): number | Record<string, number> => {
  const [only] = samples;
  if (samples.length === 1) return only!.value;
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels)[0]!, value]));
};
