import { hex } from "../../core/bytes";
import type { Config } from "../../env";
import type { TenantContext } from "../../platform/context";
import { log } from "../../platform/log";
import { ask, type Outside, tokensIn } from "../providers/ask";
import { type Asked, isOperators, type Question, REFUSALS } from "../providers/port";
import { type ModelSettings, modelSettings } from "../providers/settings";
import type { Draft, UnderstandHints } from "../understand";
import { applyPatch, type Verdict } from "./apply-patch";
import { withinBudget } from "./budget";
import type { Counsel } from "./counsel";
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
  if (!settings) return hints.llm === "always" ? unconfigured(drafts) : null;
  const { provider, model } = settings;
  const counsel: Counsel = {
    tables: drafts.map(() => null),
    llm: { used: false, provider, model, tokens: 0 },
    warnings: [],
  };
  const endMs = ctx.clock.nowMs() + timeoutOf(ctx, hints);
  const beat = alive && setInterval(() => ctx.waitUntil(alive()), BEAT_MS);
  try {
    for (const at of open) {
      const draft = drafts[at]!;
      const profiled = profileTable(draft, hints);
      const asked = await askOnce(ctx, settings, profiled.profile, endMs);
      counsel.llm.tokens += asked.tokens;
      if ("refused" in asked) {
        const why = REFUSALS[asked.refused];
        counsel.warnings.push(`The language model ${model} was of no help: ${why}. The plan is code's own.`);
        break;
      }
      const { understood, verdict } = applyPatch(draft, asked.value, profiled);
      const { plan, confidence, ambiguities } = understood;
      counsel.tables[at] = { plan, confidence, ambiguities, reviewed: true };
      counsel.llm.used = true;
      counsel.warnings.push(`"${understood.table.name}": the language model ${model} ${VERDICTS[verdict]}.`);
    }
  } finally {
    clearInterval(beat);
  }
  return counsel;
}

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

const unconfigured = (drafts: readonly Draft[]): Counsel => ({
  tables: drafts.map(() => null),
  llm: { used: false, provider: null, model: null, tokens: 0 },
  warnings: ["No language model is configured: the plan is code's own."],
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

async function askModel<T>(
  ctx: TenantContext,
  settings: ModelSettings,
  question: Question<T>,
  timeoutMs: number,
): Promise<Asked<T>> {
  const most = tokensIn(question.instructions) + tokensIn(question.material) + settings.maxTokens;
  const asked =
    (await withinBudget(ctx, most, () => ask(settings, question, timeoutMs, outsideOf(ctx)))) ??
    ({ refused: "budget", tokens: 0 } as const);
  report(ctx, settings, asked);
  return asked;
}

/** What only an operator can mend is an error of the deployment, and told to nobody else. */
function report(
  { config, principal, requestId }: TenantContext,
  { provider, model }: ModelSettings,
  asked: Asked<unknown>,
) {
  const { refused, status = null } = "refused" in asked ? asked : { refused: null };
  const isError = refused !== null && isOperators(refused);
  log(config.LOG_LEVEL, isError ? "error" : "info", isError ? "model_misconfigured" : "model_asked", {
    tenant: principal.tenantId,
    request: requestId,
    provider,
    model,
    outcome: refused ?? "answered",
    status,
    tokens: asked.tokens,
  });
}

const outsideOf = (ctx: TenantContext): Outside => ({
  fetch: (input, init) => fetch(input, init),
  nowMs: () => ctx.clock.nowMs(),
  wait: (ms) => scheduler.wait(ms),
  chance: () => ctx.random(1)[0]! / 256,
});

function timeoutOf({ config }: TenantContext, { unhurried, waitMs }: UnderstandHints): number {
  if (unhurried) return config.LLM_TIMEOUT_FILE_MS;
  return Math.min(config.LLM_TIMEOUT_TEXT_MS, waitMs ?? Number.POSITIVE_INFINITY);
}

const VERDICTS: Record<Verdict, string> = {
  changed: "corrected how it is read; code checked that on the rows",
  confirmed: "left its plan as it is",
  rejected: "proposed a plan that reads less of it: code's own stands",
};
