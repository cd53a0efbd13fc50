import type { ColumnHint, ReadRow } from "../source-table";
import { type Entities, entitiesIn, entityCells, entityKinds } from "./entities";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { LEVEL } from "./log/slots";
import { SENTIMENT_NOTE, sentimentScore } from "./sentiment";

/** `@user: what they said`, or `Ann: what she said` as in a dialogue, a line each. */
export interface PostsLayout {
  kind: "posts";
  /** The names have no mark: they are what stands before the first colon. */
  named: boolean;
  entities: (keyof Entities)[];
}

const MOST = 0.8;
const SPEAKER = /^\s{0,20}(@[\p{L}\p{N}_.-]{1,60})\s{0,3}:?\s{1,20}(\S.*)$/u;

/** A name of up to four words before a colon. */
const NAME = /^\s{0,20}(\p{Lu}[\p{L}\p{N}_.'’-]{0,40}(?: [\p{L}\p{N}_.'’-]{1,40}){0,3}):\s{1,20}(\S.*)$/u;
/** Sentences end in a mark, perhaps within quotes or parentheses. */
const SENTENCE = /\p{L}.*[.!?…][)"”’']?$/u;
/** Of what a speaker says, that which must be sentences. */
const SAID = 0.6;

/** What a line says, and who says it. */
function postOf(line: string, named: boolean): { user: string; text: string } | null {
  const match = (named ? NAME : SPEAKER).exec(line);
  return match && { user: match[1]!, text: match[2]!.replace(/^["“](.*)["”]$/, "$1") };
}

/** Lines that most begin with the user who says them, or null. */
export function decidePosts(sample: readonly Line[]): TextLayout<PostsLayout> | null {
  for (const named of [false, true]) {
    const posts = sample.flatMap(({ text }) => postOf(text, named) ?? []);
    if (posts.length === 0 || posts.length < sample.length * MOST) continue;
    const certainty = named ? dialogueCertainty(posts) : 0.85;
    if (certainty !== null) return layoutOf(posts, named, certainty);
  }
  return null;
}

type Post = NonNullable<ReturnType<typeof postOf>>;

/**
 * Few who speak again and again, each in sentences: what stands behind the keys of a record is none, behind some key. Names
 * that always come in the same order are keys of records, if more than two; two may be either.
 */
function dialogueCertainty(posts: readonly Post[]): number | null {
  const said = Map.groupBy(posts, ({ user }) => user);
  if (said.size < 2 || said.size > posts.length / 3 || [...said.keys()].some((name) => LEVEL.test(name)))
    return null;
  const speakers = [...said.values()].filter(({ length }) => length >= 2);
  if (!speakers.every((own) => own.filter(({ text }) => SENTENCE.test(text)).length >= own.length * SAID))
    return null;
  const inTurn = posts.every(({ user }, i) => i < said.size || user === posts[i - said.size]!.user);
  if (inTurn && said.size > 2) return null;
  return inTurn ? 0.5 : 0.75;
}

function layoutOf(posts: readonly Post[], named: boolean, certainty: number): TextLayout<PostsLayout> {
  const entities = entityKinds(posts.map(({ text }) => entitiesIn(text)));
  const columns = ["user", "text", "sentiment_score", ...entities];
  const hints: Record<string, ColumnHint> = { user: "category", text: "attribute", sentiment_score: "value" };
  for (const kind of entities) hints[kind] = "attribute";
  return {
    columns,
    hints,
    about: "social_media",
    notes: [SENTIMENT_NOTE],
    freeText: { column: "text", keeps: ["user", "sentiment_score"], notes: [SENTIMENT_NOTE] },
    certainty,
    detail: { kind: "posts", named, entities },
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
    const post = postOf(line, this.layout.named);
    if (!post) return [{ row, reason: "the line does not begin with a user" }];
    const { user, text } = post;
    return [{ row, cells: [user, text, sentimentScore(text), ...entityCells(text, this.layout.entities)] }];
  }
}
