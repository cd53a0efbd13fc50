import { describe, expect, it, vi } from "vitest";
import { newCaller, pricesCsv } from "./support-process";

const file = { name: "financial data.csv", text: pricesCsv() };
const WEATHER = `
      2025-01-15: Temperature 23.5°C, Humidity 65%, Pressure 1013hPa
      2025-01-15: Temperature 24.1°C, Humidity 63%, Pressure 1012hPa  
      2025-01-15: Temperature 23.8°C, Humidity 64%, Pressure 1014hPa
    `;

describe("POST /api/llm/process", () => {
  it("loads a CSV file into the named stream, the fields behind the file", async () => {
    const caller = await newCaller();
    const answer = await caller.form({ description: "Daily stock prices", stream_id: "stock" }, file);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      success: true,
      stream_id: "stock",
      detected_type: "financial_data",
      records_processed: 120,
      records_rejected: 0,
      schema: { timestamp_field: "date" },
    });
  });

  it("counts every row of the source once, also when the file comes again with more", async () => {
    const caller = await newCaller();
    const load = async (text: string) =>
      (await caller.form({ stream_id: "s" }, { name: "s.csv", text })).json();
    const rows = ["day,v", "2024-01-01,1", "2024-01-02,2", "", "never,3", "2024-01-04,4"];
    const counts = {
      rows_seen: 5,
      received: 4,
      accepted: 3,
      updated: 0,
      duplicates: 0,
      records_processed: 3,
    };
    expect(await load(`${rows.join("\n")}\n`)).toMatchObject({ ...counts, records_rejected: 1 });
    const again = [...rows.slice(0, 2), "2024-01-02,20", ...rows.slice(3), "2024-01-05,5"];
    expect(await load(`${again.join("\n")}\n`)).toMatchObject({
      rows_seen: 6,
      received: 5,
      accepted: 1,
      updated: 1,
      duplicates: 2,
      records_processed: 4,
      records_rejected: 1,
    });
  });

  it("loads the table of a page that a program exported under the name of a workbook", async () => {
    const caller = await newCaller();
    const rows = Array.from(
      { length: 12 },
      (_, i) => `<tr><td>${i + 10}.01.2024<td>mill<td align=right>1.${200 + i},50</tr>`,
    );
    const text = `<html><head><style>td{mso-number-format:"\\@"}</style></head><body><table><tr><th>Datum<th>Ort<th>Pegel</tr>${rows.join("")}</table></body></html>`;
    const answer = await caller.form({ stream_id: "gauge" }, { name: "export.xls", text });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      format: "html",
      records_processed: 12,
      records_rejected: 0,
      schema: { timestamp_field: "Datum", value_fields: ["Pegel"] },
    });
  });

  it("loads what a URL answers, under the name of its file", async () => {
    const caller = await newCaller();
    const headers = { "content-type": "text/csv" };
    const outside = vi
      .spyOn(globalThis, "fetch")
      .mockImplementation(async () => new Response(file.text, { headers }));
    const body = { url: "https://data.example.com/prices.csv?day=1" };
    const answer = await caller.call("POST", "/api/llm/process", body);
    outside.mockRestore();
    expect(await answer.json()).toMatchObject({ stream_id: "prices", format: "csv", records_processed: 120 });
  });

  it("names the stream after the file where none is named", async () => {
    const answer = await (await newCaller()).form({}, file);
    expect(await answer.json()).toMatchObject({ stream_id: "financial_data" });
  });

  it("reads the weather text of the reference, sent as text/plain, and keeps three rows under one date", async () => {
    const caller = await newCaller();
    const body = {
      raw_text: WEATHER,
      description: "IoT sensor readings from weather station",
      stream_id: "weather_data",
    };
    const answer = await caller.call("POST", "/api/llm/process", body, {
      "content-type": "text/plain;charset=UTF-8",
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ detected_type: "sensor_data", records_processed: 3 });
  });

  it("answers the first answer again under one Idempotency-Key, and 422 to another file", async () => {
    const caller = await newCaller();
    const key = { "idempotency-key": "upload-1" };
    const first = (await (await caller.form({}, file, key)).json()) as { job_id: string };
    const again = await caller.form({}, file, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(((await again.json()) as { job_id: string }).job_id).toBe(first.job_id);
    const other = await caller.form(
      {},
      { name: "financial data.csv", text: `${file.text}\n2025-02-01,AAPL,1,1` },
      key,
    );
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: "idempotency_key_reused" });
  });

  it("answers within the wait that is asked for, and queues what does not fit it", async () => {
    const caller = await newCaller();
    const asked = async (prefer: string) => {
      const answer = await caller.form({ stream_id: "waited" }, file, { prefer });
      return [answer.status, answer.headers.get("preference-applied")];
    };
    expect(await asked("wait=5")).toEqual([200, "wait=5"]);
    expect(await asked("respond-async, wait=5")).toEqual([200, "wait=5"]);
    expect(await asked("wait=0")).toEqual([202, "wait=0"]);
  });

  it("queues with Prefer: respond-async, and the job is another tenant's 404", async () => {
    const caller = await newCaller();
    const answer = await caller.form({ stream_id: "queued" }, file, { prefer: "respond-async" });
    expect(answer.status).toBe(202);
    const location = answer.headers.get("location")!;
    await vi.waitFor(
      async () => {
        const job = await (await caller.call("GET", location)).json();
        expect(job).toMatchObject({
          status: "succeeded",
          result: { records_processed: 120, stream_id: "queued" },
        });
      },
      { timeout: 15_000, interval: 200 },
    );
    expect((await (await newCaller()).call("GET", location)).status).toBe(404);
  });

  it("refuses damaged forms, urls, two sources and data without a valid row, each by its code", async () => {
    const caller = await newCaller();
    const damaged = await caller.call("POST", "/api/llm/process", "x", {
      "content-type": "multipart/form-data; boundary=b",
    });
    expect(await damaged.json()).toMatchObject({ code: "malformed_data" });
    const noBoundary = await caller.call("POST", "/api/llm/process", "x", {
      "content-type": "multipart/form-data",
    });
    expect(await noBoundary.json()).toMatchObject({ code: "malformed_data" });
    const part = (name: string, value: string) =>
      `--b\r\ncontent-disposition: form-data${name}\r\n\r\n${value}\r\n`;
    for (const [parts, detail] of [
      [part("", "x") + part('; name="raw_text"', "a,b"), "has no name"],
      [part('; name="stream_id"', "a") + part('; name="stream_id"', "b"), '"stream_id" stands twice'],
    ] as const) {
      const form = await caller.call("POST", "/api/llm/process", `${parts}--b--\r\n`, {
        "content-type": "multipart/form-data; boundary=b",
      });
      const refusal = await form.json<{ detail: string }>();
      expect(refusal).toMatchObject({ status: 422, code: "invalid_request" });
      expect(refusal.detail).toContain(detail);
    }
    const url = await caller.call("POST", "/api/llm/process", { url: "http://169.254.169.254/a.csv" });
    expect(await url.json()).toMatchObject({ status: 422, code: "invalid_request" });
    const two = await caller.call("POST", "/api/llm/process", { raw_text: "a", data: [] });
    expect(await two.json()).toMatchObject({ code: "invalid_request" });
    const none = await caller.call("POST", "/api/llm/process", { raw_text: "date,value\n" });
    expect(await none.json()).toMatchObject({ status: 422 });
  });
});

describe("POST /api/llm/analyze", () => {
  it("shows a preview for the caller's own tenant only", async () => {
    const caller = await newCaller();
    const body = { text_sample: "2025-01-15,AAPL,150.25,1000000", description: "Sample CSV data" };
    const own = await caller.call("POST", "/api/llm/analyze", { ...body, tenant_id: caller.tenantId });
    expect(own.status).toBe(200);
    const other = await caller.call("POST", "/api/llm/analyze", { ...body, tenant_id: crypto.randomUUID() });
    expect(await other.json()).toMatchObject({ status: 404, code: "tenant_not_found" });
  });
});
