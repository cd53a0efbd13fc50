import { expect, it } from "vitest";
import { changed, hears, noSubscription } from "../../src/notifications";

const topic = { streamId: "s", strategyId: "arima_prediction", level: null };

it("hears everything without a subscription, and one match is enough with one", () => {
  expect(hears(noSubscription(), topic)).toBe(true);
  expect(hears({ streams: ["other"], strategies: ["arima_prediction"], levels: [] }, topic)).toBe(true);
  expect(hears({ streams: ["other"], strategies: [], levels: [] }, topic)).toBe(false);
});

it("narrows by level only what has one", () => {
  const critical = { streams: [], strategies: [], levels: ["CRITICAL"] };
  expect(hears(critical, topic)).toBe(true);
  expect(hears(critical, { ...topic, level: "INFO" })).toBe(false);
});

it("adds, removes and clears, within its limit", () => {
  const two = changed(noSubscription(), { type: "subscribe", streams: ["a", "b", "a"] }, 2)!;
  expect(two.streams).toEqual(["a", "b"]);
  expect(changed(two, { type: "subscribe", streams: ["c"] }, 2)).toBeNull();
  expect(changed(two, { type: "unsubscribe", streams: ["a"] }, 2)!.streams).toEqual(["b"]);
  expect(changed(two, { type: "unsubscribe" }, 2)).toEqual(noSubscription());
});
