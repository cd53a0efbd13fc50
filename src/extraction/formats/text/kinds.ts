import { BlockRows, type BlocksLayout, decideBlocks } from "./blocks";
import { type ClockedTableLayout, ClockedTableRows, decideClockedTable } from "./clocked-table";
import { type DrawnLayout, DrawnRows, decideDrawn } from "./drawn";
import { decideElements, ElementRows, type ElementsLayout } from "./elements";
import { decideEntries, type EntriesLayout, EntryRows } from "./entries";
import { decideExposition, type ExpositionLayout, ExpositionRows } from "./exposition";
import { decideFixedWidth, type FixedWidthLayout, FixedWidthRows } from "./fixed-width";
import type { TextLayout, TextRows } from "./layout";
import { decideLineProtocol, type LineProtocolLayout, LineProtocolRows } from "./line-protocol";
import type { Line } from "./lines";
import { decideLog, type LogLayout, LogRows } from "./log";
import { type AccessLayout, AccessRows, decideAccess } from "./log/access";
import { decideLogfmt, type LogfmtLayout, LogfmtRows } from "./log/logfmt";
import { decideW3c, type W3cLayout, W3cRows } from "./log/w3c";
import { decideNameValues, NameValueRows, type NameValuesLayout } from "./name-values";
import { decideNmea, type NmeaLayout, NmeaRows } from "./nmea";
import { decidePosts, PostRows, type PostsLayout } from "./posts";
import { decideProse, type ProseLayout, ProseRows } from "./prose";
import { decideQif, type QifLayout, QifRows } from "./qif";
import { decideReadings, ReadingRows, type ReadingsLayout } from "./readings";
import { decideStationDays, type StationDaysLayout, StationDaysRows } from "./station-days";
import { decideTopics, TopicRows, type TopicsLayout } from "./topics";

/** Every kind of text that is known. */
export type TextDetail =
  | AccessLayout
  | BlocksLayout
  | ClockedTableLayout
  | DrawnLayout
  | ElementsLayout
  | EntriesLayout
  | ExpositionLayout
  | FixedWidthLayout
  | LineProtocolLayout
  | LogLayout
  | LogfmtLayout
  | NameValuesLayout
  | NmeaLayout
  | PostsLayout
  | ProseLayout
  | QifLayout
  | ReadingsLayout
  | StationDaysLayout
  | TopicsLayout
  | W3cLayout;
export type TextKind = TextDetail["kind"];
export type AnyTextLayout = TextLayout<TextDetail>;

/** Kinds whose lines hold commas, bars or blanks as tables do: they are tried before a table is looked for. */
export const BEFORE_TABLES: readonly ((sample: readonly Line[]) => AnyTextLayout | null)[] = [
  decideDrawn,
  decideElements,
  decideQif,
  decideExposition,
  decideLineProtocol,
  decideTopics,
  decideStationDays,
  decideNmea,
  decideW3c,
  decideAccess,
  decideLogfmt,
  decideReadings,
  decidePosts,
  decideEntries,
  decideBlocks,
  decideNameValues,
  decideClockedTable,
  decideFixedWidth,
];

/** All kinds in the order in which they are tried; the last takes any text. */
export const KINDS: typeof BEFORE_TABLES = [...BEFORE_TABLES, decideLog, decideProse];

/** The reader of a text's lines under its layout. */
export function textRows({ detail, columns }: AnyTextLayout): TextRows {
  const width = columns.length;
  switch (detail.kind) {
    case "access":
      return new AccessRows(detail, width);
    case "logfmt":
      return new LogfmtRows(detail, width);
    case "w3c":
      return new W3cRows(columns);
    case "blocks":
      return new BlockRows(detail, width);
    case "clocked_table":
      return new ClockedTableRows(detail, width);
    case "drawn":
      return new DrawnRows(detail, width);
    case "name_values":
      return new NameValueRows(width);
    case "elements":
      return new ElementRows(detail, width);
    case "entries":
      return new EntryRows(detail, width);
    case "exposition":
      return new ExpositionRows(detail, width);
    case "fixed_width":
      return new FixedWidthRows(detail, width);
    case "line_protocol":
      return new LineProtocolRows(detail, width);
    case "log":
      return new LogRows(detail, width);
    case "posts":
      return new PostRows(detail, width);
    case "prose":
      return new ProseRows(detail, width);
    case "qif":
      return new QifRows(detail, width);
    case "readings":
      return new ReadingRows(detail, width);
    case "nmea":
      return new NmeaRows(detail, width);
    case "station_days":
      return new StationDaysRows(detail, width);
    case "topics":
      return new TopicRows(detail, width);
  }
}
