import type { ColumnHint, ReadRow } from "../source-table";
import { type Entities, entitiesIn, entityCells, entityKinds } from "./entities";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { SENTIMENT_NOTE, sentimentScore } from "./sentiment";

/** `@user: what they said`, a line each. */
export interface PostsLayout {
  kind: "posts";
  entities: (keyof Entities)[];
}

const MOST = 0.8;
const SPEAKER = /^\s{0,20}(@[\p{L}\p{N}_.-]{1,60})\s{0,3}:?\s{1,20}(\S.*)$/u;

/** What a line says, and who says it. */
function postOf(line: string): { user: string; text: string } | null {
  const match = SPEAKER.exec(line);
  return match && { user: match[1]!, text: match[2]!.replace(/^["“](.*)["”]$/, "$1") };
}

/** Lines that most begin with the user who says them, or null. */
export function decidePosts(sample: readonly Line[]): TextLayout<PostsLayout> | null {
  const posts = sample.flatMap(({ text }) => postOf(text) ?? []);
  if (posts.length === 0 || posts.length < sample.length * MOST) return null;
  const entities = entityKinds(posts.map(({ text }) => entitiesIn(text)));
  const columns = ["user", "text", "sentiment_score", ...entities];
  const hints: Record<string, ColumnHint> = { user: "category", text: "attribute", sentiment_score: "value" };
  for (const kind of entities) hints[kind] = "attribute";
  return {
    columns,
    units: columns.map(() => null),
    hints,
    timeColumn: null,
    about: "social_media",
    notes: [SENTIMENT_NOTE],
    freeText: { column: "text", keeps: ["user", "sentiment_score"], notes: [SENTIMENT_NOTE] },
    certainty: 0.85,
    detail: { kind: "posts", entities },
  };
}

export class PostRows extends TextRows {
  constructor(
    private readonly layout: PostsLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(line: string, row: number): ReadRow[] {
    const post = postOf(line);
    if (!post) return [{ row, reason: "the line does not begin with a user" }];
    const { user, text } = post;
    return [{ row, cells: [user, text, sentimentScore(text), ...entityCells(text, this.layout.entities)] }];
  }
}
