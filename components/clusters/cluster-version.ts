// Asks a cluster for its version: the proof that its kubeconfig leads to it.
import { type RequestOptions, request } from "node:https";
import type { Fault } from "../core/errors.ts";

/** How long a cluster may take to answer. */
const patienceSeconds = 10;

const untrusted = "its certificate is not signed by the kubeconfig's certificate authority";

/** What the errors of a connection mean. The text of an error is never shown: it may quote credentials. */
const meanings: Record<string, string> = {
  ABORT_ERR: `no answer within ${patienceSeconds} seconds`,
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closes the connection",
  EHOSTUNREACH: "no way leads there",
  ENOTFOUND: "the host is not known",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another address",
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

/** The version of the cluster of a kubeconfig that has no faults, or why it does not tell it. */
export async function clusterVersion(
  path: string,
  kubeconfig: string,
): Promise<{ version: string } | { fault: Fault }> {
  // Loaded here, because most programs import no cluster.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const server = new URL(config.getCurrentCluster()?.server ?? "");
  const silent = (why: string): { fault: Fault } => ({
    fault: {
      path,
      value: server.origin,
      problem: `leads to a cluster that does not tell its version: ${why}`,
      allowed: "the kubeconfig of a cluster that answers from here",
    },
  });
  const options: RequestOptions = { signal: AbortSignal.timeout(patienceSeconds * 1000) };
  try {
    await config.applyToHTTPSOptions(options);
    const { status, body } = await get(`${server.href.replace(/\/$/, "")}/version`, options);
    if (status === 401 || status === 403) return silent(`it refuses the credentials (${status})`);
    const version = /"gitVersion":\s*"v(?<version>\d+\.\d+\.\d+)/.exec(body)?.groups?.["version"];
    return status === 200 && version !== undefined
      ? { version }
      : silent(`it is no Kubernetes API (${status})`);
  } catch (error) {
    const { code = "", name } = error as NodeJS.ErrnoException;
    return silent(meanings[code] ?? (code || name));
  } finally {
    if (typeof options.agent === "object") options.agent.destroy();
  }
}

function get(url: string, options: RequestOptions): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const sent = request(url, options, (response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      body += text;
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    response.on("error", reject);
  });
  sent.on("error", reject);
  sent.end();
  return promise;
}
