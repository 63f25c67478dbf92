// Labels by which the API server's own Pod Security admission keeps a namespace to the standard `restricted`.
// The standard: https://kubernetes.io/docs/concepts/security/pod-security-standards/
import type * as pulumi from "@pulumi/pulumi";

const modes = ["enforce", "audit", "warn"];

/**
 * The labels for a cluster of this version. They are pinned to its minor version, so that an upgrade of the control plane
 * shows what it tightens as a change of the namespace instead of refusing Pods overnight.
 */
export function podSecurityLabels(
  clusterVersion: pulumi.Output<string>,
): Record<string, pulumi.Input<string>> {
  const version = clusterVersion.apply(podSecurityVersion);
  return Object.fromEntries(
    modes.flatMap((mode): [string, pulumi.Input<string>][] => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
}

/** `v1.36` for 1.36.3. Throws on what is no such version: the API server takes labels of versions that do not exist. */
export function podSecurityVersion(clusterVersion: string): string {
  const { minor } = /^(?<minor>\d+\.\d+)\.\d+/.exec(clusterVersion)?.groups ?? {};
  if (minor !== undefined) return `v${minor}`;
  throw new Error(`"${clusterVersion}" is not a version of Kubernetes such as 1.36.3`);
}
