// Asks the API server of a cluster, as its administrator.
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readCredentials } from "./certificates.ts";
import type { Cluster } from "./cluster.ts";

/** An answer: its status code and body. */
interface Answer {
  status: number;
  body: string;
}

/** An object of the API, as far as we look at it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [field: string]: unknown };
  [field: string]: unknown;
}

/** One call of the API. An answer of any status is an answer; only no answer at all is an error. */
export function ask(
  cluster: Cluster,
  path: string,
  { method = "GET", body }: { method?: string; body?: unknown } = {},
): Promise<Answer> {
  const pki = join(cluster.directory, "pki");
  const administrator = readCredentials(pki, "administrator");
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const call = request(
    {
      host: "127.0.0.1",
      port: cluster.ports["kube-apiserver"],
      path,
      method,
      ca: readCredentials(pki, "ca")?.certificate,
      cert: administrator?.certificate,
      key: administrator?.key,
      timeout: 10_000,
      headers: method === "PATCH" ? { "content-type": "application/apply-patch+yaml" } : {},
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    },
  );
  call.on("timeout", () => call.destroy(new Error(`the API server did not answer within 10 s`)));
  call.on("error", reject);
  call.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

/** Like `ask`, for what must succeed: returns the parsed body. */
export async function demand(
  cluster: Cluster,
  path: string,
  call: { method?: string; body?: unknown } = {},
): Promise<unknown> {
  const { status, body } = await ask(cluster, path, call);
  if (status >= 200 && status < 300) return JSON.parse(body);
  throw new Error(`${call.method ?? "GET"} ${path} was answered with ${status}: ${body}`);
}

/** Server-side apply of an object at its path. */
export function apply(cluster: Cluster, path: string, object: KubernetesObject): Promise<unknown> {
  return demand(cluster, `${path}?fieldManager=breakwater&force=true`, { method: "PATCH", body: object });
}

/** Waits until the path is answered with 200. `check` throws when there is no more hope. */
export async function untilFound(cluster: Cluster, path: string, check: () => void): Promise<void> {
  for (;;) {
    check();
    const answer = await ask(cluster, path).catch(() => undefined);
    if (answer?.status === 200) return;
    await delay(50);
  }
}
