import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { WriteLedger } from "../../durable-objects/tenant/figures/write-ledger";
import { NOTHING_WRITTEN, type WriteReport } from "../../src/core/write-report";
import { tenantObject } from "../../src/platform/objects";
import { type Counters, plus } from "../../src/tenants/metrics/counters";

/** A ledger, and what the tenant's figures of each day are by it. */
const withLedger = (work: (ledger: WriteLedger, writesOn: (day: number) => number) => void) =>
  runInDurableObject(tenantObject(env, crypto.randomUUID()), (_, { storage }) => {
    const folded = new Map<number, Partial<Counters>>();
    const ledger = new WriteLedger(storage.sql, (day, more) =>
      folded.set(day, plus(folded.get(day) ?? {}, more)),
    );
    const writesOn = (day: number) =>
      plus(folded.get(day) ?? {}, ledger.sum({ firstDay: day, lastDay: day })).writes ?? 0;
    work(ledger, writesOn);
  });

/** Of all writes up to the end of each day. */
const report = (writes: Record<number, number>, more: Partial<WriteReport> = {}): WriteReport => ({
  holder: { streamId: "s", shard: 0 },
  epoch: 1,
  bornMs: 1,
  marks: Object.entries(writes).map(([day, sum]) => ({ ...NOTHING_WRITTEN, day: Number(day), writes: sum })),
  timed: { writes: 0, ms: 0 },
  ...more,
});

describe("what streams wrote", () => {
  it("counts to the day of the writes, whenever it is told", () =>
    withLedger((ledger, writesOn) => {
      ledger.note(report({ 10: 5 }));
      // Nothing was heard of it for two days.
      ledger.note(report({ 10: 7, 11: 9, 12: 20 }));
      expect([10, 11, 12].map(writesOn)).toEqual([7, 2, 11]);
    }));

  it("counts once, told twice, late or after a report that got lost", () =>
    withLedger((ledger, writesOn) => {
      const [first, second] = [report({ 10: 5 }), report({ 10: 5, 11: 8 })];
      for (const told of [first, first]) ledger.note(told);
      expect([10, 11].map(writesOn)).toEqual([5, 0]);
      for (const told of [second, first, second]) {
        ledger.note(told);
        expect([10, 11].map(writesOn)).toEqual([5, 3]);
      }
      ledger.note(report({ 11: 9, 12: 9 }));
      expect([10, 11, 12].map(writesOn)).toEqual([5, 4, 0]);
    }));

  it("counts each shard, and each stream that comes under a name", () =>
    withLedger((ledger, writesOn) => {
      ledger.note(report({ 10: 5 }));
      ledger.note(report({ 10: 2 }, { holder: { streamId: "s", shard: 1 } }));
      ledger.note(report({ 10: 1 }, { bornMs: 2 }));
      // Of the one before, and late.
      ledger.note(report({ 10: 6 }));
      expect(writesOn(10)).toBe(8);
      ledger.forget("s");
      expect(writesOn(10)).toBe(8);
    }));

  it("has no row of a report that says nothing new", () =>
    withLedger((ledger) => {
      ledger.note(report({ 10: 5 }, { timed: { writes: 5, ms: 12 } }));
      ledger.note(report({ 10: 5 }, { timed: { writes: 1, ms: 3 } }));
      expect(ledger.sum({ firstDay: 10, lastDay: 10 })).toMatchObject({
        writes: 5,
        timedWrites: 6,
        timedMs: 15,
      });
      expect(ledger.sum({ firstDay: 9, lastDay: 9 })).toEqual({});
    }));
});
