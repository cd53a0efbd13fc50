import { expect, it } from "vitest";
import { newBudget, spend } from "../../src/tenants";

const MINUTE = 60_000;

it("allows the limit in any window and not one more", () => {
  const budget = newBudget(MINUTE);
  for (let i = 0; i < 10; i++) expect(spend(budget, 10, i * 1_000).ok).toBe(true);
  expect(spend(budget, 10, 59_999)).toMatchObject({ ok: false, remaining: 0 });
  expect(spend(budget, 10, 60_000).ok).toBe(true);
  expect(spend(budget, 10, 60_000).ok).toBe(false);
});

it("tells how long to wait for the next free use", () => {
  const budget = newBudget(MINUTE);
  spend(budget, 1, 30_500);
  expect(spend(budget, 1, 31_000)).toEqual({ ok: false, remaining: 0, resetMs: 59_000 });
});

it("obeys a limit that was lowered at once", () => {
  const budget = newBudget(MINUTE);
  for (let i = 0; i < 5; i++) spend(budget, 10, 0);
  expect(spend(budget, 5, 1).ok).toBe(false);
});

it("forgets what has left the window", () => {
  const budget = newBudget(MINUTE);
  for (let second = 0; second < 1_000; second++) spend(budget, 1_000, second * 1_000);
  expect(Object.keys(budget.used).length).toBeLessThanOrEqual(60);
});
