import type { APICallError } from "ai";
import { boundedFetch } from "./bounded-fetch";
import { type Breaker, entered, left, newBreaker, type Outcome } from "./breaker";
import type { Asked, Failure, Question, Refusal } from "./port";
import { PROVIDERS } from "./registry";
import { isPassing, ownPauseMs, RETRIES, refusalOf, toldPauseMs } from "./retry";
import type { ModelSettings } from "./settings";

// Its warnings are lines for a developer's console and no events.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Characters of a server's complaint that are looked at. */
const MOST_ERROR_CHARS = 20_000;

/** What asking needs of the outside. */
export interface Outside {
  fetch: typeof globalThis.fetch;
  nowMs(): number;
  wait(ms: number): Promise<unknown>;
  /** In [0, 1). */
  chance(): number;
}

/**
 * A model that was given less time than this has not failed: callers who are in a hurry are no reason to keep it from
 * others.
 */
const FAIR_MS = 8_000;

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
  const outcome = outcomeOf(asked, timeoutMs);
  if (outcome) breakers.set(key, left(breakers.get(key) ?? breaker, outcome, outside.nowMs()));
  return asked;
}

/** Null: nothing is known of the model by that. What the data are to blame for is an answer like others. */
function outcomeOf(asked: Asked<unknown>, timeoutMs: number): Outcome | null {
  if (!("refused" in asked)) return "answered";
  switch (asked.refused) {
    case "gone":
    case "unauthorized":
    case "unpaid":
      return "hopeless";
    case "blocked":
    case "malformed":
    case "rejected":
      return "answered";
    case "timeout":
      return timeoutMs < FAIR_MS ? null : "failed";
    default:
      return "failed";
  }
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
    const { failure, refused } = tried;
    const given = { refused, tokens: 0, status: failure.status };
    if (!isPassing(refused, failure) || attempt > RETRIES) return given;
    const nowMs = outside.nowMs();
    const pauseMs = toldPauseMs(failure, nowMs) ?? ownPauseMs(attempt, outside.chance());
    if (nowMs + pauseMs >= endMs) return given;
    await outside.wait(pauseMs);
  }
}

async function askOnce<T>(
  settings: ModelSettings,
  { instructions, material, schema, parse }: Question<T>,
  timeoutMs: number,
  { fetch }: Outside,
): Promise<Asked<T> | { failure: Failure; refused: Refusal }> {
  const [{ open }, sdk] = await Promise.all([PROVIDERS[settings.provider](), import("ai")]);
  const { model, options, refusalOf: ownRefusalOf } = open(settings, boundedFetch(fetch));
  const signal = AbortSignal.timeout(timeoutMs);
  const sent = tokensIn(instructions) + tokensIn(material);
  const refuse = (refused: Refusal, tokens = sent) => ({ refused, tokens });
  try {
    const generated = sdk.generateText({
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
    // A binding need not obey the signal.
    const { output, text, usage, finishReason } = await Promise.race([generated, aborted(signal)]);
    // A server that counts nothing would be used without end.
    const tokens = usage.totalTokens || sent + tokensIn(text);
    if (finishReason === "content-filter") return refuse("blocked", tokens);
    const value = parse(output);
    return value === null ? refuse("malformed", tokens) : { value, tokens };
  } catch (error) {
    if (signal.aborted) return refuse("timeout");
    if (sdk.NoObjectGeneratedError.isInstance(error)) {
      const tokens = error.usage?.totalTokens || sent + tokensIn(error.text ?? "");
      return refuse(error.finishReason === "content-filter" ? "blocked" : "malformed", tokens);
    }
    if (sdk.NoOutputGeneratedError.isInstance(error)) return refuse("blocked");
    const failure = failureOf(sdk.APICallError.isInstance(error) ? error : {});
    // A success that could not be read: its server answers, but not as it should.
    if (failure.status !== null && failure.status < 300) return refuse("malformed");
    return { failure, refused: ownRefusalOf?.(failure) ?? refusalOf(failure) };
  }
}

const failureOf = ({ statusCode, responseHeaders, responseBody }: Partial<APICallError>): Failure => ({
  status: statusCode ?? null,
  headers: responseHeaders ?? {},
  body: (responseBody ?? "").slice(0, MOST_ERROR_CHARS),
});

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
