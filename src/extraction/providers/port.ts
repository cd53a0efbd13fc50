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

/** Why there is no answer, as a tenant is told it: what an operator has to mend is not for a tenant's eyes. */
export const REFUSALS = {
  timeout: "it did not answer in time",
  rate_limited: "its maker takes no more questions at the moment",
  unavailable: "it could not be reached",
  unauthorized: "it is not available",
  unpaid: "it is not available",
  gone: "it is not available",
  rejected: "it is not available",
  blocked: "it declined to answer",
  malformed: "its answer was not what was asked for",
  resting: "it failed repeatedly and is left alone for a while",
  budget: "the tokens of this month are used up",
} as const;
export type Refusal = keyof typeof REFUSALS;

/** What only an operator can mend: the key, the bill, the model's name, or what else its maker does not take. */
const OPERATORS: readonly Refusal[] = ["unauthorized", "unpaid", "gone", "rejected"];
export const isOperators = (refused: Refusal): boolean => OPERATORS.includes(refused);

/** `tokens` were used, also where there is no answer; `status` is that of HTTP, where a server refused. */
export type Asked<T> =
  | { value: T; tokens: number }
  | { refused: Refusal; tokens: number; status?: number | null };

/** What a server answered instead of success. */
export interface Failure {
  /** Null: there was no answer. */
  status: number | null;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A provider's own part: its model behind the one interface, and what is peculiar about asking it. */
export type OpenModel = (settings: ModelSettings, fetch: typeof globalThis.fetch) => OpenedModel;

export interface OpenedModel {
  model: Exclude<LanguageModel, string>;
  options?: Record<string, Record<string, string | boolean>>;
  /** What this maker means by a failure, where its status says something else; null: its status is right. */
  refusalOf?(failure: Failure): Refusal | null;
}
