import ipaddr from "ipaddr.js";
import type { Config } from "../env";

export interface AddressRules {
  /** This machine may be called too: for a demonstration or a test that serves its own data. */
  loopback: boolean;
}

/** FETCH_ALLOW_LOOPBACK counts in development only: a deployment cannot open this by a forgotten variable. */
export const addressRules = (config: Pick<Config, "ENVIRONMENT" | "FETCH_ALLOW_LOOPBACK">): AddressRules => ({
  loopback: config.ENVIRONMENT === "development" && config.FETCH_ALLOW_LOOPBACK,
});

/**
 * Names under these never lead to the public internet: special use by RFC 6761 (localhost, test), RFC 6762 (local),
 * RFC 7686 (onion), RFC 9476 (alt) and by ICANN (internal, 2024); arpa is infrastructure, with home.arpa (RFC 8375) in
 * it; the others are not delegated and are what private networks and clusters use.
 */
const PRIVATE_SUFFIXES = new Set([
  ...["localhost", "test", "local", "onion", "alt", "internal", "arpa"],
  ...["localdomain", "lan", "home", "corp", "intranet", "private", "svc"],
]);

/** Public by its number, and inside Azure the host's own metadata and DNS service. */
const METADATA_ADDRESSES = new Set(["168.63.129.16"]);

/** Ports that the Fetch standard blocks ("port blocking"), as far as they are not below 1024: other protocols live there. */
const BLOCKED_PORTS = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566],
  ...[6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/**
 * Why a URL must not be called, as the end of a sentence, or null where it may: http or https, no credentials in it, a
 * port that web servers use, and a host that is public by what it says. Hosts are read as the URL standard does, so
 * that 127.1, 0x7f000001, 2130706433 and full-width digits are the address they stand for.
 *
 * A name is judged as a name; which address it resolves to is not looked up here. On the platform `fetch` leaves from
 * Cloudflare's network and reaches no private one; a self-hosted workerd connects only to what its `network` service
 * allows after resolving, "public" by default, and so does `npm run serve`. `npm run dev` has neither: there a public name
 * that resolves to a private address is called (docs/decisions/2026-11-23-fetching-urls.md).
 */
export function refusalOf(url: URL, rules: AddressRules): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is neither http nor https";
  if (url.username !== "" || url.password !== "") return "carries credentials";
  return refusedPort(url.port) ?? refusedHost(url.hostname, rules);
}

/** `port` is empty where it is the scheme's own. */
function refusedPort(port: string): string | null {
  const number = Number(port);
  if (port === "" || number === 80 || number === 443) return null;
  return number < 1024 || BLOCKED_PORTS.has(number)
    ? `names port ${port}; 80, 443 and those from 1024 on that serve the web are called`
    : null;
}

function refusedHost(hostname: string, rules: AddressRules): string | null {
  const literal = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  if (ipaddr.isValid(literal)) return refusedAddress(ipaddr.parse(literal), rules);
  // A name may end in one dot: that is its absolute form.
  const labels = hostname.replace(/\.$/, "").toLowerCase().split(".");
  if (hostname.length > 254 || labels.includes("")) return "names no valid host";
  const suffix = labels.at(-1)!;
  if (suffix === "localhost" && rules.loopback) return null;
  if (labels.length === 1) return "names a host without a domain";
  return PRIVATE_SUFFIXES.has(suffix) ? `names a host under .${suffix}, which is not public` : null;
}

/** What is not plainly a host of the public internet is refused, tunnels and translations (6to4, NAT64) among it. */
function refusedAddress(address: ipaddr.IPv4 | ipaddr.IPv6, rules: AddressRules): string | null {
  const range = address.range();
  if (range === "loopback" && rules.loopback) return null;
  const isPublic =
    range === "unicast" && (address.kind() === "ipv4" || isGlobalUnicast(address as ipaddr.IPv6));
  return isPublic && !METADATA_ADDRESSES.has(address.toString())
    ? null
    : "names an address that is not public";
}

/** 2000::/3, all that IANA has handed out of IPv6. */
const isGlobalUnicast = (address: ipaddr.IPv6): boolean => address.parts[0]! >> 13 === 1;
