// One process at a time, for all processes of this machine that name the same folder. The lock is a listening socket
// in Linux's abstract namespace: it ends with its process however that dies, so nothing stale is ever left to judge.
import { createHash } from "node:crypto";
import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Gives the lock back. */
type Release = () => Promise<void>;

/** Takes the lock of `folder`; `onWait` is told the owner's process id whenever another process has it. */
export async function takeLock(
  folder: string,
  onWait: (owner: string) => void,
  signal: AbortSignal,
): Promise<Release> {
  const address = `\0breakwater-${createHash("sha256").update(folder).digest("hex").slice(0, 40)}`;
  for (;;) {
    signal.throwIfAborted();
    const release = await listen(address);
    if (release) return release;
    await untilReleased(address, onWait, signal);
  }
}

/** Undefined when another process listens there. Who connects is told our process id and hangs on until we end. */
function listen(address: string): Promise<Release | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Release | undefined>();
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on("error", () => {}).on("close", () => waiting.delete(socket));
    socket.write(String(process.pid));
  });
  server.once("error", (error: NodeJS.ErrnoException) =>
    error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
  );
  server.listen(address, () =>
    resolve(() => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of waiting) socket.destroy();
      return closed;
    }),
  );
  return promise;
}

async function untilReleased(
  address: string,
  onWait: (owner: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = createConnection(address);
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop);
  socket.on("data", (owner) => onWait(owner.toString()));
  socket.on("error", () => {}); // it ended while we connected
  socket.on("close", () => resolve());
  await promise;
  signal.removeEventListener("abort", stop);
  await delay(20);
}
