// The network of a Worker that is served on this machine, against a real server on it.
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicNetwork } from "../../scripts/lib/public-network.mjs";

/** Public names, and what whoever owns them has them lead to. */
const NAMES = {
  "rebound.example.com": ["127.0.0.1"],
  "metadata.example.com": ["169.254.169.254"],
  "inside.example.com": ["10.1.2.3", "fd00::1"],
  "both.example.com": ["10.1.2.3", "127.0.0.1"],
};
const lookup = (name, _options, callback) =>
  callback(
    null,
    NAMES[name].map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  );

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
    expect((await get(await publicNetwork({ loopback: false }, lookup), host)).status).toBe(502);
    expect(reached).toBe(0);
  },
);

test("development may call its own machine, and nothing else that is private", async () => {
  const network = await publicNetwork({ loopback: true }, lookup);
  for (const host of ["rebound.example.com", "both.example.com", "127.0.0.1"])
    expect(await (await get(network, host)).text()).toBe("a,b\n1,2\n");
  expect((await get(network, "metadata.example.com")).status).toBe(502);
});

test("a redirect is not followed: it is judged by the Worker like the first address", async () => {
  const network = await publicNetwork({ loopback: true }, lookup);
  expect((await get(network, "127.0.0.1", "/moved")).status).toBe(302);
});
