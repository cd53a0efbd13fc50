import type { ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { SENTIMENT_NOTE, sentimentScore } from "./sentiment";

/** `@user: what they said`, a line each. */
export interface PostsLayout {
  kind: "posts";
}

const MOST = 0.8;
const SPEAKER = /^\s{0,20}(@[\p{L}\p{N}_.-]{1,60})\s{0,3}:?\s{1,20}(\S.*)$/u;

/** Lines that most begin with the user who says them, or null. */
export function decidePosts(sample: readonly Line[]): TextLayout<PostsLayout> | null {
  const said = sample.filter(({ text }) => SPEAKER.test(text)).length;
  if (said === 0 || said < sample.length * MOST) return null;
  return {
    columns: ["user", "text", "sentiment_score"],
    units: [null, null, null],
    hints: { user: "category", text: "attribute", sentiment_score: "value" },
    timeColumn: null,
    about: "social_media",
    notes: [SENTIMENT_NOTE],
    certainty: 0.85,
    detail: { kind: "posts" },
  };
}

export class PostRows extends TextRows {
  protected line(line: string, row: number): ReadRow[] {
    const match = SPEAKER.exec(line);
    if (!match) {
      return [{ row, reason: "the line does not begin with a user" }];
    }
    const text = match[2]!.replace(/^["“](.*)["”]$/, "$1");
    return [{ row, cells: [match[1]!, text, sentimentScore(text)] }];
  }
}
