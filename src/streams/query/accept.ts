import { acceptedForm } from "../../platform/http/accept";

/** The forms of an answer, the one preferred first where a caller does not mind. */
export const DATA_FORMATS = ["application/json", "application/x-ndjson", "text/csv"] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

/** Other names of NDJSON in use. */
const ALIASES: Record<string, DataFormat> = {
  "application/ndjson": "application/x-ndjson",
  "application/jsonl": "application/x-ndjson",
  "application/x-jsonlines": "application/x-ndjson",
};

/** The form that an Accept header wants; JSON where it does not mind, or wants none of them. */
export const formatOf = (accept: string | null): DataFormat => acceptedForm(accept, DATA_FORMATS, ALIASES);
