// A stand-in for the address of a cluster: an HTTPS server with its own certificate authority, and the
// kubeconfig that leads to it.
import "reflect-metadata"; // x509 wants it and leaves it to its users.
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import * as x509 from "@peculiar/x509";
import { stringify } from "yaml";

export interface ApiServer {
  /** The kubeconfig of the server, with changes to it as a plain object. */
  kubeconfig(change?: (config: KubeconfigParts) => void): string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The parts of a kubeconfig that tests change. */
export interface KubeconfigParts {
  config: Record<string, unknown>;
  context: Record<string, unknown>;
  cluster: Record<string, unknown>;
  user: Record<string, unknown>;
}

/** Starts a server that answers as told. */
export async function startApiServer(answer: RequestListener): Promise<ApiServer> {
  const { key, certificate } = await selfSigned();
  const server = createServer({ key, cert: certificate }, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: (change) => kubeconfigOf(`https://127.0.0.1:${port}`, certificate, change),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A kubeconfig with one context. */
function kubeconfigOf(
  server: string,
  authority: string,
  change: (parts: KubeconfigParts) => void = () => {},
): string {
  const context = { cluster: "main", user: "admin" };
  const cluster = { server, "certificate-authority-data": Buffer.from(authority).toString("base64") };
  const user = { token: "hush-hush" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    contexts: [{ name: "main", context }],
    clusters: [{ name: "main", cluster }],
    users: [{ name: "admin", user }],
  };
  change({ config, context, cluster, user });
  return stringify(config);
}

/** A certificate for 127.0.0.1 that is its own authority, and its key; both as PEM. */
export async function selfSigned(): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=test",
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { key: x509.PemConverter.encode(key, "PRIVATE KEY"), certificate: certificate.toString("pem") };
}
