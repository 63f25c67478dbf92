import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { withCluster } from "../../../tools/cli/cluster-api.ts";
import { startApiServer } from "../../support/api-server.ts";

function read(kubeconfig: string, path: string, seconds = 10): Promise<unknown> {
  return withCluster(kubeconfig, seconds, (api) => api.read(path));
}

describe("a cluster", () => {
  it("is read with the credentials of its kubeconfig, and only read", async () => {
    await using server = await startApiServer(({ url, method, headers }, response) => {
      response.end(
        JSON.stringify({ url, method, authorization: headers.authorization, accept: headers.accept }),
      );
    });
    expect(await read(server.kubeconfig(), "/api/v1/namespaces")).toEqual({
      url: "/api/v1/namespaces",
      method: "GET",
      authorization: "Bearer hush-hush",
      accept: "application/json",
    });
  });

  it("tells what is not there apart from what may not be read", async () => {
    await using server = await startApiServer(({ url }, response) => {
      response.statusCode = url === "/secret" ? 403 : 404;
      response.end(JSON.stringify({ kind: "Status", message: "secrets is forbidden" }));
    });
    expect(await read(server.kubeconfig(), "/gone")).toBeUndefined();
    await expect(read(server.kubeconfig(), "/secret")).rejects.toThrow(
      "it answered /secret with 403: secrets is forbidden",
    );
  });

  it("that refuses connections is told at once", async () => {
    const server = await startApiServer(() => {});
    await server[Symbol.asyncDispose]();
    await expect(read(server.kubeconfig(), "/version")).rejects.toThrow("ECONNREFUSED");
  });

  it("that accepts connections and never answers costs its deadline and no more", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.resume())).listen(0, "127.0.0.1");
    await once(server, "listening");
    await using other = await startApiServer(() => {});
    const { port } = server.address() as AddressInfo;
    const kubeconfig = other.kubeconfig(({ cluster }) => {
      cluster["server"] = `https://127.0.0.1:${port}`;
    });
    const start = performance.now();
    await expect(read(kubeconfig, "/version", 0.2)).rejects.toThrow("it did not answer within 0.2 s");
    expect(performance.now() - start).toBeLessThan(5_000);
    // Nothing is left open that would keep the command from ending.
    await Promise.all(sockets.map((socket) => (socket.closed ? undefined : once(socket, "close"))));
    server.close();
  });

  it("whose credentials come from a program that does not end costs its deadline and no more", async () => {
    await using server = await startApiServer(() => {});
    const kubeconfig = server.kubeconfig(({ user }) => {
      delete user["token"];
      user["exec"] = { apiVersion: "client.authentication.k8s.io/v1", command: "sleep", args: ["5"] };
    });
    await expect(read(kubeconfig, "/version", 0.2)).rejects.toThrow("it did not answer within 0.2 s");
  });
});
