import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { consumerContext } from "../../src/platform/consumer-context";
import { NumberedUpload, type ParsedRow } from "../../src/streams";
import { STREAM_LIMITS } from "../../src/streams/contract";
import { newTenant } from "../support/client";

const NOTHING = { frames: 0, accepted: 0, updated: 0, duplicates: 0 };

async function newUpload(uploadId: string, stored = NOTHING) {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000, max_storage_mb: 1_000 } });
  const ctx = await consumerContext(env, tenant.tenantId, "", () => {});
  const open = (known = stored) => new NumberedUpload(ctx, "numbered", uploadId, known);
  return { open };
}

const rows = (count: number, tagsOf: (i: number) => Record<string, string>): ParsedRow[] =>
  Array.from({ length: count }, (_, i) => ({
    row: i + 1,
    point: { timestamp: 1_700_000_000_000_000 + i, fields: { v: i }, tags: tagsOf(i), attributes: {} },
  }));

async function send(upload: NumberedUpload, all: readonly ParsedRow[]): Promise<void> {
  for (const row of all) {
    const batch = upload.add(row);
    if (batch) await upload.store(batch);
  }
}

describe("an upload of numbered frames", () => {
  it("calls stored what was answered, and stores the rest when it is gone on with, wherever it broke off", async () => {
    const { open } = await newUpload("u");
    const all = rows(4 * STREAM_LIMITS.rowsPerFrame, () => ({}));
    const first = open();
    await send(first, all);
    // The last frames are held back or on their way: nobody has been told that they are stored.
    expect(first.stored.frames).toBeLessThan(3);
    expect(first.stored.accepted).toBe(first.stored.frames * STREAM_LIMITS.rowsPerFrame);
    const second = open(first.stored);
    await send(second, all);
    expect(await second.finish()).toMatchObject({ accepted: all.length, updated: 0, duplicates: 0 });
    expect(second.stored.frames).toBe(4);
  });

  it("fails where its last frame is refused, though nothing is sent after it", async () => {
    const { open } = await newUpload("u");
    const upload = open();
    const many = STREAM_LIMITS.seriesPerStream + 1;
    await expect(
      (async () => {
        await send(
          upload,
          rows(many, (i) => ({ sensor: String(i) })),
        );
        await upload.finish();
      })(),
    ).rejects.toMatchObject({ failure: { code: "too_many_series" } });
    expect(upload.stored.accepted).toBeLessThanOrEqual(STREAM_LIMITS.seriesPerStream);
  });
});
