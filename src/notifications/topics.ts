import type { ClientMessage, Subscription } from "./contract";

/** What of an event decides who hears it. */
export interface Topic {
  streamId: string | null;
  strategyId: string | null;
  level: string | null;
}

export const noSubscription = (): Subscription => ({ streams: [], strategies: [], levels: [] });

export function topicOf(event: Record<string, unknown>): Topic {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return { streamId: text(event.stream_id), strategyId: text(event.strategy_id), level: text(event.level) };
}

/**
 * Whether a subscriber hears an event: one named stream or strategy is enough, and none named means all of them. Levels
 * narrow alerts; events without a level pass.
 */
export function hears(subscription: Subscription, topic: Topic): boolean {
  const { streams, strategies, levels } = subscription;
  if (levels.length > 0 && topic.level !== null && !levels.includes(topic.level)) return false;
  if (streams.length === 0 && strategies.length === 0) return true;
  const byStream = topic.streamId !== null && streams.includes(topic.streamId);
  return byStream || (topic.strategyId !== null && strategies.includes(topic.strategyId));
}

/** The subscription after a message; null where it would name more than `most`. */
export function changed(
  subscription: Subscription,
  message: ClientMessage,
  most: number,
): Subscription | null {
  if (message.type === "subscribe") {
    const next = {
      streams: union(subscription.streams, message.streams),
      strategies: union(subscription.strategies, message.strategies),
      levels: message.levels ?? subscription.levels,
    };
    return next.streams.length + next.strategies.length > most ? null : next;
  }
  if (message.type !== "unsubscribe") return subscription;
  const without = (list: string[], gone: string[] = []) => list.filter((name) => !gone.includes(name));
  if (!message.streams && !message.strategies) return noSubscription();
  return {
    ...subscription,
    streams: without(subscription.streams, message.streams),
    strategies: without(subscription.strategies, message.strategies),
  };
}

const union = (list: string[], more: string[] = []): string[] => [...new Set([...list, ...more])];
