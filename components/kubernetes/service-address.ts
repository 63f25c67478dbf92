// The address at which a Service on one cluster is reached from elsewhere.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRef } from "../core/refs.ts";
import { clusterProvider } from "./connection.ts";

export interface ServiceAddressArgs {
  /** The cluster that has the Service. */
  cluster: ClusterRef;
  /** Namespace of the Service. */
  namespace: string;
  /** Name of a Service of type LoadBalancer. */
  service: string;
  /**
   * What is known only when the Service is there, such as the status of the release that makes it: a preview from before
   * that does not ask for the Service. Defaults to nothing, for a Service that is there already.
   */
  after?: pulumi.Input<unknown>;
}

/** The part of a Service's status that is of interest here. */
interface ServiceStatus {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
}

/**
 * IP address or host name of a Service's load balancer. The Service is read, not made; one without an address is an
 * error. `name` is that of the read resource.
 */
export function serviceAddress(
  name: string,
  { cluster, namespace, service, after }: ServiceAddressArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const id = pulumi.all([after]).apply(() => `${namespace}/${service}`);
  const options = { provider: clusterProvider(cluster), ...opts };
  const { status } = kubernetes.core.v1.Service.get(name, id, options);
  return status.apply((found) => loadBalancerAddress(`${namespace}/${service} on ${cluster.name}`, found));
}

/** The address in the status of a Service; `place` names the Service in the error. */
export function loadBalancerAddress(place: string, status?: ServiceStatus): string {
  const { ip, hostname } = status?.loadBalancer?.ingress?.[0] ?? {};
  const address = ip || hostname;
  if (address) return address;
  const problem = "has no address: it must be of type LoadBalancer, and the load balancer be there";
  throw new pulumi.RunError(`the Service ${place} ${problem}`);
}
