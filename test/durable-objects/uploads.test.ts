import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Uploads } from "../../durable-objects/tenant/work/uploads";
import { tenantObject } from "../../src/platform/objects";

/** A bucket that does as it is told next, and then deletes. */
class Bucket {
  readonly deleted: string[][] = [];
  next: (() => void)[] = [];

  async delete(keys: string | string[]): Promise<void> {
    this.next.shift()?.();
    this.deleted.push([keys].flat());
  }
}

const withUploads = (
  work: (parts: { uploads: Uploads; bucket: Bucket; given: number[]; again: () => Uploads }) => Promise<void>,
) =>
  runInDurableObject(tenantObject(env, crypto.randomUUID()), (_, { storage }) => {
    const bucket = new Bucket();
    const given: number[] = [];
    const again = () => new Uploads(storage.sql, bucket, (bytes) => given.push(bytes));
    return work({ uploads: again(), bucket, given, again });
  });
const upload = (key: string, storedBytes: number) => ({ key, storedBytes });

describe("an upload", () => {
  it("is deleted when nothing reads it any more, and its bytes are given back once", () =>
    withUploads(async ({ uploads, bucket, given }) => {
      uploads.hold("job", upload("a", 700));
      uploads.hold("other", upload("b", 50));
      await uploads.sweep(1);
      expect(uploads.next(1)).toBeNull();
      uploads.release("job");
      uploads.release("job");
      expect(uploads.next(5)).toBe(5);
      for (let twice = 0; twice < 2; twice++) await uploads.sweep(5);
      expect(bucket.deleted).toEqual([["a"]]);
      expect(given).toEqual([700]);
      expect(uploads.next(5)).toBeNull();
    }));

  it("that its job stores itself is that of the try which was expected last, and of no other once it is there", () =>
    withUploads(async ({ uploads, bucket, given }) => {
      uploads.expect("job", "first try");
      uploads.expect("job", "second try");
      expect(() => uploads.fill("job", upload("first try", 700))).toThrow(/Another try/);
      expect(() => uploads.fill("other job", upload("second try", 700))).toThrow(/Another try/);
      uploads.fill("job", upload("second try", 300));
      expect(() => uploads.fill("job", upload("second try", 300))).toThrow(/Another try/);
      expect(() => uploads.expect("job", "third try")).toThrow(/has its upload/);
      await uploads.sweep(1);
      expect(bucket.deleted).toEqual([["first try"]]);
      uploads.release("job");
      await uploads.sweep(1);
      expect(bucket.deleted).toEqual([["first try"], ["second try"]]);
      expect(given).toEqual([0, 300]);
    }));

  it("stays while a replay of its job is kept, whichever is forgotten first", () =>
    withUploads(async ({ uploads, bucket, given }) => {
      uploads.hold("job", upload("a", 700));
      uploads.hold("replay", upload("a", 0));
      uploads.release("job");
      expect(uploads.next(1)).toBeNull();
      await uploads.sweep(1);
      expect(bucket.deleted).toEqual([]);
      uploads.hold("replay of the replay", upload("a", 0));
      uploads.release("replay of the replay");
      uploads.release("replay");
      await uploads.sweep(1);
      expect(bucket.deleted).toEqual([["a"]]);
      expect(given).toEqual([700]);
    }));

  it("is tried again later where R2 does not delete it, also by an object that began anew", () =>
    withUploads(async ({ uploads, bucket, given, again }) => {
      uploads.hold("job", upload("a", 700));
      uploads.release("job");
      bucket.next = [
        () => {
          throw new Error("R2 is away");
        },
      ];
      await expect(uploads.sweep(10)).rejects.toThrow("R2 is away");
      expect(given).toEqual([]);
      const laterMs = uploads.next(10)!;
      expect(laterMs).toBeGreaterThan(10);
      await uploads.sweep(laterMs - 1);
      expect(bucket.deleted).toEqual([]);
      const anew = again();
      expect(anew.next(20)).toBe(20);
      await anew.sweep(20);
      expect(given).toEqual([700]);
      await uploads.sweep(laterMs);
      expect(given).toEqual([700]);
    }));

  it("cannot be read anew once it is about to be deleted", () =>
    withUploads(async ({ uploads }) => {
      uploads.hold("job", upload("a", 700));
      uploads.release("job");
      expect(() => uploads.hold("replay", upload("a", 0))).toThrow("conflict");
    }));

  it("whose tenant is erased while it is deleted gives nothing back a second time", () =>
    withUploads(async ({ uploads, bucket, given }) => {
      uploads.hold("job", upload("a", 700));
      uploads.release("job");
      bucket.next = [() => uploads.erase()];
      await uploads.sweep(1);
      expect(given.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
      expect(uploads.next(1)).toBeNull();
    }));

  it("is one of many: all are deleted, sweep by sweep", () =>
    withUploads(async ({ uploads, bucket, given }) => {
      for (let i = 0; i < 1_100; i++) {
        uploads.hold(`job${i}`, upload(`k${i}`, 1));
        uploads.release(`job${i}`);
      }
      for (let sweeps = 0; uploads.next(1) !== null; sweeps++) {
        expect(sweeps).toBeLessThan(10);
        await uploads.sweep(1);
      }
      expect(new Set(bucket.deleted.flat()).size).toBe(1_100);
      expect(Math.max(...bucket.deleted.map((keys) => keys.length))).toBeLessThanOrEqual(1_000);
      expect(given.reduce((sum, bytes) => sum + bytes, 0)).toBe(1_100);
    }));
});
