import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const HOST = "127.0.0.1";

/** True when somebody answers on the port of the loopback address. */
export function isPortTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const end = (isTaken) => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.setTimeout(1_000, () => end(true));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** Waits until the port is free: a runtime that was told to stop holds it for a moment longer. */
export async function untilPortFree(port, patienceMs = 5_000) {
  const deadline = Date.now() + patienceMs;
  while (await isPortTaken(port)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
