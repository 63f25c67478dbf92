// How objects reach a cluster: one Kubernetes provider per cluster and program, because each is a process of
// its own.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "../core/program.ts";
import type { ClusterRef } from "../core/refs.ts";

/**
 * The provider of a cluster, named after it. The first call of a program makes it, later calls return the
 * same.
 */
export function clusterProvider(cluster: ClusterRef): kubernetes.Provider {
  return oncePerProgram(`kubernetes-provider ${cluster.name}`, () => makeProvider(cluster));
}

/**
 * Options of an object that lives in a cluster: it is reached through the cluster's provider, and goes with
 * the cluster instead of being deleted one by one. `opts` wins, e.g. with the namespace as `deletedWith`.
 */
export function insideCluster(
  cluster: ClusterRef,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  return { provider: clusterProvider(cluster), ...whereGiven(cluster.resource), ...opts };
}

function makeProvider(cluster: ClusterRef): kubernetes.Provider {
  return new kubernetes.Provider(cluster.name, {
    kubeconfig: pulumi.secret(cluster.kubeconfig),
    // Without it a changed address or certificate would replace every object of the cluster.
    clusterIdentifier: cluster.name,
    kubeClientSettings: { qps: 200, burst: 400 },
    // A changed ConfigMap or Secret is an update. As a replacement it is deleted first, and when that delete
    // fails, an engine that continues on errors never ends.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}

function whereGiven(resource: pulumi.Resource | undefined): pulumi.CustomResourceOptions {
  return resource === undefined ? {} : { deletedWith: resource };
}
