import { describe, expect, it } from "vitest";
import type { Config } from "../../src/env";
import { addressRules, refusalOf } from "../../src/platform/public-address";

const refused = (url: string, loopback = false) => refusalOf(new URL(url), { loopback });

describe("a URL that may be called", () => {
  it.each([
    "https://example.com/data.csv",
    "http://example.com:8080/",
    "https://example.com./absolute-name",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
    "https://münchen.example/",
    "https://data.internal.example.com/",
    "https://localhost.example.com/",
    "http://172.15.255.255/",
    "http://172.32.0.1/",
    "http://100.128.0.1/",
  ])("is public by what it says: %s", (url) => {
    expect(refused(url)).toBeNull();
  });
});

describe("a URL that is refused", () => {
  it.each([
    ["of this machine", ["127.0.0.1", "127.255.255.254", "[::1]", "0.0.0.0", "[::]"]],
    ["of this machine in other digits", ["127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "127.0.0.1."]],
    ["of this machine in characters that stand for digits", ["１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1"]],
    ["of a private network", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "[fd00::1]"]],
    ["that is link-local", ["169.254.169.254", "[fe80::1]", "[fec0::1]"]],
    ["behind a carrier's NAT", ["100.64.0.1", "100.100.100.200"]],
    ["of many machines", ["224.0.0.1", "255.255.255.255", "[ff02::1]"]],
    [
      "that is reserved",
      ["192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1"],
    ],
    ["that is reserved in IPv6", ["[2001:db8::1]", "[100::1]", "[4000::1]", "[3fff::1]", "[5f00::1]"]],
    ["of IPv4 in IPv6", ["[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[::ffff:0:7f00:1]"]],
    ["of a tunnel or a translation", ["[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2001::1]"]],
    ["of a cloud's metadata", ["168.63.129.16", "metadata.google.internal", "[fd00:ec2::254]"]],
    ["of this machine by name", ["localhost", "LOCALHOST", "localhost.", "a.localhost", "%6cocalhost"]],
    ["of a network by name", ["printer.local", "nas.lan", "router.home.arpa", "1.0.0.127.in-addr.arpa"]],
    ["of a cluster by name", ["kubernetes.default.svc", "db.default.svc.cluster.local", "redis"]],
    ["without a valid host", ["localhost..", "a..example.com", ".example.com"]],
  ])("names an address %s", (_, hosts) => {
    for (const host of hosts) expect(refused(`http://${host}/`), host).not.toBeNull();
  });

  it("is of no scheme but http and https", () => {
    for (const url of [
      "file:///etc/passwd",
      "ftp://example.com/",
      "data:text/csv,a",
      "gopher://example.com/",
    ])
      expect(refused(url), url).toMatch(/neither http nor https/);
  });

  it("carries credentials", () => {
    for (const url of ["https://user@example.com/", "https://u:p@example.com/", "https://:p@example.com/"])
      expect(refused(url), url).toMatch(/credentials/);
  });

  it("names a port of another protocol", () => {
    for (const port of [0, 21, 22, 25, 53, 445, 1023, 2049, 6000, 6667, 10080])
      expect(refused(`http://example.com:${port}/`), String(port)).toMatch(/port/);
    for (const port of [80, 443, 1024, 3000, 8080, 8443, 65535])
      expect(refused(`http://example.com:${port}/`), String(port)).toBeNull();
  });
});

describe("loopback", () => {
  it("is called where the rules allow it, and no other private address with it", () => {
    for (const host of ["127.0.0.1:9000", "localhost:9000", "[::1]:9000", "a.localhost"])
      expect(refused(`http://${host}/`, true), host).toBeNull();
    for (const host of [
      "10.0.0.1",
      "169.254.169.254",
      "0.0.0.0",
      "[::ffff:127.0.0.1]",
      "redis",
      "127.0.0.1:22",
    ])
      expect(refused(`http://${host}/`, true), host).not.toBeNull();
  });

  it("needs the variable and development, both", () => {
    const rules = (ENVIRONMENT: Config["ENVIRONMENT"], FETCH_ALLOW_LOOPBACK: boolean) =>
      addressRules({ ENVIRONMENT, FETCH_ALLOW_LOOPBACK }).loopback;
    expect(rules("development", true)).toBe(true);
    expect(rules("production", true)).toBe(false);
    expect(rules("development", false)).toBe(false);
  });
});
