// Who may do what in a tenant's namespace, as one table.
// Roles of our own instead of the built-in admin, edit and view: those let their holders change NetworkPolicies, act as
// any ServiceAccount and read tokens, and every operator that is installed can widen them by a label.
import type { Fault } from "../core/errors.ts";

/** From the most to the least powerful. */
export const roles = ["owner", "developer", "viewer"] as const;

export type Role = (typeof roles)[number];

const read = ["get", "list", "watch"];
const write = [...read, "create", "update", "patch", "delete", "deletecollection"];
const none: string[] = [];

interface Grant extends Record<Role, string[]> {
  /** API group; empty for the oldest kinds. */
  group: string;
  resources: string[];
}

/**
 * What is not in the table is denied. By intent it grants nobody a change of what bounds the namespace (its labels, quota,
 * limits, NetworkPolicies, Roles and RoleBindings), another identity (impersonation, tokens), or a wildcard.
 */
const grants: Grant[] = [
  { group: "", resources: ["pods", "services", "configmaps"], owner: write, developer: write, viewer: read },
  { group: "", resources: ["persistentvolumeclaims"], owner: write, developer: write, viewer: read },
  { group: "", resources: ["pods/log"], owner: ["get"], developer: ["get"], viewer: ["get"] },
  {
    group: "",
    // A shell asks for `get` or `create`, depending on the age of the client.
    resources: ["pods/exec", "pods/attach", "pods/portforward"],
    owner: ["get", "create"],
    developer: ["get", "create"],
    viewer: none,
  },
  { group: "", resources: ["pods/eviction"], owner: ["create"], developer: ["create"], viewer: none },
  { group: "", resources: ["secrets"], owner: write, developer: none, viewer: none },
  { group: "", resources: ["serviceaccounts"], owner: write, developer: read, viewer: read },
  {
    group: "",
    resources: ["resourcequotas", "limitranges", "replicationcontrollers", "endpoints", "events"],
    owner: read,
    developer: read,
    viewer: read,
  },
  // Bound in a namespace, this reaches that one namespace and no list of them.
  { group: "", resources: ["namespaces"], owner: ["get"], developer: ["get"], viewer: ["get"] },
  {
    group: "apps",
    resources: ["deployments", "statefulsets", "replicasets"],
    owner: write,
    developer: write,
    viewer: read,
  },
  {
    group: "apps",
    resources: ["deployments/scale", "statefulsets/scale", "replicasets/scale"],
    owner: ["get", "update", "patch"],
    developer: ["get", "update", "patch"],
    viewer: ["get"],
  },
  {
    group: "apps",
    resources: ["daemonsets", "controllerrevisions"],
    owner: read,
    developer: read,
    viewer: read,
  },
  { group: "batch", resources: ["jobs", "cronjobs"], owner: write, developer: write, viewer: read },
  {
    group: "autoscaling",
    resources: ["horizontalpodautoscalers"],
    owner: write,
    developer: write,
    viewer: read,
  },
  { group: "policy", resources: ["poddisruptionbudgets"], owner: write, developer: write, viewer: read },
  { group: "networking.k8s.io", resources: ["ingresses"], owner: write, developer: write, viewer: read },
  { group: "networking.k8s.io", resources: ["networkpolicies"], owner: read, developer: read, viewer: read },
  {
    group: "rbac.authorization.k8s.io",
    resources: ["roles", "rolebindings"],
    owner: read,
    developer: read,
    viewer: read,
  },
  { group: "coordination.k8s.io", resources: ["leases"], owner: write, developer: write, viewer: read },
  { group: "discovery.k8s.io", resources: ["endpointslices"], owner: read, developer: read, viewer: read },
  { group: "events.k8s.io", resources: ["events"], owner: read, developer: read, viewer: read },
  { group: "metrics.k8s.io", resources: ["pods"], owner: read, developer: read, viewer: read },
];

/** The rules of a role, as in a Kubernetes Role. */
export function roleRules(role: Role) {
  return grants
    .filter((grant) => grant[role].length > 0)
    .map((grant) => ({ apiGroups: [grant.group], resources: grant.resources, verbs: grant[role] }));
}

/** The subjects of a RoleBinding to groups of the identity provider. */
export function groupSubjects(groups: string[]) {
  return groups.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name }));
}

/** Checks groups that a role is given to. */
export function groupFaults(path: string, groups: string[]): Fault[] {
  return groups.flatMap((group, index) => {
    const where = `${path}[${index}]`;
    if (group.trim() !== group || group === "") {
      const allowed = "the name of a group as the identity provider sends it";
      return [{ path: where, value: group, problem: "is not the name of a group", allowed }];
    }
    if (group.startsWith("system:")) {
      const allowed = "groups of people; Kubernetes' own groups hold whole clusters or everybody";
      return [{ path: where, value: group, problem: "is a group of Kubernetes itself", allowed }];
    }
    if (groups.indexOf(group) < index) {
      return [{ path: where, value: group, problem: "is listed twice", allowed: "each group once" }];
    }
    return [];
  });
}
