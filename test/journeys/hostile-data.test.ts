import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { zipOf } from "../extraction/support-zip";
import { call, newTenant, type TestTenant } from "../support/client";

const many = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");
const bytes = (...values: number[]) => Uint8Array.from(values);
const dated = (values: readonly string[]) =>
  `time,v\n${values.map((v, i) => `2025-01-${10 + i},${v}\n`).join("")}`;
const PROTOTYPE_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];

/** An upload as a browser sends it. */
function upload(
  tenant: TestTenant,
  content: string | Uint8Array,
  fields: Record<string, string> = {},
  name = "data.csv",
) {
  const form = new FormData();
  form.append("file", new File([content as string], name));
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  return call("/api/llm/process", {
    method: "POST",
    headers: { authorization: `Bearer ${tenant.token}` },
    body: form,
  });
}

/** A 4xx with a code, or data that are loaded and can be read back, every number of them finite. */
async function refusedOrSafe(tenant: TestTenant, answer: Response): Promise<string> {
  const text = await answer.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  expect(answer.status, text.slice(0, 500)).toBeLessThan(500);
  expect(Object.keys(Object.prototype)).toEqual([]);
  if (answer.status >= 400) {
    expect(body.code).toMatch(/^[a-z_]+$/);
    return String(body.code);
  }
  if (answer.status === 202) return "queued";
  const read = await tenant.call("GET", `/api/stream/${body.stream_id}/data?max_points=1000`);
  expect(read.status).toBe(200);
  const { points } = (await read.json()) as { points: { fields: Record<string, unknown> }[] };
  for (const { fields } of points)
    for (const value of Object.values(fields))
      expect(Number.isFinite(value), JSON.stringify(fields)).toBe(true);
  return "loaded";
}

describe("a hostile file", () => {
  it.each<[string, string | Uint8Array]>([
    ["of lists in lists", "[".repeat(1_000_000)],
    ["of objects in objects", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`],
    [
      "of numbers that are none",
      dated(["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "0x1f"]),
    ],
    [
      "of numbers too long for a double",
      dated(["9".repeat(400), `0.${"1".repeat(400)}`, "1_000", "١٢٣", "1"]),
    ],
    [
      "of JSON numbers too large",
      `[{"t":"2025-01-01","v":1e999},{"t":"2025-01-02","v":-1e400},{"t":"2025-01-03","v":1}]`,
    ],
    [
      "of columns named like members of objects",
      `time,${PROTOTYPE_NAMES.join(",")}\n2025-01-01,1,2,3,4,5,6\n2025-01-02,1,2,3,4,5,6\n`,
    ],
    [
      "of tags named like members of objects",
      `time,v,site\n${PROTOTYPE_NAMES.map((name, i) => `2025-01-0${i + 1},1,${name}\n`).join("")}`,
    ],
    [
      "of keys that set prototypes",
      `[{"__proto__":{"polluted":1},"t":"2025-01-01","v":1},{"constructor":{"prototype":{"polluted":1}},"t":"2025-01-02","v":2}]`,
    ],
    ["of a million columns", `${many(1_000_000, (i) => (i === 0 ? "a" : ",a"))}\n1,2\n`],
    ["of a million cells in a row", `a,b\n1,2\n${"1,".repeat(1_000_000)}\n`],
    [
      "of a hundred thousand keys",
      JSON.stringify([Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]))]),
    ],
    [
      "of keys that differ in every record",
      JSON.stringify(Array.from({ length: 3_000 }, (_, i) => ({ t: i, [`k${i}`]: i }))),
    ],
    ["in no encoding", Uint8Array.from({ length: 5_000 }, (_, i) => 128 + ((i * 37) % 128))],
    ["in UTF-16 of an odd length", bytes(0xff, 0xfe, 0x61, 0, 0x2c, 0, 0x62)],
    [
      "in UTF-8 that is too long for its characters",
      bytes(0x61, 0x2c, 0x62, 0x0a, 0xc0, 0xaf, 0x2c, 0xe0, 0x80, 0xaf, 0x0a),
    ],
    ["of characters without width and direction", dated(["\u200b1", "\u202e2", "\ufeff3", "\u00a04", "5"])],
    ["of NULs", `time,v\n2025-01-01,\0\n2025-01-02,1\0\n\0\0\0`],
    ["of one line of digits", "1".repeat(2_000_000)],
    ["of one line of blanks", `${" ".repeat(1_900_000)}x`],
    ["of one line of dashes and colons", "-:".repeat(900_000)],
    ["of one line of quotes", `"${'""'.repeat(900_000)}`],
    ["of one line of pairs without values", "a=".repeat(900_000)],
    [
      "of cells that are long runs of one sign",
      `a,b\n${many(20, () => `${"0".repeat(50_000)},${" \t".repeat(25_000)}\n`)}`,
    ],
    ["of times that backtrack", `time,v\n${many(50, () => `${"2025-".repeat(2_000)}x,1\n`)}`],
    ["of brackets like heads of logs", many(2_000, () => `${"[".repeat(200)}2025-01-01\n`)],
    [
      "of times that no calendar has",
      `time,v\n0000-00-00,1\n9999-99-99,2\n2025-02-30,3\n275761-01-01,4\n-271822-01-01,5\n`,
    ],
    ["of epochs out of range", `time,v\n1e300,1\n-9007199254740993,2\n99999999999999999999,3\n0,4\n`],
    [
      "of formulas",
      dated(["=1+1", `=cmd|' /C calc'!A0`, `@SUM(1+1)`, `=HYPERLINK("http://a.example";"x")`, "+1", "-1"]),
    ],
    [
      "of markup and queries",
      dated(["<script>alert(1)</script>", "'; DROP TABLE points;--", "{{7*7}}", "%s%n"]),
    ],
    ["of an unclosed quote", `a,b\n1,"${"x\n".repeat(50_000)}`],
    ["of ten thousand sites", `time,site,v\n${many(10_001, (i) => `2025-01-01,s${i},1\n`)}`],
    ["of zeros in a ZIP", zipOf([{ name: "a.csv", content: new Uint8Array(30_000_000) }])],
    ["of zeros in gzip", gzipSync(new Uint8Array(60_000_000))],
    [
      "of archives in archives",
      zipOf([{ name: "a.zip", content: zipOf([{ name: "b.zip", content: zipOf([]) }]) }]),
    ],
    [
      "that is a workbook of nothing",
      zipOf([
        { name: "[Content_Types].xml", content: "" },
        { name: "xl/workbook.xml", content: "" },
      ]),
    ],
    [
      "that is a workbook of entities",
      zipOf([
        { name: "[Content_Types].xml", content: "<Types/>" },
        {
          name: "xl/workbook.xml",
          content: `<!DOCTYPE x [<!ENTITY a "${"a".repeat(1_000)}"><!ENTITY b "${"&a;".repeat(1_000)}">]><workbook><sheets><sheet name="&b;" sheetId="1"/></sheets></workbook>`,
        },
      ]),
    ],
    [
      "that is a workbook of a large sheet",
      zipOf([
        { name: "[Content_Types].xml", content: "<Types/>" },
        {
          name: "xl/workbook.xml",
          content: `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
        },
        {
          name: "xl/_rels/workbook.xml.rels",
          content: `<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
        },
        { name: "xl/worksheets/sheet1.xml", content: new Uint8Array(90_000_000) },
      ]),
    ],
    [
      "that is a page of cells as wide as may be",
      `<table><tr>${"<td colspan=1000 rowspan=65534>1".repeat(16)}${"<tr><td>1".repeat(20_000)}`,
    ],
    ["that is a page without end", `<table><tr><td>a<td>b<tr><td a="${"<a b='".repeat(300_000)}`],
    [
      "that is XML of a workbook past its last cell",
      `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="a"><Table><Row Index="4000000000"><Cell Index="99999999"/></Row></Table></Worksheet></Workbook>`,
    ],
    [
      "that is SYLK past its last cell",
      "ID;PX\nP;P0\nP;P1\nF;W1 4000000000 9\nC;Y4000000000;X99999999;K1\nE\n",
    ],
    ["that says it is a worksheet of 1-2-3", concatenated([0, 0, 2, 0, 6, 4, 0x0e, 0, 0xff, 0xff], 4_096)],
    ["that says it is a PDF", "%PDF-1.7\n1 0 obj\n<< /Length 99999999 >>\nstream\n"],
    [
      "that says it is an old workbook",
      concatenated([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 4_096),
    ],
  ])(
    "is refused or loaded safely: %s",
    async (_, content) => {
      const tenant = await newTenant();
      await refusedOrSafe(tenant, await upload(tenant, content));
    },
    60_000,
  );

  it("has a name that is only a name", async () => {
    const tenant = await newTenant();
    const names = [
      "../../etc/passwd",
      "C:\\a\\..\\b.csv",
      ".csv",
      "💥.csv",
      "x".repeat(5_000),
      "a\u202eb.csv",
      "%2e%2e%2f.csv",
      "-.csv",
    ];
    for (const name of names) {
      const outcome = await refusedOrSafe(tenant, await upload(tenant, dated(["1", "2"]), {}, name));
      expect(["loaded", "malformed_data"], name).toContain(outcome);
    }
  });

  const wideTables = (tables: number, columns: number, name: string) =>
    zipOf(
      Array.from({ length: tables }, (_, t) => {
        const head = many(columns, (i) => `,${name}${t}_${i}`);
        const row = (day: number) => `2025-01-0${day}${many(columns, (i) => `,${i}`)}`;
        return { name: `${t}.csv`, content: `time${head}\n${row(1)}\n${row(2)}\n${row(3)}\n` };
      }),
    );

  it("of thousands of long names is answered with all of them, or refused before a row is stored", async () => {
    const tenant = await newTenant();
    const headers = { authorization: `Bearer ${tenant.token}`, "idempotency-key": "once" };
    const form = new FormData();
    form.append(
      "file",
      new File([wideTables(4, 400, "温度".repeat(50)) as Uint8Array<ArrayBuffer>], "w.zip"),
    );
    const answer = await call("/api/llm/process", { method: "POST", headers, body: form });
    const body = (await answer.json()) as { job_id: string; tables: unknown[] };
    expect([answer.status, body.tables?.length]).toEqual([200, 4]);
    const job = await (await tenant.call("GET", `/api/llm/jobs/${body.job_id}`)).json();
    expect(job).toMatchObject({ status: "succeeded", result: { records_processed: 12 } });

    const refused = await upload(tenant, wideTables(12, 500, "x".repeat(200)), { stream_id: "refused" });
    expect(await refusedOrSafe(tenant, refused)).toBe("payload_too_large");
    expect((await tenant.call("GET", "/api/stream/refused")).status).toBe(404);
  }, 30_000);

  it("keeps text that a spreadsheet would run as the text that it is", async () => {
    const tenant = await newTenant();
    const rows = ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "plain words"];
    const answer = await upload(
      tenant,
      `time,v,note\n${rows.map((row, i) => `2025-01-0${i + 1},${i},${row}\n`).join("")}`,
      { stream_id: "s" },
    );
    expect(await answer.json()).toMatchObject({ records_processed: 4, schema: { value_fields: ["v"] } });
  });
});

const REFUSALS = ["malformed_data", "invalid_request", "invalid_json", "no_valid_rows", "payload_too_large"];

describe("a hostile JSON body", () => {
  const sent = async (tenant: TestTenant, path: string, text: string) =>
    refusedOrSafe(tenant, await tenant.call("POST", path, text));
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  it.each([2_000, 20_000, 500_000])("nested %i deep is refused", async (depth) => {
    const tenant = await newTenant();
    const bodies: [string, string][] = [
      ["/api/llm/process", `{"data":${deep(depth)}}`],
      ["/api/llm/process", `{"raw_text":"x","plan":${deep(depth)}}`],
      ["/api/llm/process", deep(depth)],
      ["/api/llm/analyze", `{"text_sample":${JSON.stringify(deep(depth))}}`],
      ["/webhooks/external-data", `{"source":"s","format":"json","data":${deep(depth)}}`],
      ["/webhooks/external-data", `{"source":"s","format":"json","data":${JSON.stringify(deep(depth))}}`],
    ];
    for (const [path, text] of bodies) expect(REFUSALS, path).toContain(await sent(tenant, path, text));
  });

  it("with keys that set prototypes is refused or loaded safely", async () => {
    const tenant = await newTenant();
    const record = `{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}},"time":"2025-01-01","v":1}`;
    await sent(tenant, "/api/llm/process", `{"data":[${record},${record}],"stream_id":"p"}`);
    await sent(tenant, "/webhooks/external-data", `{"data":${record},"source":"p"}`);
    await sent(tenant, "/api/llm/process", `{"__proto__":{"raw_text":"a"},"raw_text":"a,b\\n1,2\\n"}`);
  });

  it("of which every field is of another kind than it should be is refused", async () => {
    const tenant = await newTenant();
    const wrong = [null, true, 0, [], {}, "", "\0", "x".repeat(20_000), { $gt: "" }, ["__proto__"]];
    for (const field of ["description", "stream_id", "desired_format", "raw_text", "url", "plan", "unknown"])
      for (const value of wrong)
        expect(
          await sent(tenant, "/api/llm/process", JSON.stringify({ raw_text: "t,v\n1,2\n", [field]: value })),
        ).not.toBe("queued");
  });

  it("with a plan that has nothing to do with its data is refused or loaded safely", async () => {
    const tenant = await newTenant();
    const column = { source: "v", name: "constructor", role: "value", type: "number", unit: null };
    const table = { name: "t", format: "csv", timestamp: null, columns: [column] };
    const dialect = {
      delimiter: "(a+)+$",
      quote: "",
      preamble_lines: 1_000,
      has_header: true,
      units_row: true,
    };
    const plans = [
      { version: 1, tables: [table] },
      { version: 1, tables: [{ ...table, dialect }] },
      {
        version: 1,
        tables: [{ ...table, format: "xlsx", place: { sheet: "none", range: "A1:XFD1048576" } }],
      },
      { version: 1, tables: [{ ...table, format: "json", record_path: "__proto__.constructor.[].[]" }] },
      { version: 1, tables: Array.from({ length: 100 }, () => table) },
      { version: 1, tables: [{ ...table, tags: { constructor: "x" }, stream_suffix: "..:" }] },
    ];
    for (const plan of plans)
      await sent(
        tenant,
        "/api/llm/process",
        JSON.stringify({ raw_text: dated(["1", "2"]), plan, stream_id: "planned" }),
      );
  });

  it("of a hundred thousand fields that nobody knows is refused in a few words", async () => {
    const tenant = await newTenant();
    const answer = await tenant.call(
      "POST",
      "/api/llm/process",
      `{${many(100_000, (i) => `"k${i}":1,`)}"k":1}`,
    );
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ status: 422, code: "invalid_request" });
    expect(text.length).toBeLessThan(3_000);
  });

  it("with a plan longer than is kept is refused", async () => {
    const tenant = await newTenant();
    const long = (i: number) => `${i}${"x".repeat(250)}`;
    const column = (i: number) => ({
      source: long(i),
      name: long(i),
      role: "value",
      type: "number",
      unit: null,
    });
    const columns = Array.from({ length: 512 }, (_, i) => column(i));
    const tables = Array.from({ length: 16 }, () => ({ name: "t", format: "csv", timestamp: null, columns }));
    const body = JSON.stringify({ raw_text: dated(["1", "2"]), plan: { version: 1, tables } });
    expect(await sent(tenant, "/api/llm/process", body)).toBe("payload_too_large");
  });

  it("with a plan that names a column so that it would be lost is refused", async () => {
    const tenant = await newTenant();
    const column = { source: "v", name: "__proto__", role: "value", type: "number", unit: null };
    const plan = { version: 1, tables: [{ name: "t", format: "csv", timestamp: null, columns: [column] }] };
    const body = JSON.stringify({ raw_text: dated(["1", "2"]), plan });
    expect(await sent(tenant, "/api/llm/process", body)).toBe("invalid_request");
  });
});

/** A beginning, and zeros behind it. */
function concatenated(head: readonly number[], zeros: number): Uint8Array {
  const all = new Uint8Array(head.length + zeros);
  all.set(head);
  return all;
}
