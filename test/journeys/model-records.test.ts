import { afterEach, describe, expect, it, vi } from "vitest";
import { configOf } from "../../src/env";
import type { JobRequest } from "../../src/extraction/intake";
import type { JobKeeper } from "../../src/extraction/job-state";
import { inlineKeeper, keeperOf } from "../../src/extraction/keeper";
import { load } from "../../src/extraction/load";
import type { Upload } from "../../src/extraction/upload";
import { consumerContext } from "../../src/platform/consumer-context";
import { tenantObject } from "../../src/platform/objects";
import { answers, fails, type Play, TOKENS } from "../support/model-server";
import { type Body, type ModelledTenant, newModelledTenant, playing } from "../support/with-model";
import { create } from "../support/work";

const TEXT = `The keeper in Bergen wrote that it was 23.5°C on 2025-01-15, a lovely day.
In Oslo it was far colder: -4.2°C on 2025-01-15.
Nobody has heard anything from the keeper in Tromsø so far.
On 2025-01-16 Bergen had only 21°C.
Oslo told us of -5.1°C on 2025-01-16, and people grumbled.
`;

type Found = [row: string, quote: string, values: Record<string, string>, sentiment?: string];

/** What a model answers that has found these. */
const found = (...records: Found[]) => ({
  records: records.map(([row, quote, , sentiment = ""], i) => ({ id: `${i + 1}`, row, quote, sentiment })),
  values: records.flatMap(([, , values], i) =>
    Object.entries(values).map(([name, value]) => ({ record: `${i + 1}`, name, value })),
  ),
});

const RECORDS: Found[] = [
  [
    "r1",
    "in Bergen wrote that it was 23.5°C on 2025-01-15",
    { city: "Bergen", temperature: "23.5°C", date: "2025-01-15" },
  ],
  [
    "r2",
    "In Oslo it was far colder: -4.2°C on 2025-01-15",
    { city: "Oslo", temperature: "-4.2°C", date: "2025-01-15" },
  ],
  ["r4", "On 2025-01-16 Bergen had only 21°C", { city: "Bergen", temperature: "21°C", date: "2025-01-16" }],
  ["r5", "Oslo told us of -5.1°C on 2025-01-16", { city: "Oslo", temperature: "-5.1°C", date: "2025-01-16" }],
];
const GOOD = answers(found(...RECORDS));

afterEach(() => vi.restoreAllMocks());

const pointsOf = async (tenant: ModelledTenant, streamId: string): Promise<Body[]> =>
  (await tenant.get(`/api/stream/${streamId}/data?limit=1000`)).points as Body[];

describe("a text without a table", () => {
  it("gives the records that a model finds and that stand in it, with their words", async () => {
    const tenant = await newModelledTenant();
    const received = playing(GOOD);
    const alone = await tenant.process({ raw_text: TEXT, llm: "never", stream_id: "alone" });
    expect(received).toHaveLength(0);
    expect(alone.schema.value_fields).toEqual([]);
    const helped = await tenant.process({ raw_text: TEXT, stream_id: "helped" });
    expect(helped).toMatchObject({
      records_processed: 4,
      rows_seen: 5,
      received: 4,
      skipped: { prose: 1 },
      schema: {
        timestamp_field: "date",
        value_fields: ["temperature"],
        category_fields: ["city"],
        attribute_fields: ["span"],
        units: { temperature: "°C" },
      },
      llm: {
        used: true,
        tokens: TOKENS.all,
        records: { proposed: 4, kept: 4, records_dropped: 0, values_dropped: 0 },
      },
      shape_id: null,
    });
    expect(helped.confidence).toBeLessThanOrEqual(alone.confidence);
    expect(helped.warnings.join(" ")).toMatch(/proposed 4 record\(s\), of which 4 stand in the text/);
    expect(await pointsOf(tenant, "helped")).toMatchObject([
      { fields: { temperature: 23.5 }, tags: { city: "Bergen" }, attributes: { span: RECORDS[0]![1] } },
      { fields: { temperature: -4.2 }, tags: { city: "Oslo" } },
      { fields: { temperature: 21 }, tags: { city: "Bergen" } },
      { fields: { temperature: -5.1 }, tags: { city: "Oslo" } },
    ]);
  });
});
