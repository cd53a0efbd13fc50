import type { StoredFrames } from "../streams";
import type { TextFormatId } from "./contract";
import type { SourceTable } from "./formats/source-table";
import type { Understanding, UnderstoodTable } from "./understand";

/** What was understood of a table that is read piece by piece: all of it but its rows. */
export type UnderstoodHead = Omit<Understanding, "tables"> & {
  table: Omit<UnderstoodTable, "table"> & Pick<SourceTable, "name" | "columns" | "headerless">;
};

/** What a job has come to, so that whoever goes on with it reads the same rows and stores none of them twice. */
export type JobState = StreamedState | WholeState;

/** Of data that are read piece by piece. */
export interface StreamedState {
  version: 2;
  reads: "pieces";
  format: TextFormatId;
  encoding: string;
  head: UnderstoodHead;
  stored: StoredFrames;
  /** From bytes into frames, or row by row: each cuts frames of its own, so that it is decided before the first one. */
  way: "bytes" | "rows";
}

/** Of data that are read as a whole: what was understood of them before the first row was stored. */
export interface WholeState {
  version: 2;
  reads: "whole";
  understood: UnderstoodWhole;
}

/** All that was understood but the rows, which are read again; those that a model has named cannot be, and are kept. */
export type UnderstoodWhole = Omit<Understanding, "tables"> & {
  tables: (UnderstoodTable | ReadAgain)[];
};

/** `at` is the place of the table among those that are read. */
type ReadAgain = Omit<UnderstoodTable, "table"> & { at: number };

/** How far a job is. */
export interface JobProgress {
  stage: "loading";
  records: number;
  /** Of the bytes, in [0, 1]. */
  fraction: number;
}

/** Where a job keeps what it has come to. */
export interface JobKeeper {
  /** Null: it begins. */
  state: JobState | null;
  /** Keeps the state and tells how far it is. Throws {@link Superseded} where another went on with the job. */
  keep(state: JobState, progress: JobProgress): Promise<void>;
  /** Says that the job is still under way, where it is silent for long. Absent: nobody would take it for dead. */
  alive?(): Promise<unknown>;
}

/** Another consumer went on with the job, which is its now. */
export class Superseded extends Error {}

/** For what is done within its request: nobody goes on with it. */
export const UNKEPT: JobKeeper = { state: null, keep: async () => {} };
