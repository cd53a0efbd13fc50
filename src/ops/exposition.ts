import type { Family, Sample } from "./families";

/** The forms of the page for scrapers, that of the Prometheus text format first: who asks for nothing gets it. */
export const EXPOSITIONS = ["text/plain", "application/openmetrics-text"] as const;
export type Exposition = (typeof EXPOSITIONS)[number];

export const CONTENT_TYPES: Record<Exposition, string> = {
  "text/plain": "text/plain; version=0.0.4; charset=utf-8",
  "application/openmetrics-text": "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const PREFIX = "stratosmesh";

/** A family with all its samples. */
export interface Exposed extends Pick<Family, "name" | "help"> {
  samples: readonly Sample[];
}

/**
 * Counters as a scraper reads them: the Prometheus text format 0.0.4, or OpenMetrics 1.0, which names a family without
 * `_total` and ends with `# EOF`.
 */
export function expose(families: readonly Exposed[], form: Exposition): string {
  const isOpen = form === "application/openmetrics-text";
  const lines = families.flatMap(({ name, help, samples }) => {
    const counter = `${PREFIX}_${name}_total`;
    const family = isOpen ? `${PREFIX}_${name}` : counter;
    return [
      `# HELP ${family} ${help}`,
      `# TYPE ${family} counter`,
      ...samples.map(({ labels, value }) => `${counter}${labelsOf(labels)} ${value}`),
    ];
  });
  return `${[...lines, ...(isOpen ? ["# EOF"] : [])].join("\n")}\n`;
}

function labelsOf(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
