// A web server on this machine that stands in for the publishers' sites.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

type Answer = string | Buffer | ((response: ServerResponse) => void);

/** Ends with the test. */
export class Mirror {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", ((request, response) =>
      this.#answer(request.url ?? "", response)) as RequestListener);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
  }

  static async start(): Promise<Mirror> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new Mirror(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What is found at an official address; all else is 404. */
  serve(official: string, answer: Answer): void {
    this.#answers.set(official.replace("https:/", ""), answer);
  }

  #answer(path: string, response: ServerResponse): void {
    this.asked.push(path);
    const answer = this.#answers.get(path);
    if (typeof answer === "function") answer(response);
    else if (answer === undefined) response.writeHead(404).end("not here");
    else response.end(answer);
  }
}

/** A `.tar.gz` of files by their paths. */
export function archive(files: { [path: string]: string }): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-archive-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    execFileSync("tar", ["-czf", ".tar.gz", ...Object.keys(files)], { cwd: folder });
    return readFileSync(join(folder, ".tar.gz"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function checksum(content: string | Buffer, algorithm = "sha256"): string {
  return createHash(algorithm).update(content).digest("hex");
}

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
