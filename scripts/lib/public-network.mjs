// The outside world of a Worker that is served on this machine: what workerd's own network service with allow ["public"]
// is, which Miniflare does not offer. It lets a Worker call private addresses, and takes a function in its place.
import { NOTFOUND, lookup as systemLookup } from "node:dns";
import { createRequire } from "node:module";
import { loadModule } from "./load-module.mjs";

// The HTTP client that Miniflare depends on: Node's own fetch cannot be told how to resolve names.
const requireOfMiniflare = createRequire(createRequire(import.meta.resolve("wrangler")).resolve("miniflare"));
const { Agent, Response, fetch } = requireOfMiniflare("undici");

/**
 * A function that has requests answered by the public internet. Addresses are judged after names are resolved, and the
 * very address that was judged is connected to. Such a function can tell a Worker of a failure only by a status: 530, as
 * Cloudflare's own network says it (error 1016), where the name does not exist or leads to no address that is let through,
 * and 502 for what may be reached another time. `rules`: as of src/platform/public-address.ts. `lookup`: as that of node:dns.
 */
export async function publicNetwork(rules, lookup = systemLookup) {
  const { refusalOf } = await loadModule("src/platform/public-address.ts");
  const isAllowed = (address) =>
    refusalOf(new URL(`http://${address.includes(":") ? `[${address}]` : address}/`), rules) === null;
  const publicLookup = (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error);
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      if (allowed.length === 0) return callback(nowhere(hostname));
      if (options.all) return callback(null, allowed);
      callback(null, allowed[0].address, allowed[0].family);
    });
  const agent = new Agent({ connect: { lookup: publicLookup } });
  return async (request) => {
    const url = new URL(request.url);
    // An address is not looked up: it is judged here.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const isLiteral = /^[\d.]+$/.test(host) || host.includes(":");
    if (isLiteral && !isAllowed(host)) return failure(nowhere(host));
    return fetch(url, {
      method: request.method,
      headers: [...request.headers],
      body: request.body,
      duplex: "half",
      redirect: "manual",
      signal: request.signal,
      dispatcher: agent,
    }).catch((error) => failure(error?.cause));
  };
}

/** To a Worker a name that leads to private addresses only is one that does not exist. */
const nowhere = (hostname) =>
  Object.assign(new Error(`${hostname} leads to no public address`), { code: NOTFOUND });

const failure = (cause) => new Response(null, { status: cause?.code === NOTFOUND ? 530 : 502 });
