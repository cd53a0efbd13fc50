import { afterEach, describe, expect, it, vi } from "vitest";
import { configOf } from "../../src/env";
import type { JobRequest } from "../../src/extraction/intake";
import type { JobKeeper } from "../../src/extraction/job-state";
import { inlineKeeper, keeperOf } from "../../src/extraction/keeper";
import { load } from "../../src/extraction/load";
import type { ProviderId } from "../../src/extraction/providers/settings";
import type { Upload } from "../../src/extraction/upload";
import { consumerContext } from "../../src/platform/consumer-context";
import { tenantObject } from "../../src/platform/objects";
import { workbook } from "../extraction/xlsx-support";
import { answers, fails, modelServer, type Play, run, TOKENS } from "../support/model-server";
import { envWithModel, type ModelledTenant, newModelledTenant, playing } from "../support/with-model";
import { create } from "../support/work";

/** Dates of an American writer that fit both orders and stand in none; a switch that is no reading. */
const DAYS = ["03/04", "05/02", "01/06", "04/04", "11/01", "02/08", "07/09", "10/10", "06/03", "12/05"];
const csvOf = (days: readonly string[], names = "date,price,open"): string =>
  `${names}\n${days.map((day, i) => `${day}/2025,${10 + i * 1.5},${i % 2 === 0}`).join("\n")}\n`;
const UNSURE = csvOf(DAYS);
const SURE = csvOf(DAYS.map((_, i) => `01/${13 + i}`));

/** What somebody who knows the data would say of them. */
const GOOD = {
  columns: [{ id: "c3", role: "category", unit: "" }],
  time_columns: ["c1"],
  time_order: "mdy",
  derived: [],
};
const NOTHING = { columns: [], time_columns: [], time_order: "keep", derived: [] };

afterEach(() => vi.restoreAllMocks());

const orderOf = (body: { plan: { tables: { timestamp: { order: string } | null }[] } }) =>
  body.plan.tables[0]!.timestamp?.order;
describe("settings", () => {
  it.each([
    ["openai", { OPENAI_API_KEY: "a-secret-key", OPENAI_BASE_URL: "https://models.example/v1" }],
    ["anthropic", { ANTHROPIC_API_KEY: "a-secret-key", ANTHROPIC_BASE_URL: "https://models.example/v1" }],
    ["openai-compatible", { COMPATIBLE_BASE_URL: "https://models.example/v1", COMPATIBLE_MODEL: "local" }],
    ["workers-ai", { WORKERS_AI_ACCOUNT_ID: "an-account", WORKERS_AI_API_KEY: "a-secret-key" }],
  ] as [ProviderId, Record<string, string>][])(
    "choose %s, whose model is asked alike",
    async (provider, keys) => {
      const tenant = await newModelledTenant({ LLM_PROVIDER: provider, ...keys });
      const { received, fetch } = modelServer(provider, answers(GOOD));
      vi.spyOn(globalThis, "fetch").mockImplementation(fetch);
      const helped = await tenant.process({ raw_text: UNSURE });
      expect(received).toHaveLength(1);
      expect([orderOf(helped), helped.schema.category_fields]).toEqual(["mdy", ["open"]]);
      expect(helped.llm).toMatchObject({ used: true, provider, tokens: TOKENS.all });
    },
  );

  it("reach Workers AI by the deployment's binding where no account is named", async () => {
    const asked: string[] = [];
    const answer = async (model: string) => {
      asked.push(model);
      return run(JSON.stringify(GOOD));
    };
    const AI = { run: answer };
    const tenant = await newModelledTenant({ LLM_PROVIDER: "workers-ai", AI } as never);
    const received = playing(fails(500));
    const helped = await tenant.process({ raw_text: UNSURE });
    expect([asked, received.length]).toEqual([["@cf/meta/llama-3.3-70b-instruct-fp8-fast"], 0]);
    expect([orderOf(helped), helped.llm.tokens]).toEqual(["mdy", TOKENS.all]);
  });

  it("say what is called high, medium and low, from where a model is asked, and how warm it is", async () => {
    const strict = await newModelledTenant({
      CONFIDENCE_HIGH: "0.99",
      CONFIDENCE_MEDIUM: "0.98",
      CONFIDENCE_LOW: "0.97",
      LLM_ASK_BELOW: "0.99",
      GEMINI_MODEL: "gemini-2.5-flash",
    });
    const received = playing(answers(NOTHING));
    const answer = await strict.analyze({ text_sample: SURE });
    expect(answer.confidence_level).toBe("low");
    expect(answer.warnings.join(" ")).toMatch(/is a guess/);
    expect(received[0]!.body.generationConfig).toMatchObject({ temperature: 0.1, maxOutputTokens: 8_192 });
    const usual = await newModelledTenant();
    expect((await usual.analyze({ text_sample: SURE })).confidence_level).toBe("high");
  });

  it.each([
    [{ LLM_PROVIDER: "somebody", GEMINI_BASE_URL: "not an address" }, /LLM_PROVIDER.*GEMINI_BASE_URL/],
    [
      { OPENAI_BASE_URL: "http://models.example/v1" },
      /OPENAI_BASE_URL: must be https, or http to this machine/,
    ],
    [{ COMPATIBLE_BASE_URL: "ftp://localhost/v1" }, /COMPATIBLE_BASE_URL: must be https/],
    [{ COMPATIBLE_BASE_URL: "http://localhost.example/v1" }, /COMPATIBLE_BASE_URL: must be https/],
    [{ ANTHROPIC_BASE_URL: "https://me:secret@models.example" }, /ANTHROPIC_BASE_URL: must have no name/],
    [{ CONFIDENCE_HIGH: "0.5" }, /CONFIDENCE_HIGH: must not be under CONFIDENCE_MEDIUM/],
    [{ LLM_TEMPERATURE: "warm" }, /LLM_TEMPERATURE/],
  ])("that are wrong are named, and no value is: %o", (wrong, named) => {
    const bindings = envWithModel(wrong as Record<string, string>) as unknown as Env;
    expect(() => configOf(bindings)).toThrow(named);
    for (const value of Object.values(wrong)) expect(() => configOf(bindings)).not.toThrow(value);
  });

  it("that are left empty are those of the makers' own", () => {
    const empty = {
      LLM_PROVIDER: "",
      GEMINI_MODEL: "",
      LLM_TEMPERATURE: "",
      LLM_ASK_BELOW: "",
      OPENAI_BASE_URL: "",
    };
    const known = configOf(envWithModel(empty) as unknown as Env);
    expect(known).toMatchObject({
      LLM_PROVIDER: "gemini",
      GEMINI_MODEL: "gemini-3.8-flash",
      LLM_TEMPERATURE: 0.1,
      LLM_ASK_BELOW: 0.85,
      OPENAI_BASE_URL: undefined,
    });
  });

  it.each(["http://localhost:11434/v1", "http://127.0.0.1:8080/v1", "http://[::1]:8000/v1"])(
    "may lead to a server of this machine: %s",
    async (address) => {
      const tenant = await newModelledTenant({
        LLM_PROVIDER: "openai-compatible",
        COMPATIBLE_BASE_URL: address,
        COMPATIBLE_MODEL: "local",
      });
      const { received, fetch } = modelServer("openai-compatible", answers(GOOD));
      vi.spyOn(globalThis, "fetch").mockImplementation(fetch);
      expect((await tenant.analyze({ text_sample: UNSURE })).llm.used).toBe(true);
      expect(received.map(({ url }) => url)).toEqual([`${address}/chat/completions`]);
      expect(received[0]!.headers).not.toHaveProperty("authorization");
    },
  );
});

describe("a plan that code is unsure of", () => {
  it("is read better with a model that knows, on all rows, and says who helped", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD));
    const alone = await tenant.process({ raw_text: UNSURE, llm: "never" });
    expect(received).toHaveLength(0);
    expect([orderOf(alone), alone.confidence_level]).toEqual(["dmy", "low"]);
    const helped = await tenant.process({ raw_text: UNSURE, stream_id: "helped" });
    expect(received).toHaveLength(1);
    expect(orderOf(helped)).toBe("mdy");
    expect(helped.schema.value_fields).toEqual(["price"]);
    expect(helped.schema.category_fields).toEqual(["open"]);
    expect(helped.records_processed).toBe(10);
    expect(helped.llm).toEqual({
      used: true,
      provider: "gemini",
      model: tenant.env.GEMINI_MODEL,
      tokens: TOKENS.all,
    });
    expect(helped.warnings.join(" ")).toMatch(/language model test-model-\d+ corrected/);
  });

  it("stays as unsure as it was, and its question stays open", async () => {
    const tenant = await newModelledTenant();
    playing(answers(GOOD));
    const alone = await tenant.analyze({ text_sample: UNSURE, llm: "never" });
    const helped = await tenant.analyze({ text_sample: UNSURE });
    expect(helped.confidence).toBeLessThanOrEqual(alone.confidence);
    expect(helped.ambiguities[0]!.readings.find(({ chosen }) => chosen)!.reading).toBe("month first");
  });

  it("is shown to the model as names and a few cells, whatever the size of the data", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(NOTHING));
    const long = csvOf(Array.from({ length: 5_000 }, (_, i) => DAYS[i % DAYS.length]!));
    await tenant.process({ raw_text: long, description: "Prices of a shop" });
    const [question] = received;
    expect(question!.url).toMatch(
      /^https:\/\/models\.example\/v1beta\/models\/test-model-\d+:generateContent$/,
    );
    expect(question!.headers["x-goog-api-key"]).toBe("a-secret-key");
    expect(question!.text.length).toBeLessThan(10_000);
    expect(question!.text).toContain("Prices of a shop");
    expect(question!.text).not.toMatch(/additionalProperties|maxItems|"temperature"/);
  });

  it("is not asked about where code is sure, unless the caller wants it", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers({ ...NOTHING, columns: GOOD.columns }));
    const sure = await tenant.process({ raw_text: SURE });
    expect([received.length, sure.llm.used]).toEqual([0, false]);
    const asked = await tenant.analyze({ text_sample: SURE.replaceAll("price", "cost"), llm: "always" });
    expect([received.length, asked.llm.used]).toEqual([1, true]);
    expect(asked.schema.category_fields).toEqual(["open"]);
  });

  it("costs nothing for the next file of its shape, which is read the same way", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD), fails(500));
    const first = await tenant.process({ raw_text: UNSURE, stream_id: "shape" });
    const second = await tenant.process({ raw_text: csvOf(DAYS.slice(2)), stream_id: "shape" });
    expect(received).toHaveLength(1);
    expect([orderOf(second), second.plan_version]).toEqual(["mdy", 1]);
    expect(second.schema.category_fields).toEqual(["open"]);
    expect(second.llm).toMatchObject({ used: false, tokens: 0 });
    const kept = await tenant.get(`/api/llm/plans/${first.shape_id}`);
    expect(kept.versions).toMatchObject([{ origin: "model", version: 1 }]);
  });

  it("costs nothing where it was analysed before, as text or a file, also without names of columns", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD), fails(500));
    const text = UNSURE.slice(UNSURE.indexOf("\n") + 1);
    const analysed = await tenant.analyze({ text_sample: text });
    expect(analysed).toMatchObject({ shape_id: null, llm: { used: true } });
    const loaded = await tenant.process({}, { name: "prices.csv", bytes: text });
    expect(received).toHaveLength(1);
    expect(loaded.llm).toMatchObject({ used: true, tokens: 0 });
    expect([orderOf(analysed), orderOf(loaded)]).toEqual(["mdy", "mdy"]);
    expect(loaded.schema).toEqual(analysed.schema);
    // Another's data, and data that are said to be something else, are another question.
    await tenant.analyze({ text_sample: text, description: "Prices of a shop" });
    expect(received.length).toBeGreaterThan(1);
  });

  it("is not asked about again where the model left it as it is", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(NOTHING));
    const first = await tenant.process({ raw_text: UNSURE });
    const second = await tenant.process({ raw_text: csvOf(DAYS.slice(2)) });
    expect(received).toHaveLength(1);
    expect([orderOf(first), orderOf(second)]).toEqual(["dmy", "dmy"]);
    expect(second.confidence_level).toBe("low");
  });

  it("is asked about for each table that is unsure, and for none of the next such workbook", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD));
    const sheetOf = (name: string, field: string) => ({
      name,
      rows: [["date", field, "open"], ...DAYS.map((day, i) => [`${day}/2025`, 10 + i * 1.5, i % 2 === 0])],
    });
    const file = {
      name: "two.xlsx",
      bytes: new Uint8Array(workbook({ sheets: [sheetOf("a", "price"), sheetOf("b", "cost")] })),
    };
    const first = await tenant.process({ stream_id: "two" }, file);
    expect(received).toHaveLength(2);
    expect(first.plan.tables.map(({ timestamp }) => timestamp!.order)).toEqual(["mdy", "mdy"]);
    expect(first.llm.tokens).toBe(2 * TOKENS.all);
    const second = await tenant.process({ stream_id: "two" }, file);
    expect(received).toHaveLength(2);
    expect(second.plan.tables.map(({ timestamp }) => timestamp!.order)).toEqual(["mdy", "mdy"]);
  });

  it("gives way to data that tell it themselves", async () => {
    const tenant = await newModelledTenant();
    playing(answers(GOOD));
    await tenant.process({ raw_text: UNSURE });
    const telling = await tenant.process({ raw_text: csvOf(DAYS.concat("13/04", "14/04", "25/05")) });
    expect([orderOf(telling), telling.llm.used]).toEqual(["dmy", false]);
  });
});

describe("an account that wants no model", () => {
  const patch = (tenant: ModelledTenant, settings: object) =>
    tenant.send(`/api/tenant/${tenant.tenantId}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ settings }),
    });

  it("has none asked, whatever a request says, until it changes its mind", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD));
    expect((await patch(tenant, { llm: "never" })).status).toBe(200);
    const silent = await tenant.process({ raw_text: UNSURE });
    const wanted = await tenant.analyze({ text_sample: UNSURE, llm: "always" });
    expect([received.length, silent.llm.used, wanted.llm.used]).toEqual([0, false, false]);
    expect(silent.warnings.join(" ")).not.toMatch(/language model/);
    expect(wanted.warnings.join(" ")).toMatch(/keep its data from language models/);
    expect((await patch(tenant, { llm: null })).status).toBe(200);
    expect((await tenant.analyze({ text_sample: UNSURE })).llm.used).toBe(true);
  });
});

describe("what operators have to mend", () => {
  it.each([401, 402, 404, 400])(
    "is an error in the log (%i), once, and told without a key",
    async (status) => {
      const tenant = await newModelledTenant();
      playing(fails(status));
      const lines: string[] = [];
      for (const level of ["log", "info", "warn", "error"] as const)
        vi.spyOn(console, level).mockImplementation((line) => void lines.push(`${level} ${line}`));
      const answer = await tenant.analyze({ text_sample: UNSURE });
      const errors = lines.filter((line) => line.includes("model_misconfigured"));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(new RegExp(`^error .*"status":${status}`));
      expect(lines.join("\n") + JSON.stringify(answer)).not.toContain("a-secret-key");
    },
  );
});

describe("what a model says", () => {
  it.each([
    ["columns that there are not", { ...NOTHING, columns: [{ id: "c99", role: "ignored", unit: "" }] }],
    ["times that there are not", { ...NOTHING, time_columns: ["c99"], time_order: "mdy" }],
    ["a column of numbers as the time", { ...NOTHING, time_columns: ["c2"] }],
    ["derived fields that there are not", { ...NOTHING, derived: ["d9"] }],
    ["a column that code is sure of", { ...NOTHING, columns: [{ id: "c2", role: "ignored", unit: "" }] }],
    ["a unit that there is not", { ...NOTHING, columns: [{ id: "c2", role: "value", unit: "<script>" }] }],
  ])("changes nothing where it names %s", async (_, patch) => {
    const tenant = await newModelledTenant();
    playing(answers(patch));
    const alone = await tenant.analyze({ text_sample: UNSURE, llm: "never" });
    const hostile = await tenant.analyze({ text_sample: UNSURE });
    expect(hostile.plan).toEqual(alone.plan);
    expect(hostile.llm.used).toBe(true);
  });

  it("is not done where it would read fewer rows", async () => {
    const tenant = await newModelledTenant();
    playing(answers({ ...NOTHING, time_order: "ymd" }));
    const answer = await tenant.process({ raw_text: UNSURE });
    expect([orderOf(answer), answer.records_processed]).toEqual(["dmy", 10]);
  });

  it("counts for nothing against a plan that a person gave", async () => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD));
    const { plan } = await tenant.analyze({ text_sample: UNSURE, llm: "never" });
    const loaded = await tenant.process({ raw_text: UNSURE, plan, llm: "always" });
    const next = await tenant.process({ raw_text: UNSURE, llm: "always" });
    expect([orderOf(loaded), orderOf(next), received.length]).toEqual(["dmy", "dmy", 0]);
  });
});

describe("a model that fails", () => {
  it.each([
    ["that its maker has taken back", [fails(404)], /is not available/],
    ["whose key is not taken", [fails(403)], /is not available/],
    ["that takes no more", [fails(429, {}, retryIn("3600s"))], /takes no more questions/],
    ["that is broken", [fails(500)], /could not be reached/],
    ["that talks", [{ does: "says", text: "I think that" }], /not what was asked for/],
    ["that is cut off", [{ does: "says", text: '{"columns":[', cut: true }], /not what was asked for/],
    ["that declines", [{ does: "blocks" }], /declined|not what was asked for/],
    ["that answers something else", [answers({ rows: [[1, 2]] })], /not what was asked for/],
  ] as [string, Play[], RegExp][])("%s leaves code's plan, and the answer says so", async (_, plays, why) => {
    const tenant = await newModelledTenant();
    playing(...plays);
    const alone = await tenant.analyze({ text_sample: UNSURE, llm: "never" });
    const answer = await tenant.process({ raw_text: UNSURE });
    expect([answer.status, answer.records_processed]).toEqual([200, 10]);
    expect(answer.plan).toEqual(alone.plan);
    expect(answer.llm.used).toBe(false);
    expect(answer.warnings.join(" ")).toMatch(why);
    expect(JSON.stringify(answer)).not.toContain("a-secret-key");
  });

  it("three times is left alone for a while", async () => {
    const tenant = await newModelledTenant();
    const received = playing(fails(503, { "retry-after": "0" }));
    for (let i = 0; i < 3; i++) await tenant.analyze({ text_sample: UNSURE });
    expect(received).toHaveLength(9);
    const rested = await tenant.analyze({ text_sample: UNSURE });
    expect(received).toHaveLength(9);
    expect(rested.warnings.join(" ")).toMatch(/left alone for a while/);
  });

  it("that is slow is given up after the time that is set", async () => {
    const tenant = await newModelledTenant({ LLM_TIMEOUT_TEXT_MS: "50" });
    playing({ does: "hangs" });
    const answer = await tenant.process({ raw_text: UNSURE });
    expect([answer.records_processed, answer.llm.used]).toEqual([10, false]);
    expect(answer.warnings.join(" ")).toMatch(/did not answer in time/);
  });

  it("is not waited for longer than the caller waits", async () => {
    const tenant = await newModelledTenant();
    playing({ does: "hangs" });
    const answer = await tenant.process({ raw_text: UNSURE }, undefined, { prefer: "wait=1" });
    expect([answer.status, answer.llm.used]).toEqual([200, false]);
    expect(answer.warnings.join(" ")).toMatch(/did not answer in time/);
  });

  it("is asked again when Google's answer says when", async () => {
    const tenant = await newModelledTenant();
    const received = playing(fails(429, {}, retryIn("0.01s")), answers(GOOD));
    const answer = await tenant.process({ raw_text: UNSURE });
    expect([received.length, answer.llm.used, orderOf(answer)]).toEqual([2, true, "mdy"]);
  });

  it("is asked about the next file anew", async () => {
    const tenant = await newModelledTenant();
    const received = playing({ does: "says", text: "no" }, answers(GOOD));
    await tenant.process({ raw_text: UNSURE });
    const next = await tenant.process({ raw_text: UNSURE });
    expect([received.length, orderOf(next)]).toEqual([2, "mdy"]);
  });

  it("that is not there is told only to who asks for it", async () => {
    const tenant = await newModelledTenant({ GEMINI_API_KEY: "" });
    const received = playing(answers(GOOD));
    const silent = await tenant.process({ raw_text: UNSURE });
    const asked = await tenant.analyze({ text_sample: UNSURE, llm: "always" });
    expect(received).toHaveLength(0);
    expect(silent.warnings.join(" ")).not.toMatch(/language model/);
    expect(asked.warnings.join(" ")).toMatch(/No language model is configured/);
    expect(asked.llm).toEqual({ used: false, provider: null, model: null, tokens: 0 });
  });
});

function retryIn(retryDelay: string) {
  return {
    error: {
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      message: "Quota exceeded.",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }],
    },
  };
}

describe("the tokens of a month", () => {
  const usedBy = async (tenant: ModelledTenant) =>
    (await tenant.get(`/api/tenant/${tenant.tenantId}/usage`)).model_tokens_this_month;

  it("are what answers cost, and told with the usage", async () => {
    const tenant = await newModelledTenant();
    playing(answers(GOOD));
    expect(await usedBy(tenant)).toBe(0);
    await tenant.process({ raw_text: UNSURE });
    expect(await usedBy(tenant)).toBe(TOKENS.all);
  });

  it("are not exceeded: a question that might is not asked", async () => {
    const tenant = await newModelledTenant({ LLM_TOKENS_PER_MONTH: "9000", LLM_MAX_TOKENS: "4000" });
    const received = playing(answers(NOTHING));
    const ask = () => tenant.analyze({ text_sample: UNSURE });
    const all = await Promise.all([ask(), ask(), ask()]);
    expect(received.length).toBeLessThan(3);
    expect(all.flatMap(({ warnings }) => warnings).join(" ")).toMatch(/tokens of this month are used up/);
    expect(await usedBy(tenant)).toBe(received.length * TOKENS.all);
  });

  it("start anew with the month, not with an erasure", async () => {
    const tenant = await newModelledTenant();
    const object = tenantObject(tenant.env, tenant.tenantId);
    expect(await object.reserveModelTokens("2025-01", 900, 1_000)).toBe(true);
    expect(await object.reserveModelTokens("2025-01", 200, 1_000)).toBe(false);
    expect(await object.reserveModelTokens("2025-02", 1_000, 1_000)).toBe(true);
    await object.settleModelTokens("2025-01", 900, 100);
    expect(await object.reserveModelTokens("2025-01", 900, 1_000)).toBe(true);
    playing(answers(NOTHING));
    await tenant.process({ raw_text: UNSURE });
    await tenant.send(`/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`, {
      method: "DELETE",
    });
    expect(await usedBy(tenant)).toBe(TOKENS.all);
    expect(await object.reserveModelTokens("2025-02", 1_000, 1_000)).toBe(true);
  });
});

describe("a job of the queue", () => {
  const uploadOf = (text: string): Upload =>
    ({
      bytes: text.length,
      survey: null,
      async *open() {
        yield new TextEncoder().encode(text);
      },
    }) as unknown as Upload;
  const requestOf = (text: string): JobRequest => ({
    blobKey: "",
    bytes: text.length,
    sha256: "",
    filename: null,
    contentType: null,
    description: null,
    streamId: "queued",
    desiredFormat: "time_series",
    plan: null,
  });

  it("gives a model the time of files, and not that of requests", async () => {
    const timeouts = { LLM_TIMEOUT_TEXT_MS: "1", LLM_TIMEOUT_FILE_MS: "29000" };
    const tenant = await newModelledTenant(timeouts);
    playing(answers(GOOD));
    const limits = vi.spyOn(AbortSignal, "timeout");
    const ctx = await consumerContext(tenant.env, tenant.tenantId, "", () => {});
    const item = await create(tenant.tenantId, { kind: "extract", status: "running", streamId: "queued" });
    const request = { ...requestOf(UNSURE), unhurried: true };
    const loaded = await load(ctx, item.id, request, uploadOf(UNSURE), await keeperOf(ctx, item));
    expect(loaded.llm.used).toBe(true);
    const longest = Math.max(...limits.mock.calls.map(([ms]) => ms));
    expect([longest > 1, longest <= 29_000]).toEqual([true, true]);
  });

  it.each([
    ["read as a whole", false, UNSURE],
    ["first within its request", true, UNSURE],
    ["read piece by piece", false, csvOf(Array.from({ length: 150_000 }, (_, i) => DAYS[i % DAYS.length]!))],
  ])("that is begun again has the model's plan of the first time, %s", async (_, isInline, text) => {
    const tenant = await newModelledTenant();
    const received = playing(answers(GOOD), fails(500));
    const ctx = await consumerContext(tenant.env, tenant.tenantId, "", () => {});
    const item = await create(tenant.tenantId, { kind: "extract", status: "running", streamId: "queued" });
    const keeper = isInline ? inlineKeeper(ctx, item) : await keeperOf(ctx, item);
    const crashing: JobKeeper = {
      ...keeper,
      keep: async (state, progress) => {
        await keeper.keep(state, progress);
        throw new Error("crash");
      },
    };
    await expect(load(ctx, item.id, requestOf(text), uploadOf(text), crashing)).rejects.toThrow("crash");
    const again = await load(ctx, item.id, requestOf(text), uploadOf(text), await keeperOf(ctx, item));
    expect(received).toHaveLength(1);
    expect(orderOf(again as never)).toBe("mdy");
    expect(again.llm).toMatchObject({ used: true, tokens: TOKENS.all });
  });
});
