import { boundedFetch } from "./bounded-fetch";
import { type Breaker, entered, left, newBreaker, type Outcome } from "./breaker";
import type { Asked, Question, Refusal } from "./port";
import { PROVIDERS } from "./registry";
import { type Failure, isPassing, ownPauseMs, RETRIES, refusalOf, toldPauseMs } from "./retry";
import type { ModelSettings } from "./settings";

/** What asking needs of the outside. */
export interface Outside {
  fetch: typeof globalThis.fetch;
  nowMs(): number;
  wait(ms: number): Promise<unknown>;
  /** In [0, 1). */
  chance(): number;
}

/** By provider, address and model. In memory: an isolate learns within a few questions. */
const breakers = new Map<string, Breaker>();

/** All models are as good as new: for tests. */
export const forgetBreakers = (): void => breakers.clear();

/** Characters a token has at least, for what nobody counted: a question that was sent and not answered. */
const CHARS_A_TOKEN = 3;
export const tokensIn = (text: string): number => Math.ceil(text.length / CHARS_A_TOKEN);

/**
 * Asks a model within `timeoutMs`, retries and their pauses among them. Never throws for what a server does: every
 * failure is a refusal.
 */
export async function ask<T>(
  settings: ModelSettings,
  question: Question<T>,
  timeoutMs: number,
  outside: Outside,
): Promise<Asked<T>> {
  const key = `${settings.provider} ${settings.accountId ?? settings.baseUrl ?? ""} ${settings.model}`;
  const breaker = entered(breakers.get(key) ?? newBreaker(), outside.nowMs());
  if (!breaker) return { refused: "resting", tokens: 0 };
  breakers.set(key, breaker);
  const asked = await askRepeatedly(settings, question, timeoutMs, outside);
  breakers.set(key, left(breaker, outcomeOf(asked), outside.nowMs()));
  return asked;
}

/** What the data are to blame for says nothing about the model. */
function outcomeOf(asked: Asked<unknown>): Outcome {
  if (!("refused" in asked)) return "answered";
  if (asked.refused === "gone" || asked.refused === "unauthorized") return "hopeless";
  return asked.refused === "blocked" || asked.refused === "malformed" ? "answered" : "failed";
}

async function askRepeatedly<T>(
  settings: ModelSettings,
  question: Question<T>,
  timeoutMs: number,
  outside: Outside,
): Promise<Asked<T>> {
  const endMs = outside.nowMs() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    const leftMs = endMs - outside.nowMs();
    if (leftMs <= 0) return { refused: "timeout", tokens: 0 };
    const tried = await askOnce(settings, question, leftMs, outside);
    if (!("failure" in tried)) return tried;
    const { failure } = tried;
    const refused = refusalOf(failure);
    if (!isPassing(failure) || attempt > RETRIES) return { refused, tokens: 0 };
    const nowMs = outside.nowMs();
    const pauseMs = toldPauseMs(failure, nowMs) ?? ownPauseMs(attempt, outside.chance());
    if (nowMs + pauseMs >= endMs) return { refused, tokens: 0 };
    await outside.wait(pauseMs);
  }
}

async function askOnce<T>(
  settings: ModelSettings,
  { instructions, material, schema, parse }: Question<T>,
  timeoutMs: number,
  { fetch }: Outside,
): Promise<Asked<T> | { failure: Failure }> {
  const [{ open }, sdk] = await Promise.all([PROVIDERS[settings.provider](), import("ai")]);
  const { model, options } = open(settings, boundedFetch(fetch));
  const signal = AbortSignal.timeout(timeoutMs);
  const sent = tokensIn(instructions) + tokensIn(material);
  const refuse = (refused: Refusal, tokens = sent) => ({ refused, tokens });
  try {
    const { output, text, usage, finishReason } = await sdk.generateText({
      model,
      instructions,
      prompt: material,
      output: sdk.Output.object({ schema: sdk.jsonSchema<unknown>(schema) }),
      maxOutputTokens: settings.maxTokens,
      maxRetries: 0,
      abortSignal: signal,
      ...(settings.temperature === null ? {} : { temperature: settings.temperature }),
      ...(options ? { providerOptions: options } : {}),
    });
    // A server that counts nothing would be used without end.
    const tokens = usage.totalTokens || sent + tokensIn(text);
    const value = finishReason === "content-filter" ? null : parse(output);
    return value === null ? refuse("malformed", tokens) : { value, tokens };
  } catch (error) {
    if (signal.aborted) return refuse("timeout");
    if (sdk.NoObjectGeneratedError.isInstance(error)) {
      const tokens = error.usage?.totalTokens || sent + tokensIn(error.text ?? "");
      return refuse(error.finishReason === "content-filter" ? "blocked" : "malformed", tokens);
    }
    if (sdk.NoOutputGeneratedError.isInstance(error)) return refuse("blocked");
    if (sdk.APICallError.isInstance(error)) {
      const { statusCode, responseHeaders, responseBody } = error;
      // A success that could not be read: its server answers, but not as it should.
      if (statusCode !== undefined && statusCode < 300) return refuse("malformed");
      return {
        failure: { status: statusCode ?? null, headers: responseHeaders ?? {}, body: responseBody ?? "" },
      };
    }
    return { failure: { status: null, headers: {}, body: "" } };
  }
}
