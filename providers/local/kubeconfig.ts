// Kubeconfigs: an address, an authority and a certificate in the form that every Kubernetes program reads.
import { join } from "node:path";
import { stringify } from "yaml";
import { type Credentials, issueCertificate, readCredentials } from "./certificates.ts";
import { type Cluster, endpointOf } from "./cluster.ts";

/** The kubeconfig with which `user` reaches the cluster. */
export function kubeconfig(
  cluster: Cluster,
  authority: string,
  { user, credentials }: { user: string; credentials: Credentials },
): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": cluster.name,
    clusters: [
      {
        name: cluster.name,
        cluster: { server: endpointOf(cluster), "certificate-authority-data": base64(authority) },
      },
    ],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        },
      },
    ],
    contexts: [{ name: cluster.name, context: { cluster: cluster.name, user } }],
  });
}

/** The administrator's kubeconfig of a cluster. */
export function administratorKubeconfig(cluster: Cluster): string {
  const { authority, administrator } = credentialsOf(cluster);
  return kubeconfig(cluster, authority.certificate, { user: "administrator", credentials: administrator });
}

/**
 * Issues a certificate for a person and returns the kubeconfig with it. Nobody is asked: whoever can read the cluster's
 * folder is its administrator. The certificate is good for one day.
 */
export async function personKubeconfig(cluster: Cluster, user: string, groups: string[]): Promise<string> {
  const { authority } = credentialsOf(cluster);
  const credentials = await issueCertificate(authority, { user, groups }, 1);
  return kubeconfig(cluster, authority.certificate, { user, credentials });
}

function credentialsOf(cluster: Cluster): { authority: Credentials; administrator: Credentials } {
  const folder = join(cluster.directory, "pki");
  const authority = readCredentials(folder, "ca");
  const administrator = readCredentials(folder, "administrator");
  if (authority && administrator) return { authority, administrator };
  throw new Error(
    `the cluster ${cluster.name} has no certificates yet: its start was interrupted; run \`npm run up\``,
  );
}
