/** Characters of a text that stay in the row of their work: a row holds 2 MB, a character takes up to three bytes. */
const ROW_CHARS = 250_000;
const PIECE_CHARS = 600_000;
/** Stands in the row in place of a text that is in pieces. No text is this: each is JSON, or empty. */
const IN_PIECES = "in pieces";

/** Both are there once a job has ended, and a replay asks with the plans of all jobs before it. */
type LongText = "request" | "result";

/** Requests and results of work that a row cannot hold, cut into pieces with a row each. */
export class LongTexts {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS work_text(work_id TEXT, name TEXT, piece INTEGER, text TEXT NOT NULL, PRIMARY KEY(work_id, name, piece)) WITHOUT ROWID",
    );
  }

  /** Keeps a text in place of the one before, and gives what stands in the row. */
  keep(workId: string, name: LongText, text: string): string {
    this.sql.exec("DELETE FROM work_text WHERE work_id = ? AND name = ?", workId, name);
    if (text.length <= ROW_CHARS) return text;
    for (let at = 0, piece = 0; at < text.length; piece++) {
      const end = endOfPiece(text, at + PIECE_CHARS);
      this.sql.exec("INSERT INTO work_text VALUES(?,?,?,?)", workId, name, piece, text.slice(at, end));
      at = end;
    }
    return IN_PIECES;
  }

  /** The text of which this stands in the row. */
  whole(workId: string, name: LongText, kept: string): string {
    if (kept !== IN_PIECES) return kept;
    const ordered = "SELECT text FROM work_text WHERE work_id = ? AND name = ? ORDER BY piece";
    const pieces = this.sql.exec<{ text: string }>(ordered, workId, name).toArray();
    return pieces.map(({ text }) => text).join("");
  }

  forget(workId: string): void {
    this.sql.exec("DELETE FROM work_text WHERE work_id = ?", workId);
  }

  erase(): void {
    this.sql.exec("DELETE FROM work_text");
  }
}

/** Not between the halves of a pair of surrogates, each of which would be stored as a mark of what cannot be read. */
function endOfPiece(text: string, end: number): number {
  const first = text.charCodeAt(end - 1);
  return first >= 0xd800 && first <= 0xdbff ? end - 1 : end;
}
