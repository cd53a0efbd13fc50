import { describe, expect, it } from "vitest";
import { iso, play } from "./support";

describe("lines of readings", () => {
  it("reads `Key value unit` behind a date", () => {
    const { body, points } = play(
      "  2024-05-01: Temp 20.5°C, Wind speed 3.5 m/s, Humidity 65%\n  2024-05-02: Temp 21°C, Wind speed 4 m/s, Humidity 60%\n",
    );
    expect(body).toMatchObject({
      format: "text",
      detected_type: "sensor_data",
      suggested_strategies: ["anomaly_detection", "moving_average"],
    });
    expect(body.schema).toMatchObject({
      timestamp_field: "timestamp",
      value_fields: ["temp", "wind_speed", "humidity"],
      units: { temp: "°C", wind_speed: "m/s", humidity: "%" },
    });
    expect(points[0]).toEqual({
      timestamp: Date.UTC(2024, 4, 1) * 1_000,
      fields: { temp: 20.5, wind_speed: 3.5, humidity: 65 },
      tags: {},
    });
  });

  it.each([
    ["2021-03-09 10:05:00 Temp 20.5", "2021-03-09T10:05:00.000Z"],
    ["Tuesday, 9 March 2021 10:05 PM Temp 20.5", "2021-03-09T22:05:00.000Z"],
    ["9 de marzo del 2021, Temp 20.5", "2021-03-09T00:00:00.000Z"],
    ["9 Mar 2021 10:05:00 CET Temp 20.5", "2021-03-09T09:05:00.000Z"],
    ["Mar 9, 2021; Temp 20.5", "2021-03-09T00:00:00.000Z"],
    ["[09/Mar/2021 10:05:00] Temp 20.5", "2021-03-09T10:05:00.000Z"],
  ])("finds where the time ends and the first name begins: %s", (line, time) => {
    const { points } = play([0, 1, 2].map((i) => `${line}${i}, Load ${i}\n`).join(""));
    expect(iso(points[2])).toBe(time);
    expect(points.map(({ fields }) => fields)).toEqual(
      [0, 1, 2].map((i) => ({ temp: 20.5 + i / 100, load: i })),
    );
  });

  it("reads `Key:value` beside the name of what was measured", () => {
    const { body, points } = play(
      "2024-05-01T10:00:00Z Pump-7 Pressure:2.5bar Flow:12.5 Rpm:900\n2024-05-01T10:01:00Z Pump-8 Pressure:2.4bar Flow:12 Rpm:910\n",
    );
    expect(body.schema).toMatchObject({
      value_fields: ["pressure", "flow", "rpm"],
      category_fields: ["pump"],
      units: { pressure: "bar" },
    });
    expect(points[1]).toMatchObject({ tags: { pump: "Pump-8" }, fields: { rpm: 910 } });
  });

  it("reads `key=value` with quoted texts, the time being one of them", () => {
    const { points, body } = play(
      'time=2024-05-01T00:00:00Z level=info msg="all well" took=5ms\ntime=2024-05-01T00:00:01Z level=warn msg="slow" took=70ms\n',
    );
    expect(points.map(iso)[1]).toBe("2024-05-01T00:00:01.000Z");
    expect(points[1]!.fields).toEqual({ took: 70 });
    expect(body.schema.category_fields).toContain("level");
  });

  it("reads the pairs behind a label with a colon", () => {
    const lines = [1, 2, 1].map(
      (pump, i) => `[2025-01-15 10:00:0${i}] INFO pump-${pump}: temp=20.${i} load=${i}`,
    );
    const { points, body } = play(`${lines.join("\n")}\n`);
    expect(body.schema.value_fields).toEqual(["temp", "load"]);
    expect(points[1]).toMatchObject({
      fields: { temp: 20.1, load: 1 },
      tags: { level: "INFO", pump: "pump-2" },
    });
  });

  it("is not taken in by a table whose cells look like readings", () => {
    expect(
      play("day,room,v\n2024-01-01,Room 12,20.5\n2024-01-02,Room 13,20.6\n2024-01-03,Room 12,20.7\n").body
        .format,
    ).toBe("csv");
  });

  it("says that a line holds no readings", () => {
    const line = (i: number) => `2024-05-0${i}: Temp ${i}°C, Humidity 6${i}%`;
    const { accounting } = play([1, 2, 3, 4, 5].map(line).concat("end of report").join("\n"));
    expect(accounting.rejectedRows).toEqual([{ row: 6, reason: "no readings were found in the line" }]);
  });
});

describe("other text", () => {
  it("splits posts into user and text, with a score of their sentiment", () => {
    const { body, points } = play(
      '@ann: "Love the new app, great work!"\n@bob: "It is terrible and slow"\n@cat: "The parcel came on Monday"\n',
    );
    expect(body.detected_type).toBe("social_media");
    expect(points.map(({ fields }) => fields.sentiment_score)).toEqual([1, -1, 0]);
    expect(points[0]).toMatchObject({ tags: { user: "@ann" }, timestamp: null });
  });

  it("reads time, level and component at the head of log lines", () => {
    const { body, points } = play(
      "2024-05-01 10:00:00,123 INFO core.Loader: loaded 3 files, all fine\n2024-05-01 10:00:01,456 ERROR core.Net: the peer went away\n2024-05-01 10:00:02,000 INFO core.Net: the peer is back again\n",
    );
    expect(body).toMatchObject({ format: "text", detected_type: "log_data" });
    expect(points[1]).toMatchObject({
      tags: { level: "ERROR", component: "core.Net" },
      attributes: { message: "the peer went away" },
    });
    expect(iso(points[0])).toBe("2024-05-01T10:00:00.123Z");
  });

  it("keeps lines of prose as text, and is not confident", () => {
    const { body, points } = play(
      "Dear all,\n\nplease find the report here. It says, among others, that we did well.\nRegards,\nMax\n",
    );
    expect(body).toMatchObject({
      detected_type: "text_data",
      confidence_level: "low",
      suggested_strategies: [],
    });
    expect(points.map(({ attributes, tags }) => (attributes ?? tags).text)).toEqual([
      "Dear all,",
      "please find the report here. It says, among others, that we did well.\nRegards,\nMax",
    ]);
  });
});

describe("a header without rows", () => {
  it.each(["date,value\n", "time;temp_c;humidity(%)", "a\tb"])("is no text to keep: %j", (text) => {
    expect(() => play(text)).toThrow("no_valid_rows");
  });

  it("is not seen in a sentence with a comma", () => {
    expect(play("The pump stopped, and nobody noticed.").body.format).toBe("text");
  });
});
