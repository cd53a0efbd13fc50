/** Bytes of a model's answer at most: many times what the tokens that it may use come to. */
const MOST_BYTES = 2_000_000;

/**
 * A fetch for servers of models: no redirect is followed, since the key would go with it, and an answer that is larger
 * than any that was asked for breaks off.
 */
export const boundedFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "manual" });
    if (!response.body) return response;
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        bytes += piece.length;
        if (bytes > MOST_BYTES) controller.error(new Error("The answer of the model's server is too large."));
        else controller.enqueue(piece);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
