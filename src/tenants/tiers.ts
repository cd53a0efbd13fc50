import { z } from "zod";
import type { Config } from "../env";

export const LIMIT_NAMES = [
  "max_concurrent_streams",
  "max_strategies_per_hour",
  "max_storage_mb",
  "rate_limit_per_minute",
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];
export type Limits = Record<LimitName, number>;
export const TIER_NAMES = ["standard", "professional", "enterprise"] as const;
export type TierName = (typeof TIER_NAMES)[number];
interface Tier extends Record<LimitName, { default: number; ceiling: number }> {
  /** Work units a day, about a microsecond of CPU each: what use is a share of. Nothing is refused for want of it. */
  compute_units_per_day: number;
}

const CPU_HOUR_UNITS = 3_600_000_000;

const of = (
  rate: number,
  rateMax: number,
  streams: number,
  streamsMax: number,
  strategies: number,
  strategiesMax: number,
  mb: number,
  mbMax: number,
  cpuHours: number,
): Tier => ({
  rate_limit_per_minute: { default: rate, ceiling: rateMax },
  max_concurrent_streams: { default: streams, ceiling: streamsMax },
  max_strategies_per_hour: { default: strategies, ceiling: strategiesMax },
  max_storage_mb: { default: mb, ceiling: mbMax },
  compute_units_per_day: cpuHours * CPU_HOUR_UNITS,
});

const TIERS: Record<TierName, Tier> = {
  standard: of(100, 1_000, 50, 200, 500, 2_000, 1_000, 10_000, 1),
  professional: of(500, 10_000, 200, 2_000, 5_000, 20_000, 10_000, 100_000, 10),
  enterprise: of(1_000, 100_000, 2_000, 20_000, 50_000, 200_000, 100_000, 1_000_000, 100),
};

const pair = z.object({ default: z.number().int().positive(), ceiling: z.number().int().positive() });
const tierSchema = z.strictObject({
  max_concurrent_streams: pair.optional(),
  max_strategies_per_hour: pair.optional(),
  max_storage_mb: pair.optional(),
  rate_limit_per_minute: pair.optional(),
  compute_units_per_day: z.number().positive().optional(),
});
const overridesSchema = z.partialRecord(z.enum(TIER_NAMES), tierSchema);

/** The tiers of this deployment: the built-in ones with the parts that TIERS replaces. */
export function tierOf(config: Config, name: TierName): Tier {
  const overrides = config.TIERS ? overridesSchema.parse(JSON.parse(config.TIERS)) : {};
  return { ...TIERS[name], ...(overrides[name] as Partial<Tier> | undefined) };
}

/** The limits asked for, those absent at the tier's default, each clamped to its ceiling. */
export function grantLimits(tier: Tier, asked: Partial<Limits>): { limits: Limits; clamped: LimitName[] } {
  const limits = {} as Limits;
  const clamped: LimitName[] = [];
  for (const name of LIMIT_NAMES) {
    const wanted = asked[name] ?? tier[name].default;
    limits[name] = Math.min(wanted, tier[name].ceiling);
    if (wanted > tier[name].ceiling) clamped.push(name);
  }
  return { limits, clamped };
}
