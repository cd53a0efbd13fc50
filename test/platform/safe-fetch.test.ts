import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes";
import { AppError, type Failure } from "../../src/core/errors";
import { configOf } from "../../src/env";
import { type FetchOptions, fetchPublic } from "../../src/platform/safe-fetch";

type Answer = (request: Request) => Response | Promise<Response>;

const config = configOf(env);
const START = "https://data.example/start.csv";

/** What came back, and every URL that was called. */
async function fetched(answer: Answer, url = START, options: Partial<FetchOptions> = {}) {
  const called: Request[] = [];
  const outside = (async (input: RequestInfo, init?: RequestInit) => {
    const request = new Request(input, init);
    called.push(request);
    return answer(request);
  }) as typeof fetch;
  try {
    const { body, ...rest } = await fetchPublic(config, url, { maxBytes: 1_000, fetch: outside, ...options });
    const parts: string[] = [];
    for await (const part of body) parts.push(new TextDecoder().decode(part));
    return { ...rest, text: parts.join(""), called, failure: null };
  } catch (error) {
    if (error instanceof AppError) return { called, failure: error.failure };
    throw error;
  }
}

const failureOf = async (...args: Parameters<typeof fetched>): Promise<Failure> => {
  const { failure } = await fetched(...args);
  if (failure === null) throw new Error("it did not fail");
  return failure;
};
const to = (location: string, status = 302) => new Response(null, { status, headers: { location } });
const byPath =
  (answers: Record<string, () => Response>): Answer =>
  ({ url }) =>
    answers[new URL(url).pathname]!();

/** A body that never ends, in pieces of `bytes`; `cancelled` tells that its reader gave it up. */
function endless(bytes: number, headers: Record<string, string> = {}) {
  const seen = { cancelled: false, pulled: 0 };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.pulled++;
      if (bytes > 0) controller.enqueue(new Uint8Array(bytes));
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { seen, response: new Response(body, { headers }) };
}

describe("fetching a URL", () => {
  it("gives the body and what its headers tell", async () => {
    const headers = { "content-type": "text/csv", etag: '"v1"' };
    const got = await fetched(() => new Response("a,b\n1,2\n", { headers }), `${START}?x=1#part`);
    expect(got).toMatchObject({
      status: 200,
      text: "a,b\n1,2\n",
      contentType: "text/csv",
      filename: "start.csv",
      finalUrl: `${START}?x=1`,
      etag: '"v1"',
    });
  });

  it("says who calls, and sends neither cookies nor credentials", async () => {
    const { called } = await fetched(() => new Response("x"), START, { accept: "text/csv" });
    const headers = Object.fromEntries(called[0]!.headers);
    expect(headers["user-agent"]).toMatch(/^StratosMesh\//);
    expect(headers.accept).toBe("text/csv");
    expect(Object.keys(headers).sort()).toEqual(["accept", "user-agent"]);
  });

  it("asks whether it changed, and takes 304 only then", async () => {
    const unchanged: Answer = () => new Response(null, { status: 304 });
    const got = await fetched(unchanged, START, { ifNoneMatch: '"v1"' });
    expect(got).toMatchObject({ status: 304, text: "" });
    expect(got.called[0]!.headers.get("if-none-match")).toBe('"v1"');
    expect(await failureOf(unchanged)).toMatchObject({ code: "url_fetch_failed" });
  });

  it.each([
    ['attachment; filename="report 1.csv"', "report 1.csv"],
    ["attachment; filename=plain.csv", "plain.csv"],
    ["attachment; filename=\"x.csv\"; filename*=UTF-8''%C3%BC.csv", "ü.csv"],
    ['attachment; filename="../../etc/passwd"', "passwd"],
    ['attachment; filename="C:\\\\data\\\\a.csv"', "a.csv"],
    ["attachment; filename*=UTF-8''%2e%2e%2fa.csv", "a.csv"],
    ["attachment; filename*=UTF-8''%ff", "%ff"],
    ['attachment; filename=".."', null],
    ["inline", "start.csv"],
  ])("names the file by %s", async (disposition, filename) => {
    const answer: Answer = () => new Response("x", { headers: { "content-disposition": disposition } });
    expect(await fetched(answer)).toMatchObject({ filename });
  });
});

describe("a URL that is not called", () => {
  it.each([
    "http://127.0.0.1:8080/",
    "http://169.254.169.254/latest/meta-data/",
    "https://user:secret@data.example/",
    "file:///etc/passwd",
    "/relative",
    "",
    `https://data.example/${"x".repeat(5_000)}`,
  ])("is refused by name of the field: %s", async (url) => {
    const { called, failure } = await fetched(() => new Response("secret"), url);
    expect(failure).toMatchObject({ code: "invalid_request", errors: [{ pointer: "/url" }] });
    expect(called).toEqual([]);
    expect(failure!.detail).not.toContain("secret");
  });
});

describe("redirects", () => {
  it("are followed, relative ones too, and the last URL is told", async () => {
    const answer = byPath({
      "/start.csv": () => to("/second"),
      "/second": () => to("https://other.example/third?a=b", 308),
      "/third": () => new Response("done"),
    });
    expect(await fetched(answer)).toMatchObject({
      text: "done",
      finalUrl: "https://other.example/third?a=b",
      filename: "third",
    });
  });

  it.each([
    "http://data.example/plain",
    "https://127.0.0.1/",
    "https://[::ffff:10.0.0.1]/",
    "https://metadata.google.internal/",
    "https://user:secret@other.example/",
    "file:///etc/passwd",
    "https://",
  ])("are not followed to %s", async (location) => {
    const { called, failure } = await fetched(() => to(location));
    expect(failure).toMatchObject({ code: "url_fetch_failed" });
    expect(called).toHaveLength(1);
  });

  it("from http to https, and then not back", async () => {
    const up = byPath({ "/": () => to("https://data.example/up"), "/up": () => new Response("up") });
    expect(await fetched(up, "http://data.example/")).toMatchObject({ text: "up" });
    const down = byPath({
      "/": () => to("https://data.example/up"),
      "/up": () => to("http://data.example/x"),
    });
    expect(await failureOf(down, "http://data.example/")).toMatchObject({ code: "url_fetch_failed" });
  });

  it("end after the fifth", async () => {
    const chain = (hops: number): Answer => {
      let left = hops;
      return () => (left-- > 0 ? to(`/hop${left}`) : new Response("there"));
    };
    expect(await fetched(chain(5))).toMatchObject({ text: "there" });
    const { called, failure } = await fetched(chain(6));
    expect(failure).toMatchObject({ code: "url_fetch_failed" });
    expect(called).toHaveLength(6);
  });

  it("to itself end too", async () => {
    expect(await failureOf(() => to(START))).toMatchObject({ code: "url_fetch_failed" });
  });
});

describe("what is too large", () => {
  it("is refused by its declared length before a byte is read", async () => {
    const { response, seen } = endless(10, { "content-length": "1001" });
    expect(await failureOf(() => response)).toMatchObject({
      code: "payload_too_large",
      extra: { limit_bytes: 1_000 },
    });
    expect(seen.cancelled).toBe(true);
  });

  it("is counted as it comes, whatever was declared", async () => {
    const { response, seen } = endless(300, { "content-length": "10" });
    expect(await failureOf(() => response)).toMatchObject({ code: "payload_too_large" });
    expect(seen.cancelled).toBe(true);
    expect(seen.pulled).toBeLessThan(10);
  });

  it("is not what has just as many bytes as are allowed", async () => {
    const got = await fetched(() => new Response(utf8("x".repeat(1_000))));
    expect(got).toMatchObject({ status: 200, text: "x".repeat(1_000) });
  });
});

describe("what does not answer well", () => {
  it.each([206, 400, 401, 404, 500, 503])("fails with its status: %i", async (status) => {
    const failure = await failureOf(() => new Response("no", { status }));
    expect(failure).toMatchObject({ code: "url_fetch_failed" });
    expect(failure.detail).toContain(String(status));
  });

  it.each([
    ["transient", 408, 425, 429, 500, 502, 503, 504, 521, 522],
    ["final", 206, 400, 401, 403, 404, 410, 501, 505, 525, 526, 530],
  ] as ["transient" | "final", ...number[]][])(
    "says whether another try may go better: %s",
    async (kind, ...statuses) => {
      for (const status of statuses) {
        const outside = (async () => new Response("no", { status })) as typeof fetch;
        const failed = fetchPublic(config, START, { maxBytes: 10, fetch: outside });
        await expect(failed, String(status)).rejects.toMatchObject({ kind });
      }
    },
  );

  it("fails where nobody answers", async () => {
    const failure = await failureOf(() => Promise.reject(new TypeError("ECONNREFUSED 10.1.2.3:80")));
    expect(failure).toMatchObject({ code: "url_fetch_failed" });
    expect(failure.detail).not.toContain("10.1.2.3");
  });

  it("fails where headers do not come", async () => {
    const silent: Answer = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    expect((await failureOf(silent, START, { headersMs: 20 })).detail).toMatch(/did not answer in time/);
  });

  it("fails where the body drips on, and ends the transfer", async () => {
    for (const bytes of [0, 1]) {
      const { response, seen } = endless(bytes);
      const failure = await failureOf(() => response, START, { wholeMs: 60 });
      expect(failure.detail).toMatch(/not complete in time/);
      expect(seen.cancelled).toBe(true);
    }
  });

  it("fails where the body breaks off", async () => {
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(utf8("a,b\n")),
      pull: (controller) => controller.error(new Error("connection lost")),
    });
    expect((await failureOf(() => new Response(broken))).detail).toMatch(/broke off/);
  });

  it("fails in a content coding that nobody takes off", async () => {
    const answer: Answer = () => new Response("x", { headers: { "content-encoding": "zstd" } });
    expect(await failureOf(answer)).toMatchObject({ code: "url_fetch_failed" });
  });
});
