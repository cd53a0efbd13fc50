// A language model behind real sockets, with what a server can do that a stand-in cannot: drip, hang up, lie about lengths.
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadModule } from "../../scripts/lib/load-module.mjs";

const PATCH = { columns: [], time_columns: [], time_order: "keep", derived: [] };
const question = {
  instructions: "Check.",
  material: "{}",
  schema: { type: "object" },
  parse: (answer) => answer,
};
const MODELS = {
  good: (request, response) => play(request, response),
  "half-an-answer": (_, response) => {
    response.setHeader("content-length", "500").write('{"candidates":[');
    setTimeout(() => response.destroy(), 20);
  },
  drip: (_, response) => {
    const timer = setInterval(() => response.write(" "), 10);
    response.on("close", () => clearInterval(timer));
  },
  silent: () => {},
  "no-json": (_, response) => response.end("<html>Bad gateway</html>"),
};
let server;
let settings;
let asking;
let fake;
let calls = 0;

async function play(request, response) {
  let body = "";
  for await (const part of request) body += part;
  const answer = await fake.fetch(`http://fake${request.url}`, { method: "POST", body });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

beforeAll(async () => {
  asking = await loadModule("src/extraction/providers/ask.ts");
  const { answers, modelServer } = await loadModule("test/support/model-server.ts");
  fake = modelServer("gemini", answers(PATCH));
  server = createServer((request, response) => {
    calls++;
    const [, model] = /\/models\/([^:]+):/.exec(request.url) ?? [];
    MODELS[model](request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${server.address().port}/v1beta`;
  settings = { provider: "gemini", apiKey: "a-secret-key", baseUrl, maxTokens: 100, temperature: null };
});
beforeEach(() => {
  calls = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (model, timeoutMs = 10_000) =>
  asking.ask({ ...settings, model }, question, timeoutMs, {
    fetch,
    nowMs: () => Date.now(),
    wait: async () => {},
    chance: () => 0,
  });

test("an answer is read", async () => {
  expect(await ask("good")).toEqual({ value: PATCH, tokens: 743 });
});

test("an answer that never ends is given up in time, and so is none at all", async () => {
  expect(await ask("drip", 200)).toMatchObject({ refused: "timeout" });
  expect(await ask("silent", 200)).toMatchObject({ refused: "timeout" });
});

test("an answer that breaks off is a refusal", async () => {
  expect(await ask("half-an-answer")).toMatchObject({
    refused: expect.stringMatching(/unavailable|malformed/),
  });
  expect(calls).toBeLessThanOrEqual(3);
});

test("an answer that is no JSON is a refusal", async () => {
  expect(await ask("no-json")).toMatchObject({ refused: expect.stringMatching(/unavailable|malformed/) });
});
