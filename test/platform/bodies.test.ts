import { describe, expect, it } from "vitest";
import { concat } from "../../src/core/bytes";
import { call, newTenant, problem, type TestTenant } from "../support/client";

const gzip = async (text: string) =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );

const send = (tenant: TestTenant, body: BodyInit, type: string, encoding = "gzip") =>
  call("/api/stream/s/points", {
    method: "POST",
    headers: { authorization: `Bearer ${tenant.token}`, "content-type": type, "content-encoding": encoding },
    body,
  });

const ROWS = {
  "application/json": '[{"timestamp":1,"v":1}]',
  "text/csv": "time,v\n2025-01-01,1\n",
  "application/x-ndjson": '{"timestamp":1,"v":1}\n',
};

describe.each(Object.entries(ROWS))("a gzip body of %s", (type, text) => {
  it("is inflated", async () => {
    const answer = await send(await newTenant(), await gzip(text), type);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it("is read to its end when it has several members, as logs that are rotated and joined have", async () => {
    const half = Math.ceil(text.length / 2);
    const members = [text.slice(0, half), "", text.slice(half)];
    const body = concat(await Promise.all(members.map(gzip)));
    const answer = await send(await newTenant(), body, type);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it("is refused where something else follows its last member", async () => {
    const body = concat([await gzip(text), new TextEncoder().encode(text)]);
    const answer = await send(await newTenant(), body, type);
    expect(await problem(answer)).toMatchObject({ status: 422, code: "malformed_data" });
  });

  it("is refused when it is damaged, cut off or no gzip at all", async () => {
    const tenant = await newTenant();
    const whole = await gzip(text.repeat(50));
    const damaged = whole.slice();
    damaged[12]! ^= 0xff;
    for (const body of [damaged, whole.slice(0, -12), new TextEncoder().encode(text)]) {
      expect(await problem(await send(tenant, body, type))).toMatchObject({
        status: 422,
        code: "malformed_data",
      });
    }
  });

  it("is refused under an encoding that is not taken", async () => {
    const answer = await send(await newTenant(), text, type, "br");
    expect(await problem(answer)).toMatchObject({ status: 415, code: "unsupported_media_type" });
  });

  it("is refused when it is not UTF-8", async () => {
    const latin = Uint8Array.from([...new TextEncoder().encode(text), 0xe9, 0x28, 0x0a]);
    const body = new Uint8Array(
      await new Response(new Blob([latin]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
    );
    expect(await problem(await send(await newTenant(), body, type))).toMatchObject({
      status: 422,
      code: "malformed_data",
    });
  });
});

it("caps what a gzip body inflates to", async () => {
  const tenant = await newTenant();
  const bomb = await gzip(`[${" ".repeat(21_000_000)}]`);
  expect(bomb.length).toBeLessThan(100_000);
  expect(await problem(await send(tenant, bomb, "application/json"))).toMatchObject({
    status: 413,
    code: "payload_too_large",
  });
});

it("caps what the members of a gzip body inflate to together, and the members themselves", async () => {
  const tenant = await newTenant();
  const member = await gzip(" ".repeat(7_000_000));
  const bodies = [
    concat([await gzip("["), member, member, member, await gzip("]")]),
    concat(Array<Uint8Array>(1_100_000).fill(await gzip(""))),
  ];
  for (const body of bodies)
    expect(await problem(await send(tenant, body, "application/json"))).toMatchObject({
      status: 413,
      code: "payload_too_large",
    });
});

it("reads JSON also when it comes as text or untyped", async () => {
  const tenant = await newTenant();
  for (const type of ["text/plain;charset=UTF-8", ""]) {
    const body = new Blob([JSON.stringify({ stream_id: "s", payload: { v: 1 } })]);
    const headers: Record<string, string> = { authorization: `Bearer ${tenant.token}` };
    if (type) headers["content-type"] = type;
    expect((await call("/api/stream", { method: "POST", headers, body })).status).toBe(202);
  }
});
