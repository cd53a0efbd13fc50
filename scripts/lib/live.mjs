const OPEN_PATIENCE_MS = 5_000;

/**
 * The tenant's live events over the native WebSocket, or with another `path` those of one stream. `next(matches,
 * patienceMs)` resolves with the first event from now on that matches; `onEvent(event, send)` hears all of them.
 */
export async function connectLive(url, token, { path = "/api/ws", onEvent = () => {} } = {}) {
  const address = `${url.replace(/^http/, "ws")}${path}`;
  const socket = new WebSocket(address, ["stratosmesh.v1", `bearer.${token}`]);
  const send = (message) => socket.send(JSON.stringify(message));
  const waiting = new Set();
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    onEvent(event, send);
    for (const waiter of [...waiting]) waiter(event);
  });

  function next(matches, patienceMs) {
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        waiting.delete(waiter);
        clearTimeout(timer);
        settle(value);
      };
      const waiter = (event) => matches(event) && end(resolve, event);
      const timer = setTimeout(
        () => end(reject, new Error(`No such event arrived on ${path} within ${patienceMs / 1000} s.`)),
        patienceMs,
      );
      waiting.add(waiter);
    });
  }

  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`The WebSocket ${path} was refused.`)), {
      once: true,
    });
    setTimeout(() => reject(new Error(`The WebSocket ${path} did not open.`)), OPEN_PATIENCE_MS).unref();
  });
  return {
    next,
    /** Resolves when the hub has taken the subscription. */
    async subscribe(topics) {
      const taken = next((message) => message.type === "subscribed", OPEN_PATIENCE_MS);
      send({ type: "subscribe", ...topics });
      await taken;
    },
    close: () => socket.close(),
  };
}
