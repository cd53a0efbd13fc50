import type { ColumnHint, ReadRow } from "../source-table";
import { type Entities, entitiesIn, entityCells, entityKinds } from "./entities";
import { type TextLayout, TextRows } from "./layout";
import { splitTimeHead } from "./line-slots";
import type { Line } from "./lines";
import { LEVEL } from "./log/slots";
import { SENTIMENT_NOTE, sentimentScore } from "./sentiment";

/** `@user: what they said`, perhaps behind a time, or `Ann: what she said` as in a dialogue, a line each. */
export interface PostsLayout {
  kind: "posts";
  timed: boolean;
  /** The names have no mark: they are what stands before the first colon. */
  named: boolean;
  entities: (keyof Entities)[];
}

const MOST = 0.8;
const SPEAKER = /^\s{0,20}(@[\p{L}\p{N}_.-]{1,60})\s{0,3}:?\s{1,20}(\S.*)$/u;

/** A name of up to four words before a colon. */
const NAME = /^\s{0,20}(\p{Lu}[\p{L}\p{N}_.'’-]{0,40}(?: [\p{L}\p{N}_.'’-]{1,40}){0,3}):\s{1,20}(\S.*)$/u;
/** The mark that a sentence ends in, perhaps within quotes or parentheses. */
const END_OF_SENTENCE = /[.!?…][)"”’']?$/;
/** A letter, and the mark at the end. One expression for both would look for the end anew from every letter of a long line. */
export function isSentence(text: string): boolean {
  const end = END_OF_SENTENCE.exec(text);
  return end !== null && /\p{L}/u.test(text.slice(0, end.index));
}
/** Of what a speaker says, that which must be sentences. */
const SAID = 0.6;

type Manner = Pick<PostsLayout, "timed" | "named">;

/** Names behind a time may be those of programs: there only the mark of a user tells posts from a log. */
const MANNERS: readonly Manner[] = [
  { timed: false, named: false },
  { timed: true, named: false },
  { timed: false, named: true },
];

/** What a line says, who says it, and when. */
function postOf(
  line: string,
  { timed, named }: Manner,
): { time: string | null; user: string; text: string } | null {
  const { time, rest } = timed ? splitTimeHead(line.trimStart()) : { time: null, rest: line };
  const match = (named ? NAME : SPEAKER).exec(rest);
  return match && { time, user: match[1]!, text: match[2]!.replace(/^["“](.*)["”]$/, "$1") };
}

/** Lines that most begin with the user who says them, or null. */
export function decidePosts(sample: readonly Line[]): TextLayout<PostsLayout> | null {
  for (const manner of MANNERS) {
    const posts = sample.flatMap(({ text }) => postOf(text, manner) ?? []);
    if (posts.length === 0 || posts.length < sample.length * MOST) continue;
    const certainty = manner.named ? dialogueCertainty(posts) : 0.85;
    if (certainty !== null) return layoutOf(posts, manner, certainty);
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
  if (!speakers.every((own) => own.filter(({ text }) => isSentence(text)).length >= own.length * SAID))
    return null;
  const inTurn = posts.every(({ user }, i) => i < said.size || user === posts[i - said.size]!.user);
  if (inTurn && said.size > 2) return null;
  return inTurn ? 0.5 : 0.75;
}

function layoutOf(posts: readonly Post[], manner: Manner, certainty: number): TextLayout<PostsLayout> {
  const entities = entityKinds(posts.map(({ text }) => entitiesIn(text)));
  const time = manner.timed ? ["timestamp"] : [];
  const columns = [...time, "user", "text", "sentiment_score", ...entities];
  const hints: Record<string, ColumnHint> = { user: "category", text: "attribute", sentiment_score: "value" };
  for (const kind of entities) hints[kind] = "attribute";
  return {
    columns,
    hints,
    ...(manner.timed ? { timeColumn: "timestamp" } : {}),
    about: "social_media",
    notes: [SENTIMENT_NOTE],
    freeText: { column: "text", keeps: [...time, "user", "sentiment_score"], notes: [SENTIMENT_NOTE] },
    certainty,
    detail: { kind: "posts", ...manner, entities },
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
    const post = postOf(line, this.layout);
    if (!post) return [{ row, reason: "the line does not begin with a user" }];
    const { time, user, text } = post;
    const { timed, entities } = this.layout;
    const cells = [user, text, sentimentScore(text), ...entityCells(text, entities)];
    return [{ row, cells: timed ? [time, ...cells] : cells }];
  }
}
