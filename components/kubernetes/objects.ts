// Objects on one cluster: one Pulumi resource per object, so that preview shows each of its fields.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import type { ClusterRef } from "../core/refs.ts";
import { insideCluster } from "./connection.ts";
import { groupOf, isNamespacedKind } from "./object-kinds.ts";

/** An object as a chart renders it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

/** Where objects are made, and how. */
export interface ObjectPlace {
  cluster: ClusterRef;
  /** The component that the objects belong to. */
  parent: pulumi.Resource;
  /** Name of the component. */
  name: string;
  /** The chart's own namespace, which names of resources leave out. */
  namespace?: string;
  /** The Namespace of this name, which takes what lives in it with it when it is deleted. */
  deletedWith?: { namespace: string; resource: pulumi.Resource };
  /** How long one object may take to become ready. */
  timeoutSeconds: number;
  /** Whether an object stays on the cluster when it leaves the program. Defaults to none. */
  isKept?: (object: Manifest) => boolean;
}

/** Kinds in the order in which they are made; deletion goes the other way. */
const ranks = [
  ["Namespace", "CustomResourceDefinition", "PriorityClass", "RuntimeClass", "StorageClass", "IngressClass"],
  ["ServiceAccount", "Role", "ClusterRole", "ResourceQuota", "LimitRange", "NetworkPolicy"],
  ["RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "PersistentVolume", "PersistentVolumeClaim"],
  ["Service", "any other kind"],
  ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"],
  ["HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress", "APIService"],
  // Webhooks stand last: one that is there early refuses the objects that it needs to run.
  ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
];

/** Objects without a name, and objects given twice; each is told as `<path>[<index>]`. */
export function objectFaults(path: string, objects: Manifest[], namespace?: string): Fault[] {
  const seen = new Set<string>();
  return objects.flatMap((object, index): Fault[] => {
    const where = `${path}[${index}].metadata.name`;
    const name = object.metadata?.name;
    if (typeof name !== "string" || name === "") {
      const problem = `of a ${object.kind} is missing`;
      return [{ path: where, problem, allowed: "a name; generateName makes another object each time" }];
    }
    // The type of a resource tells groups apart, its name does not.
    const child = `${groupOf(object)} ${objectName({ name: "", namespace }, object)}`;
    if (!seen.has(child)) {
      seen.add(child);
      return [];
    }
    const problem = `is the name of another ${object.kind} of the chart`;
    return [
      { path: where, value: name, problem, allowed: "one object of a group, kind, namespace and name" },
    ];
  });
}

/**
 * Makes the objects in the order of their kinds, after all of `earlier`. Returns what has to be waited for by whoever
 * comes after them.
 */
export function makeObjects(
  objects: Manifest[],
  place: ObjectPlace,
  earlier: pulumi.Resource[],
): pulumi.Resource[] {
  return byRank(objects).reduce(
    (below, rank) =>
      rank.map((object) => {
        const retainOnDelete = place.isKept?.(object) ?? false;
        return makeObject(objectName(place, object), object, {
          ...objectOptions(place, object, below),
          ...(retainOnDelete ? { retainOnDelete } : {}),
        });
      }),
    earlier,
  );
}

/** Makes one object under a name in the program. */
export function makeObject(
  name: string,
  object: Manifest,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new KubernetesObject(typeToken(object), name, withSecretData(object), options);
}

/**
 * Options of an object that is made after `earlier`. What is not known to live in the Namespace that is deleted is deleted
 * by itself: the Namespace would leave it on the cluster.
 */
export function objectOptions(
  { cluster, parent, deletedWith, timeoutSeconds }: ObjectPlace,
  object: Manifest,
  earlier: pulumi.Resource[],
): pulumi.CustomResourceOptions {
  const inside = isNamespacedKind(object) && object.metadata.namespace === deletedWith?.namespace;
  const timeout = `${timeoutSeconds}s`;
  return insideCluster(cluster, {
    parent,
    dependsOn: earlier,
    customTimeouts: { create: timeout, update: timeout },
    ...(deletedWith !== undefined && inside ? { deletedWith: deletedWith.resource } : {}),
  });
}

/**
 * Name of the resource of an object. The namespace is part of it only where it is not the chart's own, so that a chart
 * can move as a whole.
 */
export function objectName(
  { name, namespace }: { name: string; namespace?: string | undefined },
  { kind, metadata }: Manifest,
): string {
  const elsewhere = metadata.namespace !== undefined && metadata.namespace !== namespace;
  const words = [name, kind.toLowerCase(), ...(elsewhere ? [metadata.namespace] : []), metadata.name];
  return words.join("-");
}

/** The objects in groups, in the order in which the groups are made. */
function byRank(objects: Manifest[]): Manifest[][] {
  const other = ranks.findIndex((kinds) => kinds.includes("any other kind"));
  const groups = ranks.map((): Manifest[] => []);
  for (const object of objects) {
    const listed = ranks.findIndex((kinds) => kinds.includes(object.kind));
    groups[listed === -1 ? other : listed]?.push(object);
  }
  return groups.filter((group) => group.length > 0);
}

/**
 * An object of any kind. The classes of the Kubernetes package would only add types that a chart does not
 * need.
 */
class KubernetesObject extends pulumi.CustomResource {}

/**
 * `kubernetes:<group>/<version>:<Kind>`; the group of the oldest kinds, which the API leaves out, is `core`.
 */
function typeToken({ apiVersion, kind }: Manifest): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** What a Secret holds is a secret for the engine too: in previews and in the state. */
function withSecretData(object: Manifest): pulumi.Inputs {
  if (object.kind !== "Secret" || object.apiVersion !== "v1") return { ...object };
  return {
    ...object,
    ...(object.data === undefined ? {} : { data: pulumi.secret(object.data) }),
    ...(object.stringData === undefined ? {} : { stringData: pulumi.secret(object.stringData) }),
  };
}
