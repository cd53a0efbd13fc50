import type { LanguageModel } from "ai";
import type { ModelSettings } from "./settings";

/** A question to a model, whose answer is JSON of a schema. */
export interface Question<T> {
  /** What the model is to do: our words alone. */
  instructions: string;
  /** What it is about, where words of others stand between marks. */
  material: string;
  /** A JSON Schema, flat: three levels at most, without `maxItems` and `additionalProperties`, which some makers refuse. */
  schema: object;
  /** The answer as it may be used; null where it is not what was asked for. */
  parse(answer: unknown): T | null;
}

export const REFUSALS = {
  timeout: "it did not answer in time",
  rate_limited: "its maker takes no more questions at the moment",
  unavailable: "it could not be reached",
  unauthorized: "its maker does not take the key",
  gone: "its maker does not know the model",
  blocked: "it declined to answer",
  malformed: "its answer was not what was asked for",
  resting: "it failed repeatedly and is left alone for a while",
  budget: "the tokens of this month are used up",
} as const;
export type Refusal = keyof typeof REFUSALS;

/** `tokens` were used, also where there is no answer. */
export type Asked<T> = { value: T; tokens: number } | { refused: Refusal; tokens: number };

/** A provider's own part: its model behind the one interface, and what is peculiar about asking it. */
export type OpenModel = (
  settings: ModelSettings,
  fetch: typeof globalThis.fetch,
) => { model: Exclude<LanguageModel, string>; options?: ProviderOptions };

export type ProviderOptions = Record<string, Record<string, string | boolean>>;
