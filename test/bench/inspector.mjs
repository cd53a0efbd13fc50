const POLL_MS = 50;
/** A collection stops everything else for a tenth of a second. */
const COLLECT_MS = 250;

/** The heap of a Worker's isolate, as the runtime's inspector at `inspector` (http://HOST:PORT) tells it. */
export async function connectHeap(inspector, worker) {
  const targets = await (await fetch(`${inspector}/json`)).json();
  const target = targets.find(({ id }) => id === `core:user:${worker}`);
  if (!target) throw new Error(`The inspector knows no Worker ${worker}.`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  const waiting = new Map();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("The inspector was refused.")), { once: true });
  });
  const call = (method) => {
    const answer = new Promise((resolve) => waiting.set(++last, resolve));
    socket.send(JSON.stringify({ id: last, method }));
    return answer;
  };
  /** Bytes that V8 has in use, garbage among them, and those of array buffers. */
  const used = async () => {
    const { usedSize, backingStorageSize } = await call("Runtime.getHeapUsage");
    return { heap: usedSize, buffers: backingStorageSize, sum: usedSize + backingStorageSize };
  };
  /**
   * The greatest of each while `work` runs, as often as the isolate finds time to answer. `isLive`: after a collection each
   * time, so that no garbage is counted: V8 leaves tens of megabytes of array buffers uncollected where memory is plenty, and
   * what an isolate of less must hold is what is left.
   */
  const peakDuring = async (work, { isLive = false } = {}) => {
    if (isLive) await call("HeapProfiler.enable");
    const peak = { heap: 0, buffers: 0, sum: 0 };
    let isRunning = true;
    const poll = (async () => {
      while (isRunning) {
        if (isLive) await call("HeapProfiler.collectGarbage");
        for (const [name, bytes] of Object.entries(await used())) peak[name] = Math.max(peak[name], bytes);
        await new Promise((resolve) => setTimeout(resolve, isLive ? COLLECT_MS : POLL_MS));
      }
      if (isLive) await call("HeapProfiler.disable");
    })();
    await work().finally(() => {
      isRunning = false;
    });
    await poll;
    return peak;
  };
  return { used, peakDuring, close: () => socket.close() };
}
