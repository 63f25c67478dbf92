// How each program of a cluster is started: its flags, and the credentials that they name.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { firstAddress } from "./addresses.ts";
import { ensureAuthority, ensureCertificate, ensureSigningKey } from "./certificates.ts";
import { type Cluster, endpointOf, type ProgramName } from "./cluster.ts";
import { kubeconfig } from "./kubeconfig.ts";
import type { Command } from "./processes.ts";

/** Users of the cluster's own programs; each has a certificate and a kubeconfig of its own. */
const users = {
  administrator: { user: "administrator", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager" },
  scheduler: { user: "system:kube-scheduler" },
  // A stage may write to any kind, so the stand-in for the kubelets may do all.
  kwok: { user: "kwok", groups: ["system:masters"] },
};

const localhost = ["localhost", "127.0.0.1"];

/**
 * Makes what the programs read: certificates and kubeconfigs. etcd has an authority of its own: no certificate that is good
 * for the API server, such as a tenant's, opens the data behind it.
 */
export async function writeCredentials(cluster: Cluster): Promise<void> {
  const pki = join(cluster.directory, "pki");
  const authority = await ensureAuthority(pki, "ca");
  const etcdAuthority = await ensureAuthority(pki, "etcd-ca");
  const services = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const hosts = [...localhost, ...services, firstAddress(cluster.serviceCidr)];
  await ensureCertificate(pki, "kube-apiserver", { authority, subject: { user: "kube-apiserver", hosts } });
  await ensureCertificate(pki, "etcd", {
    authority: etcdAuthority,
    subject: { user: "etcd", hosts: localhost },
  });
  await ensureCertificate(pki, "etcd-client", {
    authority: etcdAuthority,
    subject: { user: "kube-apiserver" },
  });
  ensureSigningKey(pki);
  mkdirSync(join(cluster.directory, "kubeconfig"), { recursive: true, mode: 0o700 });
  for (const [name, subject] of Object.entries(users)) {
    const credentials = await ensureCertificate(pki, name, { authority, subject });
    const content = kubeconfig(cluster, authority.certificate, { user: subject.user, credentials });
    writeFileSync(join(cluster.directory, "kubeconfig", name), content, { mode: 0o600 });
  }
}

/** The command of a program. The folder of the Kubernetes programs is given, since several versions may be on PATH. */
export function commandOf(cluster: Cluster, program: ProgramName, kubernetes: string): Command {
  const { directory } = cluster;
  const folder = program.startsWith("kube-") ? `${kubernetes}/` : "";
  return {
    program: `${folder}${program}`,
    args: flags[program](cluster),
    directory,
    log: join(directory, "logs", `${program}.log`),
  };
}

/** Folders on PATH with a kube-apiserver, by its version; the first of a version wins. */
export function installedKubernetes(): Map<string, string> {
  const folders = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => existsSync(join(folder, "kube-apiserver")));
  const versions = new Map<string, string>();
  for (const folder of new Set(folders)) {
    const answer = execFileSync(join(folder, "kube-apiserver"), ["--version"], { encoding: "utf8" });
    const version = /v(\S+)/.exec(answer)?.[1];
    if (version !== undefined && !versions.has(version)) versions.set(version, folder);
  }
  return versions;
}

const flags: Record<ProgramName, (cluster: Cluster) => string[]> = {
  etcd: ({ name, directory, ports }) => {
    const client = `https://127.0.0.1:${ports.etcd}`;
    const peer = `https://127.0.0.1:${ports["etcd-peer"]}`;
    const pki = join(directory, "pki");
    return [
      `--name=${name}`,
      `--data-dir=${join(directory, "etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${name}=${peer}`,
      ...["", "peer-"].flatMap((kind) => [
        `--${kind}cert-file=${pki}/etcd.crt`,
        `--${kind}key-file=${pki}/etcd.key`,
        `--${kind}trusted-ca-file=${pki}/etcd-ca.crt`,
        `--${kind}client-cert-auth=true`,
      ]),
      "--auto-compaction-retention=1",
      // A killed process loses nothing, since the system still has what it wrote; only a power cut could.
      "--unsafe-no-fsync",
    ];
  },
  "kube-apiserver": (cluster) => {
    const { directory, ports, serviceCidr } = cluster;
    const pki = join(directory, "pki");
    return [
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${pki}/etcd-ca.crt`,
      `--etcd-certfile=${pki}/etcd-client.crt`,
      `--etcd-keyfile=${pki}/etcd-client.key`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${ports["kube-apiserver"]}`,
      `--tls-cert-file=${pki}/kube-apiserver.crt`,
      `--tls-private-key-file=${pki}/kube-apiserver.key`,
      `--client-ca-file=${pki}/ca.crt`,
      "--authorization-mode=Node,RBAC",
      "--allow-privileged=true",
      "--endpoint-reconciler-type=none",
      `--service-account-issuer=${endpointOf(cluster)}`,
      `--service-account-key-file=${pki}/service-account.pub`,
      `--service-account-signing-key-file=${pki}/service-account.key`,
      `--service-cluster-ip-range=${serviceCidr}`,
    ];
  },
  "kube-controller-manager": ({ directory, ports }) => [
    ...componentFlags(directory, "controller-manager", ports["kube-controller-manager"]),
    `--root-ca-file=${directory}/pki/ca.crt`,
    `--service-account-private-key-file=${directory}/pki/service-account.key`,
    "--use-service-account-credentials=true",
    "--kube-api-qps=200",
    "--kube-api-burst=400",
    // There is no network to give out addresses of, and no cloud behind Services and nodes.
    "--controllers=*,-node-ipam-controller,-node-route-controller,-service-lb-controller,-cloud-node-lifecycle-controller",
  ],
  "kube-scheduler": ({ directory, ports }) => componentFlags(directory, "scheduler", ports["kube-scheduler"]),
  kwok: ({ directory }) => [
    `--kubeconfig=${directory}/kubeconfig/kwok`,
    "--manage-all-nodes=true",
    `--config=${join(import.meta.dirname, "stages.yaml")}`,
    "--node-ip=127.0.0.1",
    "--cidr=10.244.0.0/16",
    "--node-lease-duration-seconds=40",
  ],
};

function componentFlags(directory: string, user: string, port: number): string[] {
  const credentials = `${directory}/kubeconfig/${user}`;
  return [
    `--kubeconfig=${credentials}`,
    `--authentication-kubeconfig=${credentials}`,
    `--authorization-kubeconfig=${credentials}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    "--leader-elect=false",
  ];
}
