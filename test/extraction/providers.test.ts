import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PATCH_JSON_SCHEMA, parsePatch } from "../../src/extraction/advice/patch";
import { ask, forgetBreakers } from "../../src/extraction/providers/ask";
import type { Question } from "../../src/extraction/providers/port";
import type { ModelSettings, ProviderId } from "../../src/extraction/providers/settings";
import {
  answers,
  fails,
  modelServer,
  NO_GOOGLE_KEY,
  type Play,
  run,
  TOKENS,
  uncounted,
} from "../support/model-server";

const PATCH = { columns: [], time_columns: ["c1"], time_order: "dmy", derived: [] };
const question: Question<unknown> = {
  instructions: "Check the plan.",
  material: "<data 1>{}</data 1>",
  schema: PATCH_JSON_SCHEMA,
  parse: parsePatch,
};

/** Where a maker looks for the schema of the answer in a request. */
const SCHEMA_IN: Record<ProviderId, (body: never) => unknown> = {
  gemini: (body: { generationConfig: { responseJsonSchema: object } }) =>
    body.generationConfig.responseJsonSchema,
  openai: (body: { text: { format: { type: "json_schema"; schema: object } } }) => body.text.format.schema,
  anthropic: (body: { output_config: { format: { type: "json_schema"; schema: object } } }) =>
    body.output_config.format.schema,
  "openai-compatible": (body: { response_format: { json_schema: { schema: object } } }) =>
    body.response_format.json_schema.schema,
  "workers-ai": (body: { response_format: { json_schema: object } }) => body.response_format.json_schema,
};

const PROVIDERS: ProviderId[] = ["gemini", "openai", "anthropic", "openai-compatible", "workers-ai"];

/** The clients ask some models in other ways than others. */
const MODELS: Record<ProviderId, string> = {
  gemini: "gemini-3.8-flash",
  openai: "gpt-6-luna",
  anthropic: "claude-haiku-5-5",
  "openai-compatible": "a-model",
  "workers-ai": "@cf/a/model",
};

const settingsOf = (provider: ProviderId): ModelSettings => ({
  provider,
  model: MODELS[provider],
  apiKey: "a-secret-key",
  baseUrl: provider === "workers-ai" ? undefined : "https://models.example/v1",
  binding: undefined,
  accountId: provider === "workers-ai" ? "an-account" : undefined,
  maxTokens: 1_000,
  temperature: null,
});

/** A question to a server that plays these, on a clock that only pauses move. */
async function asked(
  provider: ProviderId,
  plays: Play[],
  timeoutMs = 5_000,
  more: Partial<ModelSettings> = {},
) {
  const server = modelServer(provider, ...plays);
  const pauses: number[] = [];
  let nowMs = Date.UTC(2026, 10, 1);
  const answer = await ask({ ...settingsOf(provider), ...more }, question, timeoutMs, {
    fetch: server.fetch,
    nowMs: () => nowMs,
    wait: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
    },
    chance: () => 0,
  });
  return { answer, pauses, received: server.received };
}

beforeEach(forgetBreakers);
afterEach(() => vi.restoreAllMocks());

it("is taken to have cost what was sent and said where its server does not count", async () => {
  const { answer } = await asked("openai-compatible", [uncounted(PATCH)]);
  expect(answer).toMatchObject({ value: PATCH });
  expect(answer.tokens).toBeGreaterThan(JSON.stringify(PATCH).length / 4);
});

describe.each(PROVIDERS)("a model of %s", (provider) => {
  it("answers with what was asked for, and its tokens are counted", async () => {
    const { answer, received } = await asked(provider, [answers(PATCH)]);
    expect(answer).toEqual({ value: PATCH, tokens: TOKENS.all });
    expect(received).toHaveLength(1);
    expect(received[0]!.text).toContain("Check the plan.");
  });

  it("is sent a schema where its maker wants it, and no temperature where there is none", async () => {
    const { received } = await asked(provider, [answers(PATCH)]);
    expect(SCHEMA_IN[provider](received[0]!.body as never)).toMatchObject({
      type: "object",
      properties: { columns: { items: { properties: { role: { enum: expect.any(Array) } } } } },
      required: ["columns", "time_columns", "time_order", "derived"],
    });
    expect(received[0]!.text).not.toMatch(/maxItems|maxLength|"temperature":/);
    // Anthropic takes closed objects alone; Google knows no word for them.
    expect(received[0]!.text.includes('"additionalProperties":false')).toBe(provider === "anthropic");
    const older: Partial<Record<ProviderId, string>> = {
      gemini: "gemini-2.5-flash",
      openai: "gpt-4.1-mini",
      anthropic: "claude-haiku-4-5",
    };
    const warm = await asked(provider, [answers(PATCH)], 5_000, {
      temperature: 0.1,
      model: older[provider] ?? MODELS[provider],
    });
    expect(warm.received[0]!.text).toMatch(/"temperature":0.1/);
  });

  it("is asked again twice when it fails, with growing pauses", async () => {
    const { answer, pauses } = await asked(provider, [fails(500), fails(503), answers(PATCH)]);
    expect(answer).toMatchObject({ value: PATCH });
    expect(pauses).toEqual([125, 250]);
    const never = await asked(provider, [fails(500)]);
    expect(never.answer).toEqual({ refused: "unavailable", tokens: 0, status: 500 });
    expect(never.received).toHaveLength(3);
  });

  it("is asked again when the server said it may be", async () => {
    const { answer, pauses } = await asked(provider, [fails(429, { "retry-after": "2" }), answers(PATCH)]);
    expect(answer).toMatchObject({ value: PATCH });
    expect(pauses).toEqual([2_000]);
  });

  it("is not waited for longer than there is time", async () => {
    const { answer, pauses, received } = await asked(provider, [fails(429, { "retry-after": "60" })]);
    expect(answer).toEqual({ refused: "rate_limited", tokens: 0, status: 429 });
    expect([pauses, received.length]).toEqual([[], 1]);
  });

  it("that does not answer is given up, and what was sent counts", async () => {
    const { answer } = await asked(provider, [{ does: "hangs" }], 30);
    expect(answer).toMatchObject({ refused: "timeout" });
    expect(answer.tokens).toBeGreaterThan(0);
  });

  it("is asked again where the connection is lost", async () => {
    const { answer, received } = await asked(provider, [{ does: "hangs up" }, answers(PATCH)]);
    expect(answer).toMatchObject({ value: PATCH });
    expect(received).toHaveLength(2);
  });

  it.each([
    ["no JSON", { does: "says", text: "Sure! Here is the plan:" }],
    ["JSON that breaks off", { does: "says", text: '{"columns": [{"id": "c1", "ro', cut: true }],
    ["another schema", answers({ plan: "better" })],
    ["a role that there is none", answers({ ...PATCH, columns: [{ id: "c1", role: "admin", unit: "" }] })],
    ["more than was asked for", answers({ ...PATCH, confidence: 1 })],
    ["nothing", { does: "says", text: "" }],
  ] as [string, Play][])("that answers %s is of no help, and is not asked again", async (_, play) => {
    const { answer, received } = await asked(provider, [play]);
    expect(answer).toMatchObject({ refused: expect.stringMatching(/^(malformed|blocked)$/) });
    expect(received).toHaveLength(1);
  });

  it("that sends more than any answer is refused, and so is one that sends somewhere else", async () => {
    const huge = await asked(provider, [{ does: "sends", body: `"${"x".repeat(2_100_000)}"` }]);
    expect(huge.answer).toMatchObject({ refused: expect.stringMatching(/^(unavailable|malformed)$/) });
    const { answer, received } = await asked(provider, [fails(307, { location: "https://evil.example/" })]);
    expect(answer).toEqual({ refused: "rejected", tokens: 0, status: 307 });
    expect(received).toHaveLength(1);
  });

  it.each([false, true])("that declines is of no help, and is not asked again", async (before) => {
    const { answer, received } = await asked(provider, [{ does: "blocks", before }]);
    expect(answer).toMatchObject({ refused: provider === "workers-ai" ? "malformed" : "blocked" });
    expect(answer.tokens).toBeGreaterThan(0);
    expect(received).toHaveLength(1);
  });

  it.each([
    [404, "gone"],
    [401, "unauthorized"],
    [403, "unauthorized"],
    [402, "unpaid"],
    [400, "rejected"],
    [413, "rejected"],
  ])("that answers %i is not asked again", async (status, refused) => {
    const { answer, received } = await asked(provider, [fails(status)]);
    expect(answer).toEqual({ refused, tokens: 0, status });
    expect(received).toHaveLength(1);
  });

  it("rests after three questions that came to nothing, and is tried again later", async () => {
    const server = modelServer(provider, ...Array.from({ length: 9 }, () => fails(500)), answers(PATCH));
    let nowMs = Date.UTC(2026, 10, 1);
    const once = () =>
      ask(settingsOf(provider), question, 5_000, {
        fetch: server.fetch,
        nowMs: () => nowMs,
        wait: async () => {},
        chance: () => 0,
      });
    for (let i = 0; i < 3; i++) expect(await once()).toMatchObject({ refused: "unavailable" });
    expect(await once()).toEqual({ refused: "resting", tokens: 0 });
    expect(server.received).toHaveLength(9);
    nowMs += 60_001;
    const both = await Promise.all([once(), once()]);
    expect(both.map((one) => "value" in one)).toEqual([true, false]);
    expect(await once()).toMatchObject({ value: PATCH });
  });

  it("rests after three questions at a time, too", async () => {
    const five = await Promise.all(Array.from({ length: 5 }, () => asked(provider, [fails(500)])));
    expect(five.map(({ received }) => received.length)).toEqual([3, 3, 3, 3, 3]);
    expect((await asked(provider, [answers(PATCH)])).answer).toMatchObject({ refused: "resting" });
  });

  it("does not rest for callers who were in a hurry", async () => {
    for (let i = 0; i < 4; i++) await asked(provider, [{ does: "hangs" }], 5);
    expect((await asked(provider, [answers(PATCH)])).answer).toMatchObject({ value: PATCH });
    const soon = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => soon(5));
    for (let i = 0; i < 3; i++) await asked(provider, [{ does: "hangs" }], 30_000);
    expect((await asked(provider, [answers(PATCH)])).answer).toMatchObject({ refused: "resting" });
  });
});

describe("a maker's own words", () => {
  it.each([
    ["gemini", fails(400, {}, NO_GOOGLE_KEY), "unauthorized"],
    ["openai", fails(429, {}, { error: { message: "", code: "insufficient_quota" } }), "unpaid"],
    [
      "anthropic",
      fails(429, {}, { error: { details: { error_code: "enforced_spend_limit_reached" } } }),
      "unpaid",
    ],
    ["workers-ai", fails(400, {}, { errors: [{ code: 5007, message: "No such model" }] }), "gone"],
    ["workers-ai", fails(429, {}, { errors: [{ code: 3036, message: "No neurons are left" }] }), "unpaid"],
    ["workers-ai", fails(400, {}, { errors: [{ message: "JSON Mode couldn't be met" }] }), "malformed"],
  ] as [ProviderId, Play, string][])(
    "of %s count for more than its status",
    async (provider, play, refused) => {
      const { answer, received } = await asked(provider, [play]);
      expect(answer).toMatchObject({ refused });
      expect(received).toHaveLength(1);
    },
  );

  it("that say there is no use in asking again are heard", async () => {
    const { received } = await asked("openai", [fails(500, { "x-should-retry": "false" })]);
    expect(received).toHaveLength(1);
  });

  it("about when to ask again are heard in milliseconds, and not where there are none", async () => {
    const { pauses } = await asked("openai", [
      fails(429, { "retry-after-ms": "40" }),
      fails(429, { "retry-after-ms": "" }),
      answers(PATCH),
    ]);
    expect(pauses).toEqual([40, 250]);
  });
});

describe("Workers AI by its binding", () => {
  const bound = (answer: () => Promise<unknown>) =>
    asked("workers-ai", [], 5_000, {
      binding: { run: vi.fn(answer) } as unknown as Ai,
      apiKey: undefined,
      accountId: undefined,
    });

  it("answers without account, key or fetch", async () => {
    const { answer, received } = await bound(async () => run(JSON.stringify(PATCH)));
    expect(answer).toEqual({ value: PATCH, tokens: TOKENS.all });
    expect(received).toEqual([]);
  });

  it.each([
    ["3040: No more data centers to forward the request to", "rate_limited", 2],
    ["5007: No such model @cf/a/model or task", "gone", 0],
    ["5035: The model needs the Workers Paid plan", "unauthorized", 0],
    ["3036: You have used up your daily free allocation of 10,000 neurons.", "unpaid", 0],
    ["5024: JSON Mode couldn't be met", "malformed", 0],
    ["Binding AI needs to be run remotely", "unavailable", 2],
  ])("that throws %s is %s", async (message, refused, pauses) => {
    const found = await bound(() => Promise.reject(new Error(message)));
    expect(found.answer).toMatchObject({ refused });
    expect(found.pauses).toHaveLength(pauses);
  });

  it("is not waited for longer than there is time, though it does not hear of that", async () => {
    const binding = { run: () => new Promise(() => {}) } as unknown as Ai;
    const { answer } = await asked("workers-ai", [], 20, { binding });
    expect(answer).toMatchObject({ refused: "timeout" });
  });
});
