// Serves a provider to the Pulumi engine: a gRPC server that answers each call once and ends with its engine.
import { setTimeout as delay } from "node:timers/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { type Call, Calls, type Handler } from "./calls.ts";
import { protocol } from "./protocol.ts";
import type { Provider } from "./resource.ts";

const messageLimit = 400 * 1024 * 1024; // bytes; the engine's own

/** Milliseconds between two looks whether the engine still lives. */
const watchInterval = 500;

/** Milliseconds for the last answers to leave. The engine keeps its connection open, so its end is not to be waited for. */
const flushGrace = 50;

/** A server that runs. */
export interface Serving {
  port: number;
  /** Aborts the calls that are under way. */
  cancel(): void;
  /** Ends the server once the calls that are under way have been answered. */
  stop(): Promise<void>;
}

/** Serves until the engine says so or is gone. It reads the port from the first line of standard output. */
export async function serveProvider(provider: Provider): Promise<void> {
  const engine = process.ppid;
  // Of an engine that was killed only closed pipes are left: no reason to drop a call that is under way.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const serving = await startServer(provider);
  const end = async () => {
    await serving.stop();
    process.exit(0);
  };
  // The engine interrupts a plugin that it needs no longer and kills it five seconds later. An interrupt from the
  // terminal does not come here, because the engine gives every plugin a process group of its own.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      serving.cancel();
      void end();
    });
  }
  const watch = setInterval(() => {
    if (process.ppid === engine) return;
    clearInterval(watch);
    void end();
  }, watchInterval);
  process.stdout.write(`${serving.port}\n`);
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startServer(provider: Provider): Promise<Serving> {
  const server = new Server({
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
  });
  const calls = new Calls();
  const cancel = (_request: empties.Empty, { peer }: Call) => {
    calls.abort(peer);
    return new empties.Empty();
  };
  const handlers = Object.entries({ ...protocol(provider), cancel });
  server.addService(
    services.ResourceProviderService,
    Object.fromEntries(handlers.map(([name, handler]) => [name, calls.answering(handler as Handler)])),
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  const stop = async () => {
    await calls.settled();
    const closed = new Promise<void>((done) => server.tryShutdown(() => done()));
    await Promise.race([closed, delay(flushGrace)]);
    server.forceShutdown();
  };
  return { port: await promise, cancel: () => calls.abort(), stop };
}
