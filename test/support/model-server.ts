import type { ProviderId } from "../../src/extraction/providers/settings";

/** What a server of language models does with a question. */
export type Play =
  | { does: "answers"; with: unknown }
  | { does: "says"; text: string; cut?: boolean }
  /** Without a body of its own: what its maker says with that status. */
  | { does: "fails"; status: number; headers?: Record<string, string>; body?: unknown }
  /** Declines to answer; `before` it has read the question to its end. */
  | { does: "blocks"; before?: boolean }
  /** Something else than a model's answer, with success. */
  | { does: "sends"; body: string }
  | { does: "hangs" }
  | { does: "hangs up" };

export const answers = (value: unknown): Play => ({ does: "answers", with: value });
export const fails = (status: number, headers: Record<string, string> = {}, body?: unknown): Play => ({
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
      return json(play.before ? (BLOCKED_BEFORE[provider] ?? BLOCKED[provider]) : BLOCKED[provider]);
    case "fails":
      return Response.json(play.body ?? COMPLAINTS[provider](play.status), {
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
  "workers-ai": (text, end) => ({ success: true, errors: [], messages: [], result: run(text, end) }),
};

const chat = (content: string, end: End | "content_filter") => ({
  id: "chat_1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "a-model",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: end }],
  usage: { prompt_tokens: TOKENS.sent, completion_tokens: TOKENS.received, total_tokens: TOKENS.all },
});

/** What `env.AI.run` and the REST API give: in JSON mode an object, else a text. */
export const run = (text: string, end: End = "stop") => ({
  response: end === "stop" ? parsed(text) : text,
  tool_calls: [],
  usage: { prompt_tokens: TOKENS.sent, completion_tokens: TOKENS.received, total_tokens: TOKENS.all },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Answers that decline, each as its maker writes it. */
const BLOCKED: Record<ProviderId, unknown> = {
  gemini: {
    candidates: [{ finishReason: "SAFETY", index: 0, safetyRatings: [] }],
    usageMetadata: { promptTokenCount: TOKENS.sent, totalTokenCount: TOKENS.sent },
  },
  openai: {
    ...(WIRE.openai("", "stop") as object),
    output: [
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "refusal", refusal: "I cannot help with that." }],
      },
    ],
  },
  anthropic: { ...(WIRE.anthropic("", "stop") as object), content: [], stop_reason: "refusal" },
  "openai-compatible": chat("", "content_filter"),
  // It has no word for that: the model says so.
  "workers-ai": WIRE["workers-ai"]("I cannot help with that.", "stop"),
};

/** The same of the question. */
const BLOCKED_BEFORE: Partial<Record<ProviderId, unknown>> = {
  gemini: {
    promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
    usageMetadata: { promptTokenCount: TOKENS.sent, totalTokenCount: TOKENS.sent },
  },
  openai: {
    ...(WIRE.openai("", "stop") as object),
    status: "incomplete",
    incomplete_details: { reason: "content_filter" },
    output: [],
  },
};

const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};
const ANTHROPIC_TYPE: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Bodies of failures, each as its maker writes it. Some repeat a part of the key. */
const COMPLAINTS: Record<ProviderId, (status: number) => unknown> = {
  gemini: (code) => ({
    error: {
      code,
      message: "It cannot be done with a-secret-key.",
      status: GOOGLE_STATUS[code] ?? "UNKNOWN",
    },
  }),
  openai: (status) => ({
    error: {
      message: "Incorrect API key provided: a-secret-key.",
      type: status < 500 ? "invalid_request_error" : "server_error",
      param: null,
      code: status === 404 ? "model_not_found" : null,
    },
  }),
  anthropic: (status) => ({
    type: "error",
    error: { type: ANTHROPIC_TYPE[status] ?? "api_error", message: "It cannot be done with a-secret-key." },
    request_id: "req_1",
  }),
  "openai-compatible": (code) => ({
    error: { code, message: "It cannot be done with a-secret-key.", type: "api_error", param: null },
  }),
  "workers-ai": (status) => ({
    success: false,
    errors: [{ code: status === 401 ? 10_000 : 1_000, message: "It cannot be done with a-secret-key." }],
    messages: [],
    result: null,
  }),
};

/** What Google says, with status 400, to a key that it does not know. */
export const NO_GOOGLE_KEY = {
  error: {
    code: 400,
    message: "API key not valid. Please pass a valid API key.",
    status: "INVALID_ARGUMENT",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "API_KEY_INVALID",
        domain: "googleapis.com",
        metadata: { service: "generativelanguage.googleapis.com" },
      },
    ],
  },
};
