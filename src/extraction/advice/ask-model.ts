import type { TenantContext } from "../../platform/context";
import { log } from "../../platform/log";
import { ask, type Outside, tokensIn } from "../providers/ask";
import { type Asked, isOperators, type Question } from "../providers/port";
import type { ModelSettings } from "../providers/settings";
import { withinBudget } from "./budget";

/** Asks a model out of the tenant's budget of the month, and logs it. Never throws for what a model does. */
export async function askModel<T>(
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
