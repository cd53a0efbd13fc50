import type { Feedback, FeedbackAnswer } from "../../../src/streams/contract";
import type { Author } from "../engine/log/audit";
import type { StreamStore } from "../stream-store";
import type { Incident, Incidents } from "./incidents";

/**
 * Keeps what a person says of an alert, with its audit entry. That its readings were expected goes into the log, where
 * the detectors read it in its place. Saying the same again changes nothing. Null where no alert is meant.
 */
export function feedbackOn(
  store: StreamStore,
  incidents: Incidents,
  { alert, expected, comment }: Feedback,
  by: Author,
): FeedbackAnswer | null {
  const incident = meant(store, incidents, alert);
  if (!incident) return null;
  const before = incident.opinion;
  const isTaught = before?.taught === true;
  const opinion = { expected, comment: comment ?? before?.comment ?? null, taught: isTaught || expected };
  if (before?.expected !== expected || before.comment !== opinion.comment) {
    const counts = { alert_id: incident.id, expected };
    const about = expected && !isTaught ? { expected: incident.readings } : {};
    store.transaction(() => {
      incidents.setOpinion(incident.mark, opinion);
      store.engine.note({ ...by, kind: "feedback", counts }, about);
    });
  }
  return { alertId: incident.id, expected, comment: opinion.comment, series: incident.readings.length };
}

function meant(store: StreamStore, incidents: Incidents, alert: Feedback["alert"]): Incident | null {
  if ("id" in alert) return incidents.byId(alert.id);
  const series = store.engine.catalog.named(alert.field, alert.tags);
  return series ? incidents.byReading(series.id, alert.timeMicros) : null;
}
