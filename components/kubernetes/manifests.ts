// A cdk8s chart applied to one cluster: one Pulumi resource per object, so that preview shows each of its
// fields.
import * as pulumi from "@pulumi/pulumi";
import { App, type Chart } from "cdk8s";
import type { Fault } from "../core/errors.ts";
import { reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterRef } from "../core/refs.ts";
import { insideCluster } from "./connection.ts";

export interface ManifestSetArgs {
  /** The cluster that takes the objects. */
  cluster: ClusterRef;
  /**
   * The chart, or a function that makes it in the app it is given. Every object must have a `metadata.name`.
   */
  chart: Chart | ((app: App) => Chart);
  /**
   * What takes the objects with it when it is deleted, such as the Namespace they live in; the objects are
   * made after it. Defaults to what takes the whole cluster.
   */
  deletedWith?: pulumi.Resource;
  /** How long one object may take to become ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
}

const defaults = { timeoutSeconds: 300 };
const timeoutRange: [number, number] = [1, 3600];

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

/** An object as a chart renders it. */
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

/** The objects of a chart on one cluster. */
export class ManifestSet extends pulumi.ComponentResource {
  constructor(name: string, args: ManifestSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:ManifestSet", name, {}, opts);
    const { timeoutSeconds = defaults.timeoutSeconds, deletedWith } = args;
    const path = `ManifestSet("${name}")`;
    const { objects, namespace, faults } = synthesise(path, args.chart);
    if (reportFaults([...faults, ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange)]))
      return;

    const timeout = `${timeoutSeconds}s`;
    let earlier: pulumi.Resource[] = deletedWith === undefined ? [] : [deletedWith];
    for (const rank of byRank(objects)) {
      const options = insideCluster(args.cluster, {
        parent: this,
        dependsOn: earlier,
        customTimeouts: { create: timeout, update: timeout },
        ...(deletedWith === undefined ? {} : { deletedWith }),
      });
      earlier = rank.map(
        (object) =>
          new KubernetesObject(
            typeToken(object),
            childName(name, object, namespace),
            withSecretData(object),
            options,
          ),
      );
    }
    this.registerOutputs({});
  }
}

/**
 * An object of any kind. The classes of the Kubernetes package would only add types that a chart does not
 * need.
 */
class KubernetesObject extends pulumi.CustomResource {}

/** The objects of the chart, its namespace, and what is wrong with them. */
function synthesise(path: string, source: ManifestSetArgs["chart"]) {
  const chart = typeof source === "function" ? source(new App()) : source;
  const { namespace } = chart;
  const objects = chart.toJson() as Manifest[];
  const seen = new Set<string>();
  const faults = objects.flatMap((object, index): Fault[] => {
    const where = `${path}.chart[${index}].metadata.name`;
    const name = object.metadata?.name;
    if (typeof name !== "string" || name === "") {
      const problem = `of a ${object.kind} is missing`;
      return [{ path: where, problem, allowed: "a name; generateName makes another object each time" }];
    }
    const child = childName("", object, namespace);
    if (!seen.has(child)) {
      seen.add(child);
      return [];
    }
    const problem = `is the name of another ${object.kind} of the chart`;
    return [{ path: where, value: name, problem, allowed: "one object of a kind, namespace and name" }];
  });
  return { objects, namespace, faults };
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
 * `kubernetes:<group>/<version>:<Kind>`; the group of the oldest kinds, which the API leaves out, is `core`.
 */
function typeToken({ apiVersion, kind }: Manifest): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/**
 * The namespace is part of the name only where it is not the chart's own, so that a chart can move as a
 * whole.
 */
function childName(name: string, { kind, metadata }: Manifest, namespace: string | undefined): string {
  const elsewhere = metadata.namespace !== undefined && metadata.namespace !== namespace;
  const words = [name, kind.toLowerCase(), ...(elsewhere ? [metadata.namespace] : []), metadata.name];
  return words.join("-");
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
