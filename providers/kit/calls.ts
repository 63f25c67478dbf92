// The calls that are under way: each is answered exactly once, whatever its handler does, and can be aborted.
import type { handleUnaryCall } from "@grpc/grpc-js";
import { failedStatus } from "./failures.ts";

/** Answers a request or throws; `signal` is aborted when the engine cancels. */
export type Handler = (request: unknown, call: Call) => unknown;

/** What a handler may know of its call. */
export interface Call {
  /** Who calls: one engine command has one connection, also where many share a server. */
  peer: string;
  signal: AbortSignal;
}

export class Calls {
  readonly #running = new Map<Promise<void>, { peer: string; controller: AbortController }>();

  /** Makes a gRPC handler of a plain one. */
  answering(handler: Handler): handleUnaryCall<unknown, unknown> {
    return (call, callback) => {
      const controller = new AbortController();
      const peer = call.getPeer();
      const done = answer(handler, call.request, { peer, signal: controller.signal }).then(
        (response) => callback(null, response),
        (error: unknown) => callback(failedStatus(error)),
      );
      this.#running.set(done, { peer, controller });
      void done.finally(() => this.#running.delete(done));
    };
  }

  /** Aborts the calls of one peer, or all. */
  abort(peer?: string): void {
    for (const call of this.#running.values()) {
      if (peer === undefined || call.peer === peer) call.controller.abort(new Error("cancelled"));
    }
  }

  /** Waits until no call is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.keys());
  }
}

/** A promise also for a handler that throws before it returns one. */
async function answer(handler: Handler, request: unknown, call: Call): Promise<unknown> {
  return handler(request, call);
}
