import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newCaller, pricesCsv } from "./support-process";

const URL_OF_PRICES = "https://data.example.com/exports/daily%20prices.csv?day=1";

/** The world outside, as long as a test lasts. Gives what was asked of it. */
function outside(answer: (url: string) => Response): string[] {
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    asked.push(url);
    return answer(url);
  });
  return asked;
}
const prices = () => new Response(pricesCsv(), { headers: { "content-type": "text/csv" } });

afterEach(() => {
  vi.restoreAllMocks();
});

describe("POST /api/llm/process with a url", () => {
  it("loads what it leads to, into a stream named after it", async () => {
    const asked = outside(prices);
    const answer = await (await newCaller()).call("POST", "/api/llm/process", { url: URL_OF_PRICES });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ stream_id: "daily_prices", records_processed: 120 });
    expect(asked).toEqual([URL_OF_PRICES]);
  });

  it("takes it from a form too, and not beside other data", async () => {
    outside(prices);
    const caller = await newCaller();
    const answer = await caller.form({ url: URL_OF_PRICES, stream_id: "mine" }, null);
    expect(await answer.json()).toMatchObject({ stream_id: "mine", records_processed: 120 });
    const both = await caller.form({ url: URL_OF_PRICES }, { name: "a.csv", text: pricesCsv() });
    expect(await both.json()).toMatchObject({ status: 422, code: "invalid_request" });
  });

  it("answers the first answer again under one key, though the url leads elsewhere by now", async () => {
    const asked = outside(prices);
    const caller = await newCaller();
    const send = (url: string) =>
      caller.call("POST", "/api/llm/process", { url }, { "idempotency-key": "fetch-1" });
    const first = (await (await send(URL_OF_PRICES)).json()) as { job_id: string };
    vi.restoreAllMocks();
    outside(() => new Response("gone", { status: 410 }));
    const again = await send(URL_OF_PRICES);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await again.json()).toMatchObject({ job_id: first.job_id });
    expect(asked).toHaveLength(1);
    expect(await (await send(`${URL_OF_PRICES}&b=2`)).json()).toMatchObject({
      code: "idempotency_key_reused",
    });
  });

  it("is refused where it leads inside, answers badly or is too large, and leaves nothing behind", async () => {
    const caller = await newCaller();
    const codeOf = async (url: string) =>
      (await (await caller.call("POST", "/api/llm/process", { url })).json()) as Record<string, unknown>;
    const asked = outside((url) => {
      if (url.endsWith("/inside")) return Response.redirect("http://169.254.169.254/latest/", 302);
      if (url.endsWith("/large")) return new Response("x", { headers: { "content-length": "99000000" } });
      return new Response("no", { status: 404 });
    });
    expect(await codeOf("http://127.0.0.1:8787/api/tenant")).toMatchObject({
      status: 422,
      code: "invalid_request",
      errors: [{ pointer: "/url" }],
    });
    expect(asked).toEqual([]);
    expect(await codeOf("https://a.example/inside")).toMatchObject({ status: 422, code: "url_fetch_failed" });
    expect(await codeOf("https://a.example/none")).toMatchObject({ status: 422, code: "url_fetch_failed" });
    expect(await codeOf("https://a.example/large")).toMatchObject({ status: 413, code: "payload_too_large" });
    expect((await env.UPLOADS.list({ prefix: caller.tenantId })).objects).toEqual([]);
  });
});
