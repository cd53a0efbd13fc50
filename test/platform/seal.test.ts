import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { secureRandom } from "../../src/core/ids";
import { configOf } from "../../src/env";
import { newWrappedKey, opening, SEGMENT_BYTES, sealing, unwrapKey } from "../../src/platform/seal";

const config = configOf(env);
const key = async () => unwrapKey(config, "tenant", 7, await newWrappedKey(config, "tenant", secureRandom));
const through = async (bytes: Uint8Array, transform: TransformStream<Uint8Array, Uint8Array>) =>
  new Uint8Array(
    await new Response(
      new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform),
    ).arrayBuffer(),
  );
const filled = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

describe("a sealed stream", () => {
  it.each([0, 1, 15, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES])(
    "opens to its %i bytes",
    async (length) => {
      const dataKey = await key();
      const sealed = await through(filled(length), sealing(dataKey, secureRandom));
      expect(
        await through(
          sealed,
          opening(async () => dataKey),
        ),
      ).toEqual(filled(length));
    },
  );

  it("does not open when a bit is changed, its end is cut off or a segment is missing", async () => {
    const dataKey = await key();
    const sealed = await through(filled(3 * SEGMENT_BYTES), sealing(dataKey, secureRandom));
    const flipped = sealed.slice();
    flipped[40]! ^= 1;
    const segment = SEGMENT_BYTES + 16;
    const cut = sealed.slice(0, 16 + 2 * segment);
    const skipped = Uint8Array.from([...sealed.slice(0, 16), ...sealed.slice(16 + segment)]);
    for (const broken of [flipped, cut, skipped, sealed.slice(0, 10)]) {
      await expect(
        through(
          broken,
          opening(async () => dataKey),
        ),
      ).rejects.toThrow("malformed_data");
    }
  });

  it("does not open once its key was destroyed, or with another tenant's", async () => {
    const dataKey = await key();
    const sealed = await through(filled(10), sealing(dataKey, secureRandom));
    await expect(
      through(
        sealed,
        opening(async () => null),
      ),
    ).rejects.toThrow("malformed_data");
    const wrapped = await newWrappedKey(config, "tenant", secureRandom);
    await expect(unwrapKey(config, "somebody else", 1, wrapped)).rejects.toThrow();
  });
});
