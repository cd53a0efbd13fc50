// A URL fetched from a real server, with what a server can do that a stand-in cannot: lie about lengths, hang up, drip.
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadModule } from "../../scripts/lib/load-module.mjs";

const config = { ENVIRONMENT: "development", FETCH_ALLOW_LOOPBACK: true };
const ROUTES = {
  "/plain": (response) => response.end("a,b\n1,2\n"),
  "/gzip": (response) => response.setHeader("content-encoding", "gzip").end(gzipSync("a,b\n".repeat(100))),
  "/bomb": (response) =>
    response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(5_000_000))),
  "/endless": (response) => response.writeHead(302, { location: "/endless" }).end(),
  "/private": (response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
  "/short": (response) => {
    response.setHeader("content-length", "500").write("a,b\n");
    setTimeout(() => response.destroy(), 20);
  },
  "/flood": (response) => {
    const pour = () => {
      while (response.writable && response.write("x".repeat(10_000)));
    };
    response.on("drain", pour);
    pour();
  },
  "/drip": (response) => {
    const timer = setInterval(() => response.write("x"), 10);
    response.on("close", () => clearInterval(timer));
  },
  "/silent": () => {},
};
let server;
let base;
let fetchPublic;

beforeAll(async () => {
  ({ fetchPublic } = await loadModule("src/platform/safe-fetch.ts"));
  server = createServer((request, response) => ROUTES[request.url](response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function get(path, options = {}) {
  const { body, ...rest } = await fetchPublic(config, base + path, { maxBytes: 1_000, ...options });
  const parts = [];
  for await (const part of body) parts.push(part);
  return { ...rest, text: Buffer.concat(parts).toString() };
}
const codeOf = (path, options) =>
  get(path, options).then(
    () => "none",
    (error) => error.failure?.code ?? String(error),
  );

test("a server on this machine is called where the configuration allows it", async () => {
  expect(await get("/plain")).toMatchObject({ status: 200, text: "a,b\n1,2\n", filename: "plain" });
  const closed = { ...config, ENVIRONMENT: "production" };
  await expect(fetchPublic(closed, `${base}/plain`, { maxBytes: 10 })).rejects.toMatchObject({
    failure: { code: "invalid_request" },
  });
});

test("a coded body is taken as what it inflates to, and counted as that", async () => {
  expect((await get("/gzip")).text).toBe("a,b\n".repeat(100));
  expect(await codeOf("/gzip", { maxBytes: 399 })).toBe("payload_too_large");
  expect(await codeOf("/bomb", { maxBytes: 100_000 })).toBe("payload_too_large");
});

test("redirects that never end or lead inside are not followed", async () => {
  expect(await codeOf("/endless")).toBe("url_fetch_failed");
  expect(await codeOf("/private")).toBe("url_fetch_failed");
});

test("a body that is cut off, floods or drips is given up", async () => {
  expect(await codeOf("/short")).toBe("url_fetch_failed");
  expect(await codeOf("/flood")).toBe("payload_too_large");
  expect(await codeOf("/drip", { wholeMs: 150 })).toBe("url_fetch_failed");
  expect(await codeOf("/silent", { headersMs: 100 })).toBe("url_fetch_failed");
});

test("a port where nobody listens cannot be fetched", async () => {
  const unused = createServer().listen(0, "127.0.0.1");
  await once(unused, "listening");
  const { port } = unused.address();
  await new Promise((resolve) => unused.close(resolve));
  await expect(fetchPublic(config, `http://127.0.0.1:${port}/`, { maxBytes: 10 })).rejects.toMatchObject({
    failure: { code: "url_fetch_failed" },
  });
});
