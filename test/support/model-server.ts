import type { ProviderId } from "../../src/extraction/providers/settings";

/** What a server of language models does with a question. */
export type Play =
  | { does: "answers"; with: unknown }
  | { does: "says"; text: string; cut?: boolean }
  | { does: "fails"; status: number; headers?: Record<string, string>; body?: unknown }
  | { does: "blocks" }
  /** Something else than a model's answer, with success. */
  | { does: "sends"; body: string }
  | { does: "hangs" }
  | { does: "hangs up" };

export const answers = (value: unknown): Play => ({ does: "answers", with: value });
export const fails = (status: number, headers: Record<string, string> = {}, body: unknown = {}): Play => ({
  does: "fails",
  status,
  headers,
  body,
});

/** Tokens that every answer is said to have cost. */
export const TOKENS = { sent: 700, received: 43, all: 743 };

/** A question as it came over the wire. */
export interface Received {
  url: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  /** All of the body as text, in which the material stands escaped. */
  text: string;
}

/** An answer of an OpenAI-compatible server that does not say what it cost. */
export const uncounted = (value: unknown): Play => ({
  does: "sends",
  body: JSON.stringify({ ...(chat(JSON.stringify(value), "stop") as object), usage: undefined }),
});

/** A server that speaks as a provider's does, and plays what it is told; the last play over and over. */
export function modelServer(provider: ProviderId, ...plays: Play[]) {
  const received: Received[] = [];
  const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input instanceof URL ? input.href : input, init);
    const text = await request.text();
    received.push({
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: JSON.parse(text),
      text,
    });
    const play = plays[Math.min(received.length, plays.length) - 1]!;
    return perform(provider, play, init?.signal ?? request.signal);
  }) as typeof globalThis.fetch;
  return { received, fetch };
}

function perform(provider: ProviderId, play: Play, signal: AbortSignal): Promise<Response> | Response {
  switch (play.does) {
    case "answers":
      return json(WIRE[provider](JSON.stringify(play.with), "stop"));
    case "says":
      return json(WIRE[provider](play.text, play.cut ? "length" : "stop"));
    case "sends":
      return new Response(play.body, { headers: { "content-type": "application/json" } });
    case "blocks":
      return json(BLOCKED[provider]);
    case "fails":
      return new Response(JSON.stringify(play.body ?? {}), {
        status: play.status,
        headers: play.headers ?? {},
      });
    case "hangs up":
      throw new TypeError("The connection was lost.");
    case "hangs":
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
  }
}

const json = (body: unknown) => Response.json(body);

type End = "stop" | "length";

/** Successful answers, each as its maker writes it. */
const WIRE: Record<ProviderId, (text: string, end: End) => unknown> = {
  gemini: (text, end) => ({
    candidates: [
      {
        content: { role: "model", parts: [{ text }] },
        finishReason: end === "stop" ? "STOP" : "MAX_TOKENS",
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: TOKENS.sent,
      candidatesTokenCount: TOKENS.received,
      totalTokenCount: TOKENS.all,
    },
  }),
  openai: (text, end) => ({
    id: "resp_1",
    object: "response",
    created_at: 1_700_000_000,
    model: "a-model",
    status: end === "stop" ? "completed" : "incomplete",
    incomplete_details: end === "stop" ? null : { reason: "max_output_tokens" },
    output: [
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text, annotations: [] }],
      },
    ],
    usage: { input_tokens: TOKENS.sent, output_tokens: TOKENS.received, total_tokens: TOKENS.all },
  }),
  anthropic: (text, end) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "a-model",
    content: [{ type: "text", text }],
    stop_reason: end === "stop" ? "end_turn" : "max_tokens",
    stop_sequence: null,
    usage: { input_tokens: TOKENS.sent, output_tokens: TOKENS.received },
  }),
  "openai-compatible": (text, end) => chat(text, end),
  "workers-ai": (text, end) => ({ success: true, errors: [], messages: [], result: chat(text, end) }),
};

const chat = (content: string, end: End | "content_filter") => ({
  id: "chat_1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "a-model",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: end }],
  usage: { prompt_tokens: TOKENS.sent, completion_tokens: TOKENS.received, total_tokens: TOKENS.all },
});

/** Answers that decline, each as its maker writes it. */
const BLOCKED: Record<ProviderId, unknown> = {
  gemini: {
    candidates: [{ finishReason: "SAFETY", index: 0, safetyRatings: [] }],
    usageMetadata: { promptTokenCount: TOKENS.sent, totalTokenCount: TOKENS.sent },
  },
  openai: {
    ...(WIRE.openai("", "stop") as object),
    status: "incomplete",
    incomplete_details: { reason: "content_filter" },
    output: [],
  },
  anthropic: { ...(WIRE.anthropic("", "stop") as object), content: [], stop_reason: "refusal" },
  "openai-compatible": chat("", "content_filter"),
  "workers-ai": { success: true, errors: [], messages: [], result: chat("", "content_filter") },
};
