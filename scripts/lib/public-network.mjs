// The outside world of a Worker that is served on this machine: what workerd's own network service with allow ["public"]
// is, which Miniflare does not offer. It lets a Worker call private addresses, and takes a function in its place.
import { lookup as systemLookup } from "node:dns";
import { createRequire } from "node:module";
import { loadModule } from "./load-module.mjs";

// The HTTP client that Miniflare depends on: Node's own fetch cannot be told how to resolve names.
const requireOfMiniflare = createRequire(createRequire(import.meta.resolve("wrangler")).resolve("miniflare"));
const { Agent, Response, fetch } = requireOfMiniflare("undici");

/**
 * A function that has requests answered by the public internet. Addresses are judged after names are resolved, and the
 * very address that was judged is connected to. What cannot be reached and what is not let through are answered 502: such
 * a function can tell a Worker of no other failure. `rules`: as of src/platform/public-address.ts.
 * `lookup`: as that of node:dns.
 */
export async function publicNetwork(rules, lookup = systemLookup) {
  const { refusalOf } = await loadModule("src/platform/public-address.ts");
  const isAllowed = (address) =>
    refusalOf(new URL(`http://${address.includes(":") ? `[${address}]` : address}/`), rules) === null;
  const publicLookup = (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error);
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      if (allowed.length === 0) return callback(new Error("the name leads to no public address"));
      if (options.all) return callback(null, allowed);
      callback(null, allowed[0].address, allowed[0].family);
    });
  const agent = new Agent({ connect: { lookup: publicLookup } });
  return async (request) => {
    const url = new URL(request.url);
    // An address is not looked up: it is judged here.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const isLiteral = /^[\d.]+$/.test(host) || host.includes(":");
    if (isLiteral && !isAllowed(host)) return badGateway();
    return fetch(url, {
      method: request.method,
      headers: [...request.headers],
      body: request.body,
      duplex: "half",
      redirect: "manual",
      signal: request.signal,
      dispatcher: agent,
    }).catch(badGateway);
  };
}

const badGateway = () => new Response(null, { status: 502 });
