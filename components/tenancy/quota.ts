// What a tenant's namespace may hold in all: the hard limits of its ResourceQuota.
import { type Fault, keyPath } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { parseQuantity, quantityFaults } from "../core/quantities.ts";

/** Quantities by the keys of a Kubernetes ResourceQuota, such as `requests.cpu`, `pods` or `count/jobs.batch`. */
export type Quota = Record<string, string>;

/** Room for a few small services. What reaches out of the namespace or runs on every node is 0: somebody has to ask. */
const defaults: Quota = {
  "requests.cpu": "4",
  "limits.cpu": "16",
  "requests.memory": "16Gi",
  "limits.memory": "32Gi",
  "requests.ephemeral-storage": "20Gi",
  "limits.ephemeral-storage": "40Gi",
  "requests.storage": "100Gi",
  persistentvolumeclaims: "10",
  pods: "50",
  services: "20",
  "services.loadbalancers": "0",
  "services.nodeports": "0",
  // Each revision that Helm keeps of a release is a Secret, and the cluster's CA is a ConfigMap in every namespace.
  secrets: "100",
  configmaps: "100",
  replicationcontrollers: "0",
  resourcequotas: "1",
  "count/serviceaccounts": "20",
  "count/deployments.apps": "30",
  "count/replicasets.apps": "300",
  "count/statefulsets.apps": "10",
  "count/daemonsets.apps": "0",
  "count/jobs.batch": "100",
  "count/cronjobs.batch": "20",
  "count/ingresses.networking.k8s.io": "20",
};

const amounts =
  /^(?:requests|limits)\.(?:cpu|memory|ephemeral-storage)$|^requests\.storage$|\/requests\.storage$/;
const domain = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+";

/** Kinds without an API group that can be counted. */
const coreKinds = [
  "configmaps",
  "endpoints",
  "limitranges",
  "persistentvolumeclaims",
  "pods",
  "podtemplates",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "serviceaccounts",
  "services",
];

/**
 * Keys beyond `defaults` that count something. The API server takes many more without a word and never counts them:
 * `count/deployments` (no group), `count/Pods`, `example.com/gpu` (no `requests.`), a class that is spelled otherwise.
 */
const otherKeys = [
  new RegExp(`^count/(?:${coreKinds.join("|")})$`),
  /^count\/[a-z][a-z0-9]*\.(?:apps|autoscaling|batch|policy)$/,
  new RegExp(`^count/[a-z][a-z0-9]*\\.${domain}$`),
  new RegExp(`^requests\\.${domain}/[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$`),
  /^requests\.hugepages-\d+[KMG]i$/,
  /^[a-z0-9][a-z0-9.-]*\.storageclass\.storage\.k8s\.io\/(?:requests\.storage|persistentvolumeclaims)$/,
];

/** The hard limits: the defaults, and over them what was asked for. */
export function hardQuota(asked: Quota = {}): Quota {
  return { ...defaults, ...asked };
}

/** Checks the keys and the quantities that were asked for. */
export function quotaFaults(path: string, asked: Quota = {}): Fault[] {
  return Object.entries(asked).flatMap(([key, value]) => {
    const faults = keyFaults(path, key);
    return faults.length > 0 ? faults : amountFaults(keyPath(path, key), key, value);
  });
}

function keyFaults(path: string, key: string): Fault[] {
  if (Object.hasOwn(defaults, key) || otherKeys.some((pattern) => pattern.test(key))) return [];
  const word = nearest(key, Object.keys(defaults));
  return [
    {
      path,
      value: key,
      problem: "has a key that counts nothing",
      allowed: `${Object.keys(defaults).join(", ")}; count/<plural>.<group>; requests.<domain>/<device>; <class>.storageclass.storage.k8s.io/requests.storage`,
      ...(word === undefined ? {} : { instead: `"${word}"` }),
    },
  ];
}

function amountFaults(path: string, key: string, value: string): Fault[] {
  const faults = quantityFaults(path, value);
  if (faults.length > 0) return faults;
  if (amounts.test(key)) return byteFaults(path, key, value);
  if (Number.isInteger(parseQuantity(value))) return [];
  return [{ path, value, problem: "is not a whole number", allowed: "0 or a whole number of objects" }];
}

/** `512m` of memory is half a byte; what was meant is `512Mi`. */
export function byteFaults(path: string, resource: string, value: string): Fault[] {
  if (/(?:^|\.)cpu$/.test(resource) || !/[num]$/.test(value)) return [];
  return [
    {
      path,
      value,
      problem: "is a fraction of a byte",
      allowed: "bytes with an optional suffix: k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei",
      instead: `"${value.slice(0, -1)}Mi"`,
    },
  ];
}
