import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json";
import { Recent } from "../../core/recent";
import type { ModelSettings } from "../providers/settings";
import type { PlanPatch } from "./patch";
import type { TableProfile } from "./profile";

/** Who looks at how data would be understood loads them soon after, or not at all. */
const HEARD_MS = 10 * 60_000;
const MOST_HEARD = 500;

/**
 * What models said of late of a tenant's tables, so that data that were analysed and then are loaded are asked about once,
 * also where columns have no names by which a plan would be kept. In an isolate's memory: an analysis stores nothing. A
 * patch has no words of the data, only ids and units of a closed list.
 */
let heard = newHeard();

function newHeard() {
  return new Recent<string, { patch: PlanPatch; untilMs: number }>(MOST_HEARD);
}

/** Nothing was asked yet: for tests. */
export function forgetHeard(): void {
  heard = newHeard();
}

/** Names a question by who asks which model, and by what the model is shown of the cells: not by where they came in. */
export function questionKey(
  tenantId: string,
  { provider, baseUrl, model, temperature }: ModelSettings,
  { about: { description, format }, ...shown }: TableProfile,
): string {
  const asked = [tenantId, provider, baseUrl ?? null, model, temperature, description, format, { ...shown }];
  return createHash("sha256").update(canonicalJson(asked)).digest("hex");
}

export function heardOf(key: string, nowMs: number): PlanPatch | null {
  const found = heard.get(key);
  return found && found.untilMs > nowMs ? found.patch : null;
}

export const keepHeard = (key: string, patch: PlanPatch, nowMs: number): void =>
  heard.put(key, { patch, untilMs: nowMs + HEARD_MS }, 1);
