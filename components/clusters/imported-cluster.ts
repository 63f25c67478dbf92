// A cluster that exists already and was made by somebody else; deleting it from the program leaves it as it
// is.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import { checkedOutput } from "../core/inputs.ts";
import { registeredName, reportFaults } from "../core/program.ts";
import type { ClusterRef } from "../core/refs.ts";
import { clusterVersion } from "./cluster-version.ts";
import { type Cluster, type ClusterArgs, clusterFaults, refusedRef } from "./contract.ts";
import { kubeconfigFaults } from "./kubeconfig.ts";

export interface ImportedClusterArgs extends ClusterArgs {
  /**
   * Credentials as kubeconfig YAML, with a current context and with certificates and keys as data, not as
   * names of files; made a secret. The cluster must answer at the address from the machine that runs the
   * program.
   */
  kubeconfig: pulumi.Input<string>;
  /**
   * Whether the kubeconfig may run programs on that machine to get credentials, such as `aws`. Defaults to
   * false.
   */
  allowExec?: boolean;
}

const defaults = { cloud: "none", labels: {}, allowExec: false };

/** What is found out about a cluster as soon as its kubeconfig is known. */
interface Finding {
  kubeconfig: string;
  version: string;
  faults: Fault[];
}

/** A cluster that is used but not owned. What is put on it is deleted piece by piece. */
export class ImportedCluster extends pulumi.ComponentResource implements Cluster {
  readonly ref: ClusterRef;

  constructor(name: string, args: ImportedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:ImportedCluster", registeredName("ImportedCluster", name), {}, opts);
    const { cloud = defaults.cloud, labels = defaults.labels, role, region } = args;
    const said = { name, distribution: "imported", role, cloud, region, labels } as const;
    this.ref = refusedRef(said);
    const path = `ImportedCluster("${name}")`;
    if (reportFaults(clusterFaults(path, name, args))) return;

    const allowExec = args.allowExec ?? defaults.allowExec;
    const found = pulumi
      .secret(args.kubeconfig)
      .apply((kubeconfig) => examine(`${path}.kubeconfig`, kubeconfig, allowExec));
    const good = checkedOutput(found, ({ faults }) => faults);
    const kubeconfig = good.apply((finding) => finding.kubeconfig);
    // The version came out of the secret but is none: as a secret it would hide whatever it is written into.
    const version = pulumi.unsecret(good.apply((finding) => finding.version));
    this.ref = { ...said, version, kubeconfig };
    this.registerOutputs({ name, version });
  }
}

async function examine(path: string, kubeconfig: string, allowExec: boolean): Promise<Finding> {
  const faults = kubeconfigFaults(path, kubeconfig, allowExec);
  if (faults.length > 0) return { kubeconfig, version: "", faults };
  const answer = await clusterVersion(path, kubeconfig);
  return "fault" in answer
    ? { kubeconfig, version: "", faults: [answer.fault] }
    : { kubeconfig, version: answer.version, faults: [] };
}
