import type { Cell, ColumnHint, ReadRow } from "../source-table";
import { type Entities, entitiesIn, entityCells, entityKinds } from "./entities";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";
import { SENTIMENT_NOTE, sentimentScore } from "./sentiment";

/** Text in no order that is known: a record a paragraph where blank lines part them, else a record a line. */
export interface ProseLayout {
  kind: "prose";
  paragraphs: boolean;
  entities: (keyof Entities)[];
  /** Opinions: their words are weighed. */
  sentiment: boolean;
}

/** A record of more than this is cut: an attribute takes 16,384 characters. */
const RECORD_CHARS = 16_000;
/** The share of the texts that must hold words of feeling before all are weighed as opinions. */
const FEELING = 0.6;

/** Takes any text. */
export function decideProse(sample: readonly Line[]): TextLayout<ProseLayout> {
  const texts = paragraphsOf(sample);
  // Lines of a wrapped paragraph follow each other; a list of posts has a blank line after each or after none.
  const paragraphs = texts.length >= 2 && sample.length / texts.length >= 1.5;
  const records = paragraphs ? texts : sample.map(({ text }) => text);
  const found = records.map(entitiesIn);
  const entities = entityKinds(found);
  const opinions = records.filter((text) => sentimentScore(text) !== 0).length;
  const social = found.filter(({ mentions, hashtags }) => mentions.length + hashtags.length > 0).length;
  const posts = records.length >= 2 && social >= records.length / 2;
  const sentiment = posts || (records.length >= 3 && opinions >= records.length * FEELING);
  const columns = ["text", ...(sentiment ? ["sentiment_score"] : []), ...entities];
  const hints: Record<string, ColumnHint> = sentiment ? { text: "attribute", sentiment_score: "value" } : {};
  for (const kind of entities) hints[kind] = "attribute";
  return {
    columns,
    hints,
    ...(posts ? { about: "social_media" as const } : sentiment ? {} : { about: "text_data" as const }),
    notes: [
      `No readings were found: the ${paragraphs ? "paragraphs" : "lines"} are kept as text.`,
      ...(sentiment ? [SENTIMENT_NOTE] : []),
    ],
    freeText: {
      column: "text",
      keeps: sentiment ? ["sentiment_score"] : [],
      notes: sentiment ? [SENTIMENT_NOTE] : [],
    },
    certainty: sentiment ? 0.6 : 0.4,
    detail: { kind: "prose", paragraphs, entities, sentiment },
  };
}

function paragraphsOf(sample: readonly Line[]): string[] {
  const texts: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { row, text } of sample) {
    if (row === last + 1) texts[texts.length - 1] += `\n${text.trimStart()}`;
    else texts.push(text.trimStart());
    last = row;
  }
  return texts;
}

export class ProseRows extends TextRows {
  private open: { row: number; text: string } | null = null;

  constructor(
    private readonly layout: ProseLayout,
    width: number,
  ) {
    super(width);
  }

  protected line(raw: string, row: number): ReadRow[] {
    const text = raw.trimStart();
    if (!this.layout.paragraphs) return [this.record(text, row)];
    if (!this.open) {
      this.open = { row, text };
      return [];
    }
    if (this.open.text.length + text.length >= RECORD_CHARS) {
      const done = this.end();
      this.open = { row, text };
      return done;
    }
    this.open.text += `\n${text}`;
    this.skipped.continued++;
    return [];
  }

  protected override blank(): ReadRow[] {
    return this.end();
  }

  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, text } = this.open;
    this.open = null;
    return [this.record(text, row)];
  }

  private record(text: string, row: number): ReadRow {
    const { sentiment, entities } = this.layout;
    const cells: Cell[] = [text];
    if (sentiment) cells.push(sentimentScore(text));
    cells.push(...entityCells(text, entities));
    return { row, cells };
  }
}
