import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchUpload } from "../../src/extraction/fetch-upload";
import { createJob } from "../../src/extraction/inline";
import type { UrlRequest } from "../../src/extraction/intake";
import { Superseded } from "../../src/extraction/job-state";
import { consumerContext } from "../../src/platform/consumer-context";
import { later, query } from "../support/work";
import { type Caller, newCaller, pricesCsv } from "./support-process";

const URL_OF_PRICES = "https://data.example.com/exports/daily%20prices.csv?day=1";
const QUEUED = { prefer: "respond-async" };

type Answer = Response | Promise<Response>;

/** The world outside: what it answers to each call, the last for all after it. Gives how often it was asked. */
function outside(...answers: ((url: string, signal: AbortSignal | null) => Answer)[]) {
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    asked.push(url);
    return answers[Math.min(asked.length, answers.length) - 1]!(url, init?.signal ?? null);
  });
  return asked;
}
const csv = (text = pricesCsv()) => new Response(text, { headers: { "content-type": "text/csv" } });
const status = (code: number) => () => new Response("no", { status: code });
/** Says nothing until nobody waits any more. */
const silent = (_: string, signal: AbortSignal | null) =>
  new Promise<Response>((_resolve, reject) => {
    signal!.addEventListener("abort", () => reject(signal!.reason));
  });

/** Answers when it is told to; told by a flag, since a promise is of the worker that made it. */
function held(answer: () => Response) {
  const gate = { isOpen: false, come: false };
  const wait = async () => {
    gate.come = true;
    while (!gate.isOpen) await new Promise((resolve) => setTimeout(resolve, 10));
    return answer();
  };
  return { gate, wait };
}

const post = (caller: Caller, url: string, headers: Record<string, string> = QUEUED) =>
  caller.call("POST", "/api/llm/process", { url }, headers);
const jobAt = async (caller: Caller, location: string) =>
  (await (await caller.call("GET", location)).json()) as Record<string, unknown>;
const until = (caller: Caller, location: string, expected: object) =>
  vi.waitFor(async () => expect(await jobAt(caller, location)).toMatchObject(expected), {
    timeout: 15_000,
    interval: 250,
  });
async function queued(caller: Caller, url: string): Promise<string> {
  const answer = await post(caller, url);
  expect(answer.status).toBe(202);
  return answer.headers.get("location")!;
}
const uploads = async ({ tenantId }: Caller) => (await env.UPLOADS.list({ prefix: `${tenantId}/` })).objects;
const countedBytes = async ({ tenantId }: Caller) =>
  (await query<{ bytes: number }>(tenantId, "SELECT bytes FROM holder_use WHERE stream_id = ''"))[0]?.bytes ??
  0;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a url that nobody waits for", () => {
  it("is fetched by its job, which says so and is named after what came", async () => {
    const { gate, wait } = held(() => csv());
    const asked = outside(wait);
    const caller = await newCaller();
    const answer = await post(caller, URL_OF_PRICES);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("preference-applied")).toBe("respond-async");
    expect(await answer.json()).toMatchObject({ status: "queued", stream_id: null });
    const location = answer.headers.get("location")!;
    await until(caller, location, { status: "running", progress: { stage: "fetching" } });
    gate.isOpen = true;
    await until(caller, location, {
      status: "succeeded",
      stream_id: "daily_prices",
      progress: { stage: "succeeded", records_processed: 120, fraction: 1 },
      result: { stream_id: "daily_prices", records_processed: 120 },
    });
    expect(asked).toEqual([URL_OF_PRICES]);
    const [upload] = await uploads(caller);
    expect(await countedBytes(caller)).toBe(upload!.size);
  });

  it.each([
    ["nothing is there", status(404)],
    ["it redirects inside", () => Response.redirect("http://169.254.169.254/latest/", 302)],
    ["it declares too much", () => new Response("x", { headers: { "content-length": "99000000" } })],
    [
      "it is of no kind that is taken",
      () => new Response(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4])),
    ],
    [
      "a certificate is not believed",
      () => Promise.reject(new Error("TLS peer's certificate is not trusted")),
    ],
  ] as [string, () => Answer][])("fails as it would within its request, and once: %s", async (_, answer) => {
    const asked = outside(answer);
    const caller = await newCaller();
    const { code, detail } = (await (await post(caller, URL_OF_PRICES, {})).json()) as Record<
      string,
      unknown
    >;
    const location = await queued(caller, URL_OF_PRICES);
    await until(caller, location, {
      status: "failed",
      attempts: 1,
      redrivable: false,
      error: { code, detail },
    });
    expect(asked).toHaveLength(2);
    expect(await (await caller.call("GET", "/api/llm/jobs")).json()).toMatchObject({
      jobs: [{ progress: { stage: "failed" } }, { progress: { stage: "failed" } }],
    });
    expect(await uploads(caller)).toEqual([]);
    expect(await countedBytes(caller)).toBe(0);
    const { plan } = (await (
      await caller.call("POST", "/api/llm/process", { raw_text: pricesCsv() })
    ).json()) as Record<string, unknown>;
    const replay = await caller.call("POST", `${location}/replay`, { plan });
    expect(await replay.json()).toMatchObject({ status: 409, code: "conflict" });
  });

  it("is refused at once where it is private, and makes no job", async () => {
    const asked = outside(() => csv());
    const caller = await newCaller();
    const answer = await post(caller, "http://127.0.0.1:8787/api/tenant");
    expect(await answer.json()).toMatchObject({ status: 422, code: "invalid_request" });
    expect(await (await caller.call("GET", "/api/llm/jobs")).json()).toMatchObject({ jobs: [] });
    expect(asked).toEqual([]);
  });

  it("is tried again after a failure of the moment", async () => {
    const asked = outside(status(503), () => csv());
    const caller = await newCaller();
    const location = await queued(caller, URL_OF_PRICES);
    await until(caller, location, { status: "queued", attempts: 1 });
    await later(caller.tenantId);
    await until(caller, location, { status: "succeeded", result: { records_processed: 120 } });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["seconds", () => "600"],
    ["a date", () => new Date(Date.now() + 600_000).toUTCString()],
  ])("is tried again when its server says that it may be: %s", async (_, retryAfter) => {
    outside(() => new Response("no", { status: 429, headers: { "retry-after": retryAfter() } }));
    const caller = await newCaller();
    const location = await queued(caller, URL_OF_PRICES);
    await until(caller, location, { status: "queued", attempts: 1 });
    const [job] = await query<{ due_ms: number }>(caller.tenantId, "SELECT due_ms FROM work");
    const pauseMs = job!.due_ms - Date.now();
    expect(pauseMs).toBeGreaterThan(500_000);
    expect(pauseMs).toBeLessThanOrEqual(600_000);
  });

  it("fails by its own code where the moment lasts", async () => {
    const asked = outside(status(503));
    const caller = await newCaller();
    const location = await queued(caller, URL_OF_PRICES);
    for (let attempts = 1; attempts < 4; attempts++) {
      await until(caller, location, { status: "queued", attempts });
      await later(caller.tenantId);
    }
    await until(caller, location, {
      status: "failed",
      error: { code: "url_fetch_failed", detail: "The URL was answered with status 503." },
    });
    expect(asked).toHaveLength(4);
  });

  it("is one job under one key", async () => {
    const asked = outside(() => csv());
    const caller = await newCaller();
    const headers = { ...QUEUED, "idempotency-key": "fetch-later" };
    const first = await post(caller, URL_OF_PRICES, headers);
    const again = await post(caller, URL_OF_PRICES, headers);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    await until(caller, first.headers.get("location")!, { status: "succeeded" });
    expect(asked).toHaveLength(1);
  });
});

describe("a url that is waited for", () => {
  it("goes on as the same job in the queue when the wait is over", async () => {
    const asked = outside(silent, () => csv());
    const caller = await newCaller();
    const answer = await post(caller, URL_OF_PRICES, { prefer: "wait=1" });
    expect(answer.status).toBe(202);
    expect(answer.headers.get("preference-applied")).toBe("wait=1");
    await until(caller, answer.headers.get("location")!, {
      status: "succeeded",
      result: { records_processed: 120 },
    });
    expect(asked).toHaveLength(2);
  });

  it("is fetched once where only the loading is too much for the request", async () => {
    const lines = Array.from(
      { length: 90_000 },
      (_, i) => `${new Date(i * 60_000).toISOString()},${i % 100}`,
    );
    const asked = outside(() => csv(`time,value\n${lines.join("\n")}\n`));
    const caller = await newCaller();
    const answer = await post(caller, URL_OF_PRICES, { prefer: "wait=20" });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      stream_id: "daily_prices",
      progress: { stage: "understanding" },
    });
    await until(caller, answer.headers.get("location")!, {
      status: "succeeded",
      result: { records_processed: 90_000 },
    });
    expect(asked).toHaveLength(1);
    expect(await uploads(caller)).toHaveLength(1);
  });
});

describe("a fetch that broke off", () => {
  const request = (): UrlRequest => ({
    url: URL_OF_PRICES,
    streamId: null,
    description: null,
    desiredFormat: "time_series",
    plan: null,
  });
  /** A job as a worker has it that will die. */
  async function claimed() {
    const caller = await newCaller();
    const ctx = await consumerContext(env, caller.tenantId, "", () => {});
    const item = await createJob(ctx, `job_${crypto.randomUUID()}`, request(), "running");
    return { caller, ctx, item, location: `/api/llm/jobs/${item.id}` };
  }

  it("is not fetched again once it was sealed, though other bytes are there by now", async () => {
    const asked = outside(
      () => csv(),
      () => csv("time,other\n2025-01-01,1\n2025-01-02,2\n"),
    );
    const { caller, ctx, item, location } = await claimed();
    await fetchUpload(ctx, item, request(), 5_000);
    await later(caller.tenantId);
    await until(caller, location, { status: "succeeded", result: { records_processed: 120 } });
    expect(asked).toHaveLength(1);
  });

  it("is fetched again where it was not", async () => {
    const asked = outside(() => csv());
    const { caller, location } = await claimed();
    await later(caller.tenantId);
    await until(caller, location, { status: "succeeded", result: { records_processed: 120 } });
    expect(asked).toHaveLength(1);
  });

  it("changes nothing where another try has gone on meanwhile", async () => {
    const { gate, wait } = held(() => csv("time,other\n2025-01-01,1\n"));
    outside(wait, () => csv());
    const { caller, ctx, item, location } = await claimed();
    const slow = fetchUpload(ctx, item, request(), 10_000);
    const isOver = expect(slow).rejects.toThrow(Superseded);
    await vi.waitFor(() => expect(gate.come).toBe(true));
    await later(caller.tenantId);
    await until(caller, location, { status: "succeeded", result: { records_processed: 120 } });
    gate.isOpen = true;
    await isOver;
    const left = await uploads(caller);
    expect(left).toHaveLength(1);
    expect(await countedBytes(caller)).toBe(left[0]!.size);
  });
});
