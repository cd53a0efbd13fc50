import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { concat } from "../../src/core/bytes";
import { secureRandom } from "../../src/core/ids";
import { configOf } from "../../src/env";
import {
  type DataKey,
  newWrappedKey,
  opened,
  SEGMENT_BYTES,
  sealed,
  unwrapKey,
} from "../../src/platform/seal";

const config = configOf(env);
const key = async () => unwrapKey(config, "tenant", 7, await newWrappedKey(config, "tenant", secureRandom));
async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return concat(parts);
}
const sealedBytes = (bytes: Uint8Array, dataKey: DataKey, size = 100_000) =>
  all(sealed(inChunks(bytes, size), dataKey, secureRandom));
const openedBytes = (bytes: Uint8Array, dataKey: DataKey | null, size = 100_000) =>
  all(opened(inChunks(bytes, size), async () => dataKey));
const filled = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

describe("a sealed stream", () => {
  it.each([0, 1, 15, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES])(
    "opens to its %i bytes",
    async (length) => {
      const dataKey = await key();
      for (const size of [7, 4_096, SEGMENT_BYTES, 100_000]) {
        const bytes = await sealedBytes(filled(length), dataKey, size);
        expect(await openedBytes(bytes, dataKey, size)).toEqual(filled(length));
      }
    },
  );

  it("does not open when a bit is changed, its end is cut off or a segment is missing", async () => {
    const dataKey = await key();
    const whole = await sealedBytes(filled(3 * SEGMENT_BYTES), dataKey);
    const flipped = whole.slice();
    flipped[40]! ^= 1;
    const segment = SEGMENT_BYTES + 16;
    const cut = whole.slice(0, 16 + 2 * segment);
    const skipped = Uint8Array.from([...whole.slice(0, 16), ...whole.slice(16 + segment)]);
    for (const broken of [flipped, cut, skipped, whole.slice(0, 10)]) {
      await expect(openedBytes(broken, dataKey)).rejects.toThrow("malformed_data");
    }
  });

  it("does not open once its key was destroyed, or with another tenant's", async () => {
    const dataKey = await key();
    await expect(openedBytes(await sealedBytes(filled(10), dataKey), null)).rejects.toThrow("malformed_data");
    const wrapped = await newWrappedKey(config, "tenant", secureRandom);
    await expect(unwrapKey(config, "somebody else", 1, wrapped)).rejects.toThrow();
  });
});
