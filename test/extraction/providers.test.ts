import { beforeEach, describe, expect, it } from "vitest";
import { PATCH_JSON_SCHEMA, parsePatch } from "../../src/extraction/advice/patch";
import { ask, forgetBreakers } from "../../src/extraction/providers/ask";
import type { Question } from "../../src/extraction/providers/port";
import type { ModelSettings, ProviderId } from "../../src/extraction/providers/settings";
import { answers, fails, modelServer, type Play, TOKENS, uncounted } from "../support/model-server";

const PATCH = { columns: [], time_columns: ["c1"], time_order: "dmy", derived: [] };
const question: Question<unknown> = {
  instructions: "Check the plan.",
  material: "<data 1>{}</data 1>",
  schema: PATCH_JSON_SCHEMA,
  parse: parsePatch,
};

const PROVIDERS: ProviderId[] = ["gemini", "openai", "anthropic", "openai-compatible", "workers-ai"];

const settingsOf = (provider: ProviderId): ModelSettings => ({
  provider,
  model: provider === "workers-ai" ? "@cf/a/model" : "a-model",
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

  it("is sent a schema that its maker takes, and no temperature where there is none", async () => {
    const { received } = await asked(provider, [answers(PATCH)]);
    expect(received[0]!.text).toContain("time_order");
    expect(received[0]!.text).not.toMatch(/maxItems|maxLength|"temperature":/);
    const warm = await asked(provider, [answers(PATCH)], 5_000, { temperature: 0.1 });
    expect(warm.received[0]!.text).toMatch(/"temperature":0.1/);
  });

  it("is asked again twice when it fails, with growing pauses", async () => {
    const { answer, pauses } = await asked(provider, [fails(500), fails(503), answers(PATCH)]);
    expect(answer).toMatchObject({ value: PATCH });
    expect(pauses).toEqual([125, 250]);
    const never = await asked(provider, [fails(500)]);
    expect(never.answer).toEqual({ refused: "unavailable", tokens: 0 });
    expect(never.received).toHaveLength(3);
  });

  it("is asked again when the server said it may be", async () => {
    const { answer, pauses } = await asked(provider, [fails(429, { "retry-after": "2" }), answers(PATCH)]);
    expect(answer).toMatchObject({ value: PATCH });
    expect(pauses).toEqual([2_000]);
  });

  it("is not waited for longer than there is time", async () => {
    const { answer, pauses, received } = await asked(provider, [fails(429, { "retry-after": "60" })]);
    expect(answer).toEqual({ refused: "rate_limited", tokens: 0 });
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
    expect(answer).toEqual({ refused: "unavailable", tokens: 0 });
    expect(received).toHaveLength(1);
  });

  it("that declines is of no help, and is not asked again", async () => {
    const { answer, received } = await asked(provider, [{ does: "blocks" }]);
    expect(answer).toMatchObject({ refused: expect.stringMatching(/^(malformed|blocked)$/) });
    expect(received).toHaveLength(1);
  });

  it.each([
    [404, "gone"],
    [401, "unauthorized"],
    [400, "malformed"],
  ])("that answers %i is not asked again", async (status, refused) => {
    const { answer, received } = await asked(provider, [fails(status)]);
    expect(answer).toEqual({ refused, tokens: 0 });
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
});
