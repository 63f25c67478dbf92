// One member's part of a release: the source, installed on that member's cluster.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { memberFaults } from "../core/members.ts";
import { countFaults } from "../core/quantities.ts";
import { HelmObjects } from "../kubernetes/helm-objects.ts";
import { HelmRelease, waitFaults } from "../kubernetes/helm-release.ts";
import { ManifestSet, type ManifestSetArgs } from "../kubernetes/manifests.ts";
import type { InstalledMember } from "./members.ts";
import type { MemberPlan } from "./plan.ts";
import type { HelmSource, Source } from "./source.ts";

/** What stands on one member. */
export interface MemberRelease {
  cluster: string;
  namespace: string;
  releaseName: string;
  /** Status in Helm's words, `deployed` when all went well; absent when Helm does not install the source. */
  status?: pulumi.Output<string>;
}

/** How a release is installed on each member. */
export interface InstallOptions {
  /** How long each member may take to become ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
  /**
   * Whether a release that fails on a member is rolled back there, or uninstalled when it is the first. Only for what
   * Helm installs. Defaults to true.
   */
  atomic?: boolean;
  /**
   * Whether the objects must become ready before a member's part is done; needs `atomic: false` to be false. Only for
   * what Helm installs. Defaults to true.
   */
  wait?: boolean;
  /**
   * The members on which a release of this name that somebody else has installed is taken over and changed to what is
   * wanted here: their names, or `true` for all members, on each of which it must exist. It changes nothing for
   * a member whose release is this program's already. Only for what Helm installs. Defaults to none: there Helm refuses.
   */
  adopt?: boolean | string[];
}

/** What one member's part is made of. */
export interface InstallArgs<V> extends InstallOptions {
  name: string;
  source: Source<V>;
  part: MemberPlan;
}

const defaults = { timeoutSeconds: 300, atomic: true, wait: true };
const timeoutRange: [number, number] = [1, 3600];

/** What is wrong with how a source is to be installed on `members`; `path` names the release. */
export function installFaults<V>(
  path: string,
  options: InstallOptions,
  { source, members }: { source: Source<V>; members: string[] },
): Fault[] {
  const { timeoutSeconds, atomic, wait } = { ...defaults, ...options };
  const faults = countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange);
  if (source.kind === "helm" && source.objects !== true)
    return [...faults, ...waitFaults(path, { atomic, wait }), ...adoptFaults(path, options, members)];
  const strange = (["atomic", "wait", "adopt"] as const).filter((key) => options[key] !== undefined);
  return [
    ...faults,
    ...strange.map((key) => ({
      path: keyPath(path, key),
      value: options[key],
      problem: "is for releases of Helm",
      allowed: "nothing here: the engine makes every object by itself, and waits for it",
    })),
  ];
}

function adoptFaults(path: string, { adopt }: InstallOptions, members: string[]): Fault[] {
  if (!Array.isArray(adopt)) return [];
  return adopt.flatMap((name) => memberFaults(`${path}.adopt`, name, members));
}

/** Installs the source on one member. */
export function installMember<V extends object>(
  install: InstallArgs<V>,
  opts: pulumi.ComponentResourceOptions,
): InstalledMember {
  const { name, source, part, timeoutSeconds = defaults.timeoutSeconds } = install;
  const { cluster, releaseName, namespace, namespaceResource, values } = part;
  const summary = { cluster, namespace, releaseName };
  const gone = namespaceResource === undefined ? {} : { deletedWith: namespaceResource };
  if (source.kind === "manifests") {
    const chart: ManifestSetArgs["chart"] = (app) =>
      source.render(values as V, cluster, { app, name: releaseName, namespace });
    const args = { cluster, chart, timeoutSeconds, namespace, ...gone };
    return { ...summary, resource: new ManifestSet(name, args, opts) };
  }
  if (source.objects === true) {
    const { chart, kubeVersion } = source;
    const version = kubeVersion === undefined ? {} : { kubeVersion };
    const args = { cluster, namespace, releaseName, chart, values, timeoutSeconds, ...version, ...gone };
    return { ...summary, resource: new HelmObjects(name, args, opts) };
  }
  const resource = installChart({ ...install, source }, opts);
  return { ...summary, status: resource.status, resource };
}

function installChart<V>(
  { name, source, part, adopt = false, ...options }: InstallArgs<V> & { source: HelmSource<V> },
  opts: pulumi.ComponentResourceOptions,
): HelmRelease {
  const { cluster, releaseName, namespace, namespaceResource, values } = part;
  const args = { ...options, cluster, namespace, releaseName, chart: source.chart, values };
  // The release waits for the namespace but does not go with it: Helm has hooks to run, and takes away what the chart
  // has put outside of the namespace.
  if (adopt === true || (Array.isArray(adopt) && adopt.includes(cluster.name))) {
    const after = namespaceResource === undefined ? {} : { dependsOn: namespaceResource };
    return new HelmRelease(name, { ...args, adopt: true }, pulumi.mergeOptions(opts, after));
  }
  const ready = namespaceResource?.urn.apply(() => namespace) ?? namespace;
  return new HelmRelease(name, { ...args, namespace: ready }, opts);
}
