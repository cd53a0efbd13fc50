// What the killed runtime left on disk, read by other code than wrote it: the audit chain of each stream, from its pages
// and its log (docs/formats), and how often the engine sealed and compacted.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inflateRawSync } from "node:zlib";

const ENVELOPE_BYTES = 20;
const CLASS = /StreamObject/;

/** Every stream object under the folder of local data against what the writers know. */
export async function readStored(folder, { requestIds }) {
  const sum = { entries: 0, seals: 0, compactions: 0, duplicates: 0, wrong: 0, violations: [] };
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => CLASS.test(file) && file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"),
  );
  for (const file of files) readOne(join(folder, file), requestIds, sum);
  return sum;
}

function readOne(file, requestIds, sum) {
  const db = new DatabaseSync(file);
  try {
    const isStream = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'engine_state'").get();
    if (!isStream) return;
    const { streamId } = JSON.parse(db.prepare("SELECT value FROM meta WHERE name = 'identity'").get().value);
    const state = db.prepare("SELECT value FROM engine_state WHERE name = 'checkpoint'").get();
    const generation = state ? JSON.parse(state.value).generation : 1;
    sum.seals += generation - 1;
    // Runs are numbered as they are begun, by seals and by compactions.
    const { last } = db.prepare("SELECT coalesce(max(run), 0) AS last FROM blocks").get();
    sum.compactions += Math.max(0, last - (generation - 1));
    const wrong = (text) => {
      sum.wrong++;
      sum.violations.push(`${streamId}: ${text}`);
    };
    const times = new Map();
    for (const { requestId, kind } of verified(db, generation, wrong)) {
      sum.entries++;
      if (kind === "append") times.set(requestId, (times.get(requestId) ?? 0) + 1);
    }
    for (const requestId of requestIds.get(streamId) ?? []) {
      const found = times.get(requestId) ?? 0;
      if (found === 0) wrong(`the audit does not name ${requestId}`);
      else if (found > 1) {
        sum.duplicates += found - 1;
        sum.violations.push(`${streamId}: ${requestId} was stored ${found} times`);
      }
    }
  } finally {
    db.close();
  }
}

function* verified(db, generation, wrong) {
  let seq = 0;
  let hash = "";
  const next = (entry) => {
    hash = createHash("sha256")
      .update(canonical([hash, ++seq, entry.atMs, entry.kind, entry.requestId, entry.clientId, entry.counts]))
      .digest("hex");
    return entry;
  };
  for (const page of db.prepare("SELECT * FROM audit_pages ORDER BY first_seq").iterate()) {
    if (page.first_seq !== seq + 1) wrong(`the audit goes from ${seq} to ${page.first_seq}`);
    const rows = JSON.parse(inflateRawSync(page.data.subarray(ENVELOPE_BYTES)).toString());
    for (const [kind, atMs, requestId, clientId, counts] of rows)
      yield next({ kind, atMs, requestId, clientId, counts });
    if (seq !== page.last_seq || hash !== page.hash) wrong(`the audit chain is broken before ${seq}`);
  }
  const log = db.prepare(`SELECT seq, record FROM log_${generation} ORDER BY seq`);
  for (const { seq: at, record } of log.iterate()) {
    if (at !== seq + 1) wrong(`the log goes from ${seq} to ${at}`);
    const length = new DataView(record.buffer, record.byteOffset).getUint32(ENVELOPE_BYTES, true);
    const from = ENVELOPE_BYTES + 4;
    const meta = JSON.parse(Buffer.from(record.subarray(from, from + length)).toString());
    yield next(meta);
    if (hash !== meta.hash) wrong(`the audit chain is broken at ${at}`);
  }
}

/** JSON with the members of objects in the order of their names, as the chain hashes it. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
