// The network of a Worker that is served on this machine, against a real server on it.
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadModule } from "../../scripts/lib/load-module.mjs";
import { publicNetwork } from "../../scripts/lib/public-network.mjs";

/** Public names, and what whoever owns them has them lead to. */
const NAMES = {
  "rebound.example.com": ["127.0.0.1"],
  "metadata.example.com": ["169.254.169.254"],
  "inside.example.com": ["10.1.2.3", "fd00::1"],
  "both.example.com": ["10.1.2.3", "127.0.0.1"],
};
/** A name that does not exist is told as the system tells it. */
const lookup = (name, _options, callback) =>
  NAMES[name]
    ? callback(
        null,
        NAMES[name].map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      )
    : callback(Object.assign(new Error(name), { code: name.startsWith("busy") ? "EAI_AGAIN" : "ENOTFOUND" }));

let server;
let port;
let reached = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    reached++;
    if (request.url === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
    else response.setHeader("content-encoding", "gzip").end(gzipSync("a,b\n1,2\n"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address());
});
afterAll(() => server.close());

const get = (network, host, path = "/") => network(new Request(`http://${host}:${port}${path}`));

test.each([...Object.keys(NAMES), "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])(
  "a request to %s never leaves for a private address",
  async (host) => {
    reached = 0;
    expect((await get(await publicNetwork({ loopback: false }, lookup), host)).status).toBe(530);
    expect(reached).toBe(0);
  },
);

test("development may call its own machine, and nothing else that is private", async () => {
  const network = await publicNetwork({ loopback: true }, lookup);
  for (const host of ["rebound.example.com", "both.example.com", "127.0.0.1"])
    expect(await (await get(network, host)).text()).toBe("a,b\n1,2\n");
  expect((await get(network, "metadata.example.com")).status).toBe(530);
});

test.each([
  ["inside.example.com", "final"],
  ["unknown.example.com", "final"],
  ["busy.example.com", "transient"],
])("the Worker learns of %s whether another try may go better: %s", async (host, kind) => {
  const network = await publicNetwork({ loopback: false }, lookup);
  const { fetchPublic } = await loadModule("src/platform/safe-fetch.ts");
  const config = { ENVIRONMENT: "production", FETCH_ALLOW_LOOPBACK: false };
  const options = { maxBytes: 10, fetch: (url, init) => network(new Request(url, init)) };
  await expect(fetchPublic(config, `https://${host}/`, options)).rejects.toMatchObject({ kind });
});

test("a redirect is not followed: it is judged by the Worker like the first address", async () => {
  const network = await publicNetwork({ loopback: true }, lookup);
  expect((await get(network, "127.0.0.1", "/moved")).status).toBe(302);
});
