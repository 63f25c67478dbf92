// Reads from the API server of any cluster, with the credentials of its kubeconfig and a deadline.
import type { Agent } from "node:http";
import { type RequestOptions, request } from "node:https";

/** A cluster that can be read from until its deadline. */
export interface ClusterApi {
  /** What stands at a path of the API; undefined when nothing does. Anything but an answer to that is an error. */
  read(path: string, accept?: string): Promise<unknown>;
}

/** How many questions a cluster is asked at once. */
const connections = 8;

/**
 * Calls `work` with a cluster. Ends after `seconds` at the latest, also when the cluster accepts connections and never
 * answers, or when the program that its kubeconfig names for credentials does not end.
 */
export async function withCluster<T>(
  kubeconfig: string,
  seconds: number,
  work: (api: ClusterApi) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = Promise.withResolvers<never>();
  const silent = () => late.reject(new Error(`it did not answer within ${seconds} s`));
  signal.addEventListener("abort", silent, { once: true });
  const options: RequestOptions = { signal };
  try {
    return await Promise.race([late.promise, openAndWork(kubeconfig, options, work)]);
  } finally {
    signal.removeEventListener("abort", silent);
    if (typeof options.agent === "object") options.agent.destroy();
  }
}

async function openAndWork<T>(
  kubeconfig: string,
  options: RequestOptions,
  work: (api: ClusterApi) => Promise<T>,
): Promise<T> {
  // Loaded here, because most commands ask no cluster.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  await config.applyToHTTPSOptions(options);
  Object.assign(options.agent as Agent, { keepAlive: true, maxSockets: connections });
  const server = (config.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
  return work({
    read: (path, accept = "application/json") =>
      get(`${server}${path}`, { ...options, headers: { ...options.headers, accept } }, path),
  });
}

function get(url: string, options: RequestOptions, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const sent = request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const { statusCode = 0 } = response;
      const body = Buffer.concat(chunks).toString("utf8");
      if (statusCode === 404) resolve(undefined);
      else if (statusCode === 200) resolve(JSON.parse(body));
      else reject(new Error(`it answered ${path} with ${statusCode}: ${messageIn(body)}`));
    });
  });
  sent.on("error", reject);
  sent.end();
  return promise;
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body.slice(0, 200);
  }
}
