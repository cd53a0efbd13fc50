import { AppError, fail } from "../core/errors";
import type { Config } from "../env";
import { addressRules, refusalOf } from "./public-address";

export const FETCH_LIMITS = {
  urlChars: 4_096,
  /** Hops after the first address; browsers follow 20, servers of data need one or two. */
  redirects: 5,
  /** To resolve, connect and be told the headers, at each hop. */
  headersMs: 10_000,
  /** For everything, to the last byte: an invocation waits no longer than the caller does. */
  wholeMs: 60_000,
} as const;

/** RFC 9110, section 10.1.5: who calls, so that a server's owner can tell. */
const USER_AGENT = "StratosMesh/1.0 (+https://stratosmesh.dev)";
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Of the runtime's own messages: a certificate that is not believed today will not be in a minute. */
const NO_TRUST = /\b(?:TLS|SSL|certificate)\b/i;
/** Server errors that say how a server is made or known, beside Cloudflare's own: 525, 526 TLS, 530 no such name. */
const LASTING = new Set([501, 505, 506, 508, 510, 511, 525, 526, 530]);
/** RFC 9110, section 15, RFC 8470 (425), RFC 6585 (429): statuses of the moment. */
const isTransient = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && !LASTING.has(status));
/** What the runtime takes off by itself; a body in another coding would be read as data. */
const DECODED = new Set(["", "identity", "gzip", "x-gzip", "br"]);

export interface FetchOptions {
  /** Of the body, after its content coding is taken off. */
  maxBytes: number;
  /** The Accept header. */
  accept?: string;
  /** An ETag that was seen before: the answer may then be 304 with an empty body. */
  ifNoneMatch?: string;
  headersMs?: number;
  wholeMs?: number;
  /** The outside world; another one in tests. */
  fetch?: typeof fetch;
}

export interface Fetched {
  /** 200 to 299, or 304 where `ifNoneMatch` was given. */
  status: number;
  /** Throws `url_fetch_failed` and `payload_too_large` while it is read. To be read once, or returned. */
  body: AsyncGenerator<Uint8Array, void, undefined>;
  contentType: string | null;
  /** Without folders: what Content-Disposition says, else the last part of the path. */
  filename: string | null;
  /** After redirects. */
  finalUrl: string;
  etag: string | null;
}

/** A URL that did not give what it leads to: `url_fetch_failed`. */
export class FetchFailure extends AppError {
  constructor(
    reason: string,
    /**
     * "late": `wholeMs` were over. "transient": another try may go better. "final": what the server answers to this URL,
     * or that it is not who it says.
     */
    readonly kind: "late" | "transient" | "final" = "final",
    /** The Retry-After header of an answer that was no success. */
    readonly retryAfter: string | null = null,
  ) {
    super({ code: "url_fetch_failed", detail: `The URL ${reason}.` });
  }
}

/** Throws `invalid_request` for a URL that {@link fetchPublic} would not call, whatever answers there. */
export function checkPublic(config: Config, address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (address.length > FETCH_LIMITS.urlChars) throw refusedUrl("is too long");
  if (url === null) throw refusedUrl("is not absolute");
  const refused = refusalOf(url, addressRules(config));
  if (refused !== null) throw refusedUrl(refused);
  return url;
}

/**
 * Gets a URL that a stranger named. Only public addresses are called ({@link refusalOf}), each redirect is judged like
 * the first address and never leads from https to http; no cookie or credential is sent, and no cache is asked. Bytes
 * are counted as they come, whatever was declared. Throws `invalid_request` for a URL that is refused,
 * {@link FetchFailure} for one that does not answer with success in time or breaks off, `payload_too_large` past
 * `maxBytes`.
 */
export async function fetchPublic(config: Config, address: string, options: FetchOptions): Promise<Fetched> {
  const rules = addressRules(config);
  const whole = AbortSignal.timeout(options.wholeMs ?? FETCH_LIMITS.wholeMs);
  let url = checkPublic(config, address);
  for (let hops = 0; hops <= FETCH_LIMITS.redirects; hops++) {
    url.hash = "";
    const response = await headersOf(url, options, whole);
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return fetchedOf(response, url, options, whole);
    await dismiss(response);
    url = redirected(url, location);
    const reason = refusalOf(url, rules);
    if (reason !== null) throw failed(`redirects to a URL that ${reason}`);
  }
  throw failed(`redirects more than ${FETCH_LIMITS.redirects} times`);
}

function redirected(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw failed("redirects to no valid URL");
  const to = new URL(location, from.href);
  if (from.protocol === "https:" && to.protocol === "http:") throw failed("redirects from https to http");
  return to;
}

/** The response once its headers are there; its body is unread. */
async function headersOf(url: URL, options: FetchOptions, whole: AbortSignal): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), options.headersMs ?? FETCH_LIMITS.headersMs);
  const headers: Record<string, string> = { "user-agent": USER_AGENT, accept: options.accept ?? "*/*" };
  if (options.ifNoneMatch !== undefined) headers["if-none-match"] = options.ifNoneMatch;
  try {
    return await (options.fetch ?? fetch)(url.href, {
      method: "GET",
      headers,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.any([whole, late.signal]),
    });
  } catch (error) {
    // Why is not told further: names and ports that answer differently would be a map of the network.
    if (whole.aborted) throw failed("did not answer in time", "late");
    if (late.signal.aborted) throw failed("did not answer in time", "transient");
    throw failed("could not be reached", NO_TRUST.test(String(error)) ? "final" : "transient");
  } finally {
    clearTimeout(timer);
  }
}

async function fetchedOf(
  response: Response,
  url: URL,
  { maxBytes, ifNoneMatch }: FetchOptions,
  whole: AbortSignal,
): Promise<Fetched> {
  const { status, headers } = response;
  const refusal = refusedAnswer(response, ifNoneMatch !== undefined, maxBytes);
  if (refusal) {
    await dismiss(response);
    throw refusal;
  }
  return {
    status,
    body: counted(response, maxBytes, whole),
    contentType: headers.get("content-type"),
    filename: filenameOf(headers.get("content-disposition"), url),
    finalUrl: url.href,
    etag: headers.get("etag"),
  };
}

function refusedAnswer(
  { status, headers }: Response,
  isConditional: boolean,
  maxBytes: number,
): AppError | null {
  if (status === 304 && isConditional) return null;
  // 206 would be a part that nobody asked for.
  if (status < 200 || status > 299 || status === 206)
    return new FetchFailure(
      `was answered with status ${status}`,
      isTransient(status) ? "transient" : "final",
      headers.get("retry-after"),
    );
  const coding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (!DECODED.has(coding)) return failed(`came in the content coding ${coding.slice(0, 40)}`);
  return Number(headers.get("content-length") ?? 0) > maxBytes ? tooLarge(maxBytes) : null;
}

/** The body's bytes until the limit or the time is up. Whoever stops reading ends the transfer. */
async function* counted(
  { body }: Response,
  maxBytes: number,
  whole: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  // Not every runtime ends a body with its request's signal; a read that is cancelled ends as if done.
  const stop = () => void reader.cancel().catch(() => {});
  whole.addEventListener("abort", stop, { once: true });
  try {
    for (let seen = 0; ; ) {
      const { done, value } = await reader.read().catch(() => {
        throw whole.aborted ? incomplete() : failed("broke off before its end", "transient");
      });
      if (whole.aborted) throw incomplete();
      if (done) return;
      seen += value.byteLength;
      if (seen > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
  } finally {
    whole.removeEventListener("abort", stop);
    stop();
  }
}

/** RFC 6266, as far as it is met: `filename*` in UTF-8 before `filename`. Only the last part of a path counts. */
function filenameOf(disposition: string | null, url: URL): string | null {
  const header = (disposition ?? "").slice(0, 2_000);
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
  const named = extended !== undefined ? decoded(extended) : (plain?.[1] ?? plain?.[2]);
  const path = named ?? decoded(url.pathname);
  const base = path
    .split(/[\\/]/)
    .at(-1)!
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a header may carry them, a name must not
    .replace(/[\u0000-\u001f\u007f]/g, "")
    .slice(0, 255);
  return base === "" || base === "." || base === ".." ? null : base;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const dismiss = (response: Response) => response.body?.cancel().catch(() => {});

const refusedUrl = (reason: string) =>
  fail("invalid_request", `The URL ${reason}.`, {
    errors: [{ pointer: "/url", message: `The URL ${reason}` }],
  });

const failed = (reason: string, kind?: FetchFailure["kind"]) => new FetchFailure(reason, kind);
const incomplete = () => failed("was not complete in time", "late");

const tooLarge = (maxBytes: number) =>
  fail(
    "payload_too_large",
    `What the URL leads to may have at most ${maxBytes} bytes (${maxBytes / 1e6} MB).`,
    {
      extra: { limit_bytes: maxBytes },
    },
  );
