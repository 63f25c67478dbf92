// A tenant's namespace on one cluster: made ready and bounded before anybody is let in.
// The objects are typed resources of the Kubernetes package, not a chart: the Pod Security labels need the cluster's
// version, which is known only at deploy time, and a chart takes plain values.
import * as core from "@pulumi/kubernetes/core/v1/index.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/index.js";
import * as rbac from "@pulumi/kubernetes/rbac/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { labelFaults, labelPrefix, managedLabels } from "../core/labels.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { claim, reportFaults } from "../core/program.ts";
import type { ClusterRef, NamespaceRef } from "../core/refs.ts";
import { insideCluster } from "../kubernetes/connection.ts";
import { type ContainerLimits, containerLimits, limitFaults } from "./container-limits.ts";
import { networkBoundary } from "./network-boundary.ts";
import { podSecurityLabels } from "./pod-security.ts";
import { hardQuota, type Quota, quotaFaults } from "./quota.ts";
import { groupFaults, groupSubjects, type Role, roleRules, roles } from "./roles.ts";

export interface TenantNamespaceArgs {
  /** The cluster that takes the namespace. */
  cluster: ClusterRef;
  /**
   * The team. With the environment it names the namespace, `<tenant>-<environment>`, which is a DNS label of at most 63
   * characters and on a cluster belongs to one tenant. Names that begin with `kube-` or `breakwater-` are not handed out.
   */
  tenant: string;
  /** What the tenant uses the namespace for, such as `dev` or `prod`; a DNS label. */
  environment: string;
  /**
   * Groups of the identity provider, as it spells them, at least one. Owners run workloads and hold the Secrets. Nobody of
   * the tenant can change the namespace's quota, limits, network boundary, Pod Security labels or roles.
   */
  owners: string[];
  /** Groups that run workloads, with shells in them, but do not read Secrets. Defaults to none. */
  developers?: string[];
  /** Groups that look at everything but Secrets. Defaults to none. */
  viewers?: string[];
  /**
   * What the namespace may hold in all, by the keys of a Kubernetes ResourceQuota; laid over the defaults in `quota.ts`, which give
   * 4 cores and 16Gi of memory in requests, 50 Pods, and no LoadBalancers, NodePorts or DaemonSets.
   * Plain, so that what teams have in sum can be told before anything is applied.
   */
  quota?: Quota;
  /** What one container gets when it does not say, and the most it may ask for. */
  limits?: ContainerLimits;
  /** Further labels of the namespace. Labels that Kubernetes or Breakwater read are not allowed. Defaults to none. */
  labels?: Record<string, string>;
}

/** Beginnings of namespace names that belong to Kubernetes and to the platform. */
const reservedNames = ["kube-", "breakwater-"];

/** Labels that decide what a namespace may do: their values come from the other arguments only. */
const reservedLabels = /^(?:[^/]+\.)?(?:k8s\.io|kubernetes\.io|breakwater\.internal)\//;

/** One tenant × environment × cluster. */
export class TenantNamespace extends pulumi.ComponentResource {
  /**
   * For what is put into the namespace. Its resource is this component, so that what depends on it comes after quota, limits and
   * boundary too.
   */
  readonly ref: NamespaceRef;

  constructor(name: string, args: TenantNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:TenantNamespace", name, {}, opts);
    const { cluster, tenant, environment } = args;
    const namespaceName = `${tenant}-${environment}`;
    this.ref = { name: namespaceName, cluster, resource: this };
    if (reportFaults(argumentFaults(`TenantNamespace("${name}")`, args))) return;

    const labels = managedLabels({
      [`${labelPrefix}/tenant`]: tenant,
      [`${labelPrefix}/environment`]: environment,
    });
    const namespace = new core.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: namespaceName,
          labels: { ...args.labels, ...labels, ...podSecurityLabels(cluster.version) },
        },
      },
      insideCluster(cluster, { parent: this }),
    );
    const metadata = { namespace: namespaceName, labels };
    const options = insideCluster(cluster, { parent: this, deletedWith: namespace, dependsOn: [namespace] });
    const bounds = [
      new core.ResourceQuota(
        `${name}-quota`,
        { metadata: { ...metadata, name: "tenant-quota" }, spec: { hard: hardQuota(args.quota) } },
        options,
      ),
      new core.LimitRange(
        `${name}-limits`,
        {
          metadata: { ...metadata, name: "tenant-limits" },
          spec: { limits: [containerLimits(args.limits)] },
        },
        options,
      ),
      new NetworkPolicy(
        `${name}-boundary`,
        { metadata: { ...metadata, name: "tenant-boundary" }, spec: networkBoundary() },
        options,
      ),
    ];
    // The tenant is let in last. The provider waits until a quota counts; before that, objects slip through.
    bindRoles(name, args, { metadata, options: { ...options, dependsOn: bounds } });
    this.registerOutputs({ namespace: namespace.metadata.name });
  }
}

/** A Role and its RoleBinding for every role that somebody has. */
function bindRoles(
  name: string,
  args: TenantNamespaceArgs,
  { metadata, options }: { metadata: object; options: pulumi.CustomResourceOptions },
): void {
  for (const role of roles) {
    const groups = groupsOf(args, role);
    if (groups.length === 0) continue;
    const named = { ...metadata, name: `breakwater:${role}` };
    const object = new rbac.Role(
      `${name}-role-${role}`,
      { metadata: named, rules: roleRules(role) },
      options,
    );
    new rbac.RoleBinding(
      `${name}-binding-${role}`,
      {
        metadata: named,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: object.metadata.name },
        subjects: groupSubjects(groups),
      },
      options,
    );
  }
}

function groupsOf(args: TenantNamespaceArgs, role: Role): string[] {
  const { owners, developers = [], viewers = [] } = args;
  return { owner: owners, developer: developers, viewer: viewers }[role];
}

function argumentFaults(path: string, args: TenantNamespaceArgs): Fault[] {
  return [
    ...nameFaults(path, args),
    ...roles.flatMap((role) => groupFaults(`${path}.${role}s`, groupsOf(args, role))),
    ...(args.owners.length > 0
      ? []
      : [{ path: `${path}.owners`, value: [], problem: "is empty", allowed: "one group or more" }]),
    ...quotaFaults(`${path}.quota`, args.quota),
    ...limitFaults(`${path}.limits`, args.limits),
    ...namespaceLabelFaults(`${path}.labels`, args.labels ?? {}),
  ];
}

function nameFaults(path: string, { cluster, tenant, environment }: TenantNamespaceArgs): Fault[] {
  const faults = [
    ...dnsLabelFaults(`${path}.tenant`, tenant),
    ...dnsLabelFaults(`${path}.environment`, environment),
  ];
  if (faults.length > 0) return faults;
  const name = `${tenant}-${environment}`;
  if (name.length > 63) {
    const problem = `makes the namespace "${name}" of ${name.length} characters`;
    return [
      { path: `${path}.tenant`, value: tenant, problem, allowed: "63 characters for <tenant>-<environment>" },
    ];
  }
  const reserved = reservedNames.find((start) => name.startsWith(start));
  if (reserved !== undefined) {
    const problem = `makes the namespace "${name}", which is not a tenant's`;
    const allowed = `a name that does not begin with ${reservedNames.map((start) => `"${start}"`).join(" or ")}`;
    return [{ path: `${path}.tenant`, value: tenant, problem, allowed }];
  }
  const earlier = claim("namespace", `${cluster.name}/${name}`, path);
  if (earlier === undefined) return [];
  const problem = `makes the namespace "${name}" on ${cluster.name}, which ${earlier} has already`;
  return [{ path, problem, allowed: "one TenantNamespace for a tenant, an environment and a cluster" }];
}

function namespaceLabelFaults(path: string, labels: Record<string, string>): Fault[] {
  return [
    ...labelFaults(path, labels),
    ...Object.entries(labels)
      .filter(([key]) => reservedLabels.test(key))
      .map(([key, value]) => ({
        path: keyPath(path, key),
        value,
        problem: "is in a domain of Kubernetes or Breakwater",
        allowed: "labels with a prefix of your own, or with none",
      })),
  ];
}
