import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

describe("the line protocol", () => {
  it("gives a row for every point, with its tags and fields", () => {
    const lines = [
      "# points of a station",
      'weather,site=new\\ harbour,kind=air temp=21.5,gusts=4i,sky="a, \\"b\\" c" 1709676847123000000',
      "weather,site=elm,kind=air temp=-3e1,gusts=12u 1709676848123000000",
      "tide,site=elm height=2.25,rising=t 1709676849123000000",
    ];
    const { points, body, accounting } = play(`${lines.join("\n")}\n`);
    expect(accounting).toMatchObject({ processed: 3, rejected: 0 });
    expect(body.skipped.comments).toBe(1);
    expect(body.schema.timestamp_field).toBe("timestamp");
    expect(body.schema.value_fields).toEqual(["temp", "gusts", "height"]);
    expect(points[0]).toMatchObject({
      fields: { temp: 21.5, gusts: 4 },
      tags: { measurement: "weather", site: "new harbour", kind: "air" },
    });
    expect(iso(points[0])).toBe("2024-03-05T22:14:07.123Z");
    expect(points[1]!.fields).toEqual({ temp: -30, gusts: 12 });
    expect(points[2]!.tags).toMatchObject({ measurement: "tide", site: "elm", rising: "t" });
  });

  it("rejects a line that is no point", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `load,host=a value=${i} ${1_709_676_847 + i}`);
    lines[7] = "load,host=a value=";
    expect(play(`${lines.join("\n")}\n`).accounting).toMatchObject({ processed: 29, rejected: 1 });
  });

  it("is not seen in a word before pairs", () => {
    expect(
      play("boiler temp=20.5,load=3\nboiler temp=21.5,load=4\n").body.schema.category_fields,
    ).not.toContain("measurement");
  });
});

describe("paths with a value and a time", () => {
  it("are samples of metrics", () => {
    const lines = Array.from(
      { length: 6 },
      (_, i) => `farm.silo-${i % 2}.level ${i}.25 ${1_709_676_847 + 60 * i}`,
    );
    const { points, body } = play(`${lines.join("\n")}\n`);
    expect(body.schema).toMatchObject({ timestamp_field: "timestamp", value_fields: ["value"] });
    expect(points[1]).toMatchObject({ fields: { value: 1.25 }, tags: { metric: "farm.silo-1.level" } });
    expect(iso(points[5])).toBe("2024-03-05T22:19:07.000Z");
  });
});

describe("requests", () => {
  const reqs = [
    ["10.0.0.7:4711", 200, "0.125", 512],
    ["10.0.0.9:4712", 404, "0.250", 77],
    ["10.0.0.9:4713", 200, "0.500", 1024],
  ] as const;

  it("have no client where a server for development writes them", () => {
    const lines = reqs.map(
      ([, status, , bytes]) => `[05/Mar/2024 22:14:07] "GET /a HTTP/1.1" ${status} ${bytes}`,
    );
    const { points, body } = play(`${lines.join("\n")}\n`);
    expect(points[1]).toMatchObject({
      fields: { bytes: 77 },
      tags: { method: "GET", path: "/a", status: "404" },
    });
    expect(iso(points[1])).toBe("2024-03-05T22:14:07.000Z");
    expect(body.schema.value_fields).toEqual(["bytes"]);
  });

  it("follow many columns where a balancer writes them", () => {
    const lines = reqs.map(
      ([client, status, took, bytes]) =>
        `h2 2024-03-05T22:14:07.123456Z app/lb/50dc ${client} 10.1.0.1:80 0.001 ${took} ${status} 200 34 ${bytes} "GET https://acme.org:443/a HTTP/1.1" "curl/8 (x)" TLSv1.2 "-"`,
    );
    const { points, body, accounting } = play(`${lines.join("\n")}\n`);
    expect(accounting).toMatchObject({ processed: 3, rejected: 0 });
    expect(body.schema.timestamp_field).toBe("timestamp");
    expect(body.schema.category_fields).toEqual(expect.arrayContaining(["method", "path", "status"]));
    expect(points[1]).toMatchObject({
      tags: { method: "GET", path: "https://acme.org:443/a", status: "404" },
      attributes: { user_agent: "curl/8 (x)" },
    });
    expect(Object.values(points[1]!.fields)).toEqual(expect.arrayContaining([0.25, 77]));
  });

  it("stand behind their owner and operation where a store writes them", () => {
    const lines = reqs.map(
      ([, status, , bytes], i) =>
        `79a5${i} bucket [05/Mar/2024:22:14:07 +0000] 192.0.2.3 79a5 3E57${i} REST.GET.OBJECT a/b.png "GET /bucket/a/b.png HTTP/1.1" ${status} - ${bytes} 4406 41 - "-" "curl/8" -`,
    );
    const { points, accounting } = play(`${lines.join("\n")}\n`);
    expect(accounting).toMatchObject({ processed: 3, rejected: 0 });
    expect(points[1]).toMatchObject({ tags: { method: "GET", status: "404" } });
    expect(Object.values(points[1]!.tags)).toEqual(expect.arrayContaining(["bucket", "REST.GET.OBJECT"]));
    expect(Object.values(points[1]!.fields)).toContain(77);
  });

  it("end with measures under their keys", () => {
    const lines = reqs.map(
      ([client, status, took, bytes]) =>
        `${client} - - [05/Mar/2024:22:14:07 +0000] "GET /a HTTP/1.1" ${status} ${bytes} "-" "curl/8" rt=${took} urt="${took}"`,
    );
    const { points, body } = play(`${lines.join("\n")}\n`);
    expect(body.schema.value_fields).toEqual(["bytes", "rt", "urt"]);
    expect(points[1]!.fields).toEqual({ bytes: 77, rt: 0.25, urt: 0.25 });
  });

  it("are part of the messages of a log where lines have levels", () => {
    const lines = reqs.map(
      ([client, status]) =>
        `2024-03-05 22:14:07.123 25 INFO api.server ${client} "GET /a HTTP/1.1" status: ${status}`,
    );
    const { points } = play(`${lines.join("\n")}\n`);
    expect(points[0]!.tags).toMatchObject({ level: "INFO", component: "api.server" });
  });
});
