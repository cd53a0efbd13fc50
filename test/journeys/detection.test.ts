import { describe, expect, it, vi } from "vitest";
import { seededNormal, seededRandom } from "../support/series";
import { type Caller, newCaller } from "./support-process";

interface Anomaly {
  timestamp: string;
  field: string;
  kind: string;
  severity: string;
  alert: boolean;
  message: string;
  bounds: { lower: number | null; upper: number | null };
  score: number;
  tags?: Record<string, string>;
}
interface Result {
  data: { anomalies: Anomaly[]; incidents: { rows: number; kind: string }[]; alertCount: number };
  metrics: { expectedFalseAnomalies: number };
}
interface Execution {
  status: string | number;
  code?: string;
  required?: number;
  available?: number;
  execution_id: string;
  resolved: { rows: number; fields?: string[]; rows_left_out?: number; reason: string };
  result: Result;
  series: { field: string; fields?: string[]; tags: Record<string, string>; result: Result | null }[];
}
interface AlertEvent {
  event: string;
  level: string;
  message: string;
  context: { stream_id: string; field: string; tags: object; kind: string; alert_count: number };
}

const run = async (caller: Caller, body: object): Promise<Execution> =>
  (await (await caller.call("POST", "/api/strategy", body)).json()) as Execution;

/** Delivered a moment after the execution is answered. */
async function alertsOf(caller: Caller): Promise<AlertEvent[]> {
  return vi.waitFor(async () => {
    const answer = await caller.call("GET", "/api/events?since=0");
    const { events } = (await answer.json()) as { events: AlertEvent[] };
    const alerts = events.filter(({ event }) => event === "alert");
    expect(alerts.length).toBeGreaterThan(0);
    return alerts;
  });
}

const minute = (i: number) => new Date(Date.UTC(2025, 0, 15, 10, i)).toISOString().replace(".000Z", "Z");

/** The reference's example, word for word. */
const factory = {
  strategy_id: "anomaly_detection",
  config: {
    threshold: 2.5,
    alert_level: "CRITICAL",
    fields: ["temperature", "vibration", "rpm"],
  },
};

/** Six hours of a healthy motor but for the minutes given. */
function motorLog(faults: Record<number, Partial<{ temperature: number; vibration: number; rpm: number }>>) {
  const normal = seededNormal(11);
  return Array.from({ length: 360 }, (_, i) => {
    const reading = {
      temperature: 85 + normal(),
      vibration: 2.3 + 0.1 * normal(),
      rpm: 1_750 + 4 * normal(),
      ...faults[i],
    };
    const { temperature, vibration, rpm } = reading;
    return `${minute(i)} Motor-001 Temperature:${temperature.toFixed(1)}°C Vibration:${vibration.toFixed(2)}Hz RPM:${rpm.toFixed(0)}`;
  }).join("\n");
}

async function withLog(text: string): Promise<Caller> {
  const caller = await newCaller();
  const answer = await caller.call("POST", "/api/llm/process", {
    raw_text: text,
    description: "Industrial motor sensor readings",
    stream_id: "factory_equipment_monitoring",
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return caller;
}

describe("the factory of the reference", () => {
  it("is told of each fault of its motor, and of nothing else", async () => {
    const caller = await withLog(
      motorLog({ 120: { temperature: 112 }, 200: { vibration: 5.1 }, 300: { rpm: 1_610 } }),
    );
    const { series, result } = await run(caller, factory);
    expect(series.map(({ field }) => field).sort()).toEqual(["rpm", "temperature", "vibration"]);
    const alerts = series.flatMap((one) => one.result!.data.anomalies).filter(({ alert }) => alert);
    expect(alerts.map(({ field, timestamp, kind }) => [field, timestamp, kind]).sort()).toEqual([
      ["rpm", "2025-01-15T15:00:00.000Z", "dip"],
      ["temperature", "2025-01-15T12:00:00.000Z", "spike"],
      ["vibration", "2025-01-15T13:20:00.000Z", "spike"],
    ]);
    // What noise alone brings over the level is said beside, and is no alert.
    for (const one of series) {
      const { data, metrics } = one.result!;
      expect(data.anomalies.length).toBeLessThan(3 * metrics.expectedFalseAnomalies + 2);
    }
    expect(result.metrics.expectedFalseAnomalies).toBeCloseTo(350 * 0.0124, 1);
    const [alert] = await alertsOf(caller);
    expect(alert).toMatchObject({
      level: "CRITICAL",
      context: {
        stream_id: "factory_equipment_monitoring",
        tags: { motor: "Motor-001" },
        kind: expect.any(String),
        alert_count: 3,
      },
    });
    expect(alert!.message).toContain(" (and 2 more)");
  });

  it("gets an answer for three readings: they are held against each other", async () => {
    const caller = await withLog(`
      2025-01-15T10:00:00Z Motor-001 Temperature:85°C Vibration:2.3Hz RPM:1750
      2025-01-15T10:01:00Z Motor-001 Temperature:87°C Vibration:2.8Hz RPM:1745
      2025-01-15T10:02:00Z Motor-001 Temperature:92°C Vibration:3.2Hz RPM:1740
    `);
    const short = await run(caller, factory);
    expect(short).toMatchObject({ status: "succeeded", result: { data: { method: "bounds" } } });
    const named = await run(caller, {
      ...factory,
      config: { ...factory.config, method: "isolation_forest" },
    });
    expect(named).toMatchObject({ status: 422, code: "not_enough_data", required: 32, available: 3 });
    const bounded = await run(caller, {
      strategy_id: "anomaly_detection",
      config: { field: "temperature", bounds: { upper: 90 } },
    });
    expect(bounded.result.data.anomalies).toMatchObject([
      { timestamp: "2025-01-15T10:02:00.000Z", value: 92, bounds: { lower: null, upper: 90 } },
    ]);
  });

  it("sees fields together: a speed that does not go with the vibration", async () => {
    const caller = await newCaller();
    const normal = seededNormal(4);
    const points = Array.from({ length: 600 }, (_, i) => {
      const speed = 1_750 + 40 * normal();
      const vibration = 2 + (speed - 1_750) / 100 + 0.05 * normal();
      const odd = i === 400 ? { rpm: 1_810, vibration: 1.4 } : { rpm: speed, vibration };
      return { timestamp: minute(i), rpm: odd.rpm, ...(i === 50 ? {} : { vibration: odd.vibration }) };
    });
    const text = points.map((point) => JSON.stringify(point)).join("\n");
    await caller.form({ stream_id: "motor" }, { name: "motor.ndjson", text });
    const joint = await run(caller, {
      strategy_id: "anomaly_detection",
      config: { method: "one_class_svm", false_alarm_rate: 0.0005, fields: ["rpm", "vibration"] },
    });
    expect(joint.resolved).toMatchObject({ fields: ["rpm", "vibration"], rows: 599, rows_left_out: 1 });
    const anomaly = joint.result.data.anomalies.find(
      ({ timestamp }) => timestamp === "2025-01-15T16:40:00.000Z",
    );
    expect(anomaly).toMatchObject({ kind: "combination" });
    expect(anomaly!.message).toContain("not unusual by itself, but with");
    expect(joint.result.data.anomalies.length).toBeLessThan(4);
    const apart = await run(caller, {
      strategy_id: "anomaly_detection",
      config: { fields: ["rpm", "vibration"] },
    });
    const seen = apart.series.flatMap((one) => one.result!.data.anomalies.map(({ timestamp }) => timestamp));
    expect(seen).not.toContain("2025-01-15T16:40:00.000Z");
  });

  it("takes the reference's ensemble, in the request and from the queue", async () => {
    const caller = await withLog(
      motorLog({ 120: { temperature: 112 }, 200: { vibration: 5.1, rpm: 1_690 } }),
    );
    const body = {
      strategy_id: "anomaly_detection",
      config: {
        fields: ["temperature", "vibration", "rpm"],
        methods: ["z_score", "isolation_forest", "one_class_svm"],
        ensemble: true,
        adaptiveThreshold: true,
      },
    };
    const { result } = await run(caller, body);
    const times = result.data.anomalies.map(({ timestamp }) => timestamp);
    expect(times).toContain("2025-01-15T12:00:00.000Z");
    expect(times).toContain("2025-01-15T13:20:00.000Z");
    expect(times.length).toBeLessThan(5);
    const queued = await caller.call("POST", "/api/strategy", body, { prefer: "respond-async" });
    expect(queued.status).toBe(202);
    const later = await vi.waitFor(
      async () => {
        const polled = await caller.call("GET", queued.headers.get("location")!);
        const execution = (await polled.json()) as Execution;
        expect(execution.status).toBe("succeeded");
        return execution;
      },
      { timeout: 15_000, interval: 200 },
    );
    expect(later.result).toEqual(result);
  });
});

/** The reference's example, word for word. */
const fraud = {
  strategy_id: "anomaly_detection",
  config: {
    threshold: 3.0,
    method: "isolation_forest",
    fields: ["transaction_amount", "purchase_frequency", "location_variance"],
  },
};

/** Purchases of so many customers, each in turn; at some rows somebody else's hand. */
function purchases(rows: number, customers: number, frauds: Record<number, [number, number, number]>) {
  const normal = seededNormal(21);
  const uniform = seededRandom(22);
  const lines = ["timestamp,customer_id,transaction_amount,purchase_frequency,location_variance"];
  for (let i = 0; i < rows; i++) {
    const usual = [60 + 12 * normal(), 3 + 0.6 * normal(), 0.2 + 0.05 * uniform()] as const;
    const numbers = (frauds[i] ?? usual).map((value) => value.toFixed(3));
    lines.push([minute(10 * i), `C${1_000 + (i % customers)}`, ...numbers].join(","));
  }
  return lines.join("\n");
}

describe("the shop of the reference", () => {
  const frauds: Record<number, [number, number, number]> = {
    130: [2_400, 3, 0.22],
    301: [70, 14, 0.9],
    455: [480, 11, 0.21],
  };
  const upload = async (customers: number) => {
    const caller = await newCaller();
    const fields = {
      description: "Customer purchase history and behavior patterns",
      stream_id: "customer_analytics",
    };
    await caller.form(fields, { name: "customers.csv", text: purchases(600, customers, frauds) });
    return caller;
  };

  it.each([
    ["of one shop", 1],
    ["of customers who bought a few times each", 75],
  ])("finds the frauds among the purchases %s, and hardly anything else", async (_, customers) => {
    const caller = await upload(customers);
    const { result, resolved } = await run(caller, fraud);
    expect(resolved).toMatchObject({ rows: 600, fields: fraud.config.fields, rows_left_out: 0 });
    const { anomalies } = result.data;
    const at = (i: number) =>
      anomalies.find(({ timestamp }) => timestamp === minute(10 * i).replace("Z", ".000Z"));
    for (const [row, values] of Object.entries(frauds)) {
      const anomaly = at(Number(row));
      expect(anomaly, `${row}: ${values}`).toBeDefined();
      expect(["WARNING", "CRITICAL"]).toContain(anomaly!.severity);
      if (customers > 1)
        expect(anomaly!.tags).toEqual({ customer_id: `C${1_000 + (Number(row) % customers)}` });
    }
    expect(at(130)).toMatchObject({ field: "transaction_amount", kind: "spike" });
    expect(at(301)!.message).toMatch(/purchase_frequency is 14/);
    // Three in a thousand of noise.
    expect(anomalies.length - 3).toBeLessThanOrEqual(6);
    expect(await run(caller, fraud)).toMatchObject({ result });
  });
});

describe("what cannot be", () => {
  it.each([
    [{ method: "crystal_ball" }, "/config/method"],
    [{ threshhold: 3 }, "threshhold"],
    [{ method: "z_score", methods: ["iqr"] }, "/config/methods"],
    [{ ensemble: false, methods: ["iqr", "z_score"] }, "/config/ensemble"],
    [{ bounds: { lower: 3, upper: 1 } }, "/config/bounds"],
    [{ bounds: {} }, "/config/bounds"],
    [{ method: "iqr", bounds: { lower: 1 } }, "/config/bounds"],
    [{ adaptiveThreshold: false, false_alarm_rate: 0.01 }, "/config/false_alarm_rate"],
    [{ season: "yes" }, "/config/season"],
    [{ methods: ["ensemble"] }, "/config/methods/0"],
  ])("%o is refused by name", async (config, named) => {
    const caller = await newCaller();
    const data = [1, 2, 3];
    const answer = await caller.call("POST", "/api/strategy", {
      strategy_id: "anomaly_detection",
      config,
      data,
    });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(named);
  });

  it("is told of fields that no row has together", async () => {
    const caller = await newCaller();
    const rows = Array.from({ length: 80 }, (_, i) => `${minute(i)},${i % 2 ? `${i},` : `,${i}`}`);
    await caller.form(
      { stream_id: "apart" },
      { name: "a.csv", text: ["timestamp,left,right", ...rows].join("\n") },
    );
    const answer = await run(caller, {
      strategy_id: "anomaly_detection",
      config: { method: "one_class_svm", fields: ["left", "right"] },
    });
    expect(answer).toMatchObject({ status: 422, code: "not_enough_data", required: 32, available: 0 });
  });
});
