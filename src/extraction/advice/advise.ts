import { hex } from "../../core/bytes";
import type { Config } from "../../env";
import type { TenantContext } from "../../platform/context";
import { currentTenant } from "../../tenants";
import type { ModelRecords } from "../contract";
import { type Asked, REFUSALS, type Refusal } from "../providers/port";
import { type ModelSettings, modelSettings } from "../providers/settings";
import type { Draft, UnderstandHints } from "../understand";
import { applyPatch, type Verdict } from "./apply-patch";
import { askModel } from "./ask-model";
import type { Counsel } from "./counsel";
import { findRecords } from "./find-records";
import { heardOf, keepHeard, questionKey } from "./heard";
import type { PlanPatch } from "./patch";
import { profileTable, type TableProfile } from "./profile";
import { questionAbout } from "./prompt";

/** Tables of one upload that a model is asked about, the largest ones. */
const MOST_TABLES = 3;

/** Whoever waits says so this often: a job that is silent for a minute is taken for dead. */
const BEAT_MS = 20_000;

/**
 * Asks a model about the plans that code is unsure of, or about all where the caller wants that. Null: nobody was asked
 * and nothing is to be said. `alive` is called now and then while it waits. Never throws for what a model does: code's
 * plan stands then, and the warnings say so.
 */
export async function adviseTables(
  ctx: TenantContext,
  drafts: readonly Draft[],
  hints: UnderstandHints,
  alive?: () => Promise<unknown>,
): Promise<Counsel | null> {
  const open = doubtful(ctx, drafts, hints);
  if (open.length === 0) return null;
  const settings = modelSettings(ctx.config, ctx.env);
  const unasked = settings ? await forbidden(ctx) : "No language model is configured";
  if (!settings || unasked)
    return hints.llm === "always" ? byCode(drafts, `${unasked}: the plan is code's own.`) : null;
  const { provider, model } = settings;
  const counsel: Counsel = {
    tables: drafts.map(() => null),
    llm: { used: false, provider, model, tokens: 0 },
    warnings: [],
  };
  const asking = { ctx, settings, hints, endMs: ctx.clock.nowMs() + timeoutOf(ctx, hints) };
  const beat = alive && setInterval(() => ctx.waitUntil(alive()), BEAT_MS);
  try {
    for (const at of open) {
      const draft = drafts[at]!;
      const refused = await (draft.understood.table.freeText
        ? lookForRecords(asking, counsel, draft, at)
        : review(asking, counsel, draft, at));
      if (refused === null) continue;
      counsel.warnings.push(
        `The language model ${model} was of no help: ${REFUSALS[refused]}. The plan is code's own.`,
      );
      break;
    }
  } finally {
    clearInterval(beat);
  }
  return counsel;
}

interface Asking {
  ctx: TenantContext;
  settings: ModelSettings;
  hints: UnderstandHints;
  endMs: number;
}

/** Asks about the plan of a table; gives why there is no answer, or null. */
async function review(
  { ctx, settings, hints, endMs }: Asking,
  { llm, tables, warnings }: Counsel,
  draft: Draft,
  at: number,
): Promise<Refusal | null> {
  const profiled = profileTable(draft, hints);
  const asked = await askOnce(ctx, settings, profiled.profile, endMs);
  llm.tokens += asked.tokens;
  if ("refused" in asked) return asked.refused;
  const { understood, verdict } = applyPatch(draft, asked.value, profiled);
  const { plan, confidence, ambiguities } = understood;
  tables[at] = { plan, confidence, ambiguities, reviewed: true };
  llm.used = true;
  warnings.push(`"${understood.table.name}": the language model ${settings.model} ${VERDICTS[verdict]}.`);
  return null;
}

/** Asks for the records of a free text; gives why there is no answer, or null. */
async function lookForRecords(
  { ctx, settings, hints, endMs }: Asking,
  { llm, tables, warnings }: Counsel,
  draft: Draft,
  at: number,
): Promise<Refusal | null> {
  const { name } = draft.understood.table;
  const found = await findRecords(ctx, settings, draft, hints, endMs);
  llm.tokens += found.tokens;
  if ("refused" in found) {
    if (found.refused !== "too_long") return found.refused;
    warnings.push(`"${name}" is too long for a language model to look for records in it.`);
    return null;
  }
  const { table, counts } = found;
  llm.used ||= table !== null;
  llm.records = llm.records ? added(llm.records, counts) : counts;
  tables[at] = table;
  warnings.push(`"${name}": the language model ${settings.model} ${told(counts)}.`);
  return null;
}

function told({ proposed, kept, values_dropped }: ModelRecords): string {
  const values = values_dropped > 0 ? `, without ${values_dropped} value(s) that do not` : "";
  const text = kept > 0 ? "" : ": it is kept as code reads it";
  return `proposed ${proposed} record(s), of which ${kept} stand in the text word for word${values}${text}`;
}

const added = (one: ModelRecords, other: ModelRecords): ModelRecords => ({
  proposed: one.proposed + other.proposed,
  kept: one.kept + other.kept,
  dropped: one.dropped + other.dropped,
  values_dropped: one.values_dropped + other.values_dropped,
});

/** Places of the tables to ask about, the largest first. What a person or a model has settled is not asked again. */
function doubtful(
  { config }: TenantContext,
  drafts: readonly Draft[],
  { llm = "auto" }: UnderstandHints,
): number[] {
  if (llm === "never") return [];
  const isOpen = ({ origin, understood }: Draft) =>
    origin === "code" && isDoubtful(config, llm, understood.confidence);
  return drafts
    .flatMap((draft, at) => (isOpen(draft) ? [at] : []))
    .sort((a, b) => drafts[b]!.understood.table.rowCount - drafts[a]!.understood.table.rowCount)
    .slice(0, MOST_TABLES);
}

const isDoubtful = (config: Config, llm: UnderstandHints["llm"], confidence: number): boolean =>
  llm === "always" || (llm !== "never" && confidence < config.LLM_ASK_BELOW);

/** Whether a model would be asked about a table, were it not settled already. */
export const mayAsk = (
  { config, env }: TenantContext,
  { confidence }: { confidence: number },
  { llm }: UnderstandHints,
): boolean =>
  isDoubtful(config, llm, confidence) && (llm === "always" || modelSettings(config, env) !== null);

/** Why the tenant wants no model to be asked; null: it has said nothing against it. */
async function forbidden(ctx: TenantContext): Promise<string | null> {
  const { settings } = await currentTenant(ctx, ctx.principal.tenantId);
  return settings.llm === "never" ? "The account's settings keep its data from language models" : null;
}

const byCode = (drafts: readonly Draft[], warning: string): Counsel => ({
  tables: drafts.map(() => null),
  llm: { used: false, provider: null, model: null, tokens: 0 },
  warnings: [warning],
});

/** The answer that was heard of late to the same question costs nothing. */
async function askOnce(
  ctx: TenantContext,
  settings: ModelSettings,
  profile: TableProfile,
  endMs: number,
): Promise<Asked<PlanPatch>> {
  const key = questionKey(ctx.principal.tenantId, settings, profile);
  const known = heardOf(key, ctx.clock.nowMs());
  if (known) return { value: known, tokens: 0 };
  const question = questionAbout(profile, hex(ctx.random(8)));
  const asked = await askModel(ctx, settings, question, endMs - ctx.clock.nowMs());
  if (!("refused" in asked)) keepHeard(key, asked.value, ctx.clock.nowMs());
  return asked;
}

function timeoutOf({ config }: TenantContext, { unhurried, waitMs }: UnderstandHints): number {
  if (unhurried) return config.LLM_TIMEOUT_FILE_MS;
  return Math.min(config.LLM_TIMEOUT_TEXT_MS, waitMs ?? Number.POSITIVE_INFINITY);
}

const VERDICTS: Record<Verdict, string> = {
  changed: "corrected how it is read; code checked that on the rows",
  confirmed: "left its plan as it is",
  rejected: "proposed a plan that reads less of it: code's own stands",
};
