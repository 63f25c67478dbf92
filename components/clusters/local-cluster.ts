// A cluster on this machine: a real control plane, with nodes that only pretend to run what is scheduled on
// them.
import * as pulumi from "@pulumi/pulumi";
import { cidrFaults } from "../core/cidr.ts";
import type { Fault } from "../core/errors.ts";
import { registeredName, reportFaults } from "../core/program.ts";
import type { ClusterRef } from "../core/refs.ts";
import { type Cluster, clusterFaults, type ProvisionedClusterArgs, refusedRef } from "./contract.ts";
import { nodePool, nodePoolsFaults } from "./node-pool.ts";

export interface LocalClusterArgs extends ProvisionedClusterArgs {
  /**
   * IPv4 block of the cluster's Service addresses, /12 to /24. Defaults to one that no other cluster of the
   * machine has.
   */
  serviceCidr?: string;
}

const defaults = { cloud: "none", labels: {} };

/** The API server takes no block larger than /12; below /24 a few releases would use it up. */
const servicePrefix = { shortest: 12, longest: 24 };

/** A control plane on this machine and its nodes. */
export class LocalCluster extends pulumi.ComponentResource implements Cluster {
  readonly ref: ClusterRef;

  constructor(name: string, args: LocalClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:LocalCluster", registeredName("LocalCluster", name), {}, opts);
    const { cloud = defaults.cloud, labels = defaults.labels, role, region } = args;
    const said = { name, distribution: "local", role, cloud, region, labels } as const;
    this.ref = refusedRef(said);
    if (reportFaults(localClusterFaults(`LocalCluster("${name}")`, name, args))) return;

    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        name,
        environment: pulumi.getStack(),
        region,
        version: args.version,
        serviceCidr: args.serviceCidr,
        nodePools: Object.fromEntries(
          Object.entries(args.nodePools).map(([pool, poolArgs]) => [pool, nodePool(poolArgs)]),
        ),
      },
      { parent: this },
    );
    const { version, kubeconfig, endpoint } = controlPlane;
    this.ref = { ...said, version, kubeconfig: pulumi.secret(kubeconfig), resource: controlPlane };
    this.registerOutputs({ name, version, endpoint });
  }
}

/** The resource of our own provider plugin behind the cluster. */
class ControlPlane extends pulumi.CustomResource {
  declare readonly version: pulumi.Output<string>;
  declare readonly kubeconfig: pulumi.Output<string>;
  declare readonly endpoint: pulumi.Output<string>;

  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = { kubeconfig: undefined, endpoint: undefined };
    super(
      "breakwater-local:index:ControlPlane",
      name,
      { ...inputs, ...outputs },
      {
        ...opts,
        additionalSecretOutputs: ["kubeconfig"],
      },
    );
  }
}

function localClusterFaults(path: string, name: string, args: LocalClusterArgs): Fault[] {
  return [
    ...clusterFaults(path, name, args),
    ...(args.version === undefined ? [] : versionFaults(`${path}.version`, args.version)),
    ...(args.serviceCidr === undefined ? [] : serviceCidrFaults(`${path}.serviceCidr`, args.serviceCidr)),
    ...nodePoolsFaults(`${path}.nodePools`, args.nodePools),
  ];
}

function versionFaults(path: string, value: string): Fault[] {
  if (/^\d+\.\d+\.\d+$/.test(value)) return [];
  const bare = value.replace(/^v/, "");
  const instead = /^\d+\.\d+\.\d+$/.test(bare) ? { instead: `"${bare}"` } : {};
  return [
    {
      path,
      value,
      problem: "is not a Kubernetes version",
      allowed: "major.minor.patch, such as 1.36.3",
      ...instead,
    },
  ];
}

function serviceCidrFaults(path: string, value: string): Fault[] {
  const faults = cidrFaults(path, value);
  const isBlock = faults.every(({ instead }) => instead !== undefined);
  const prefix = Number(value.split("/")[1]);
  const fits = prefix >= servicePrefix.shortest && prefix <= servicePrefix.longest && !value.includes(":");
  if (fits || !isBlock) return faults;
  return [
    {
      path,
      value,
      problem: "does not serve for Service addresses",
      allowed: `an IPv4 block from /${servicePrefix.shortest} to /${servicePrefix.longest}`,
    },
  ];
}
