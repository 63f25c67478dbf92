import { describe, expect, it } from "vitest";
import { groupFaults, groupSubjects, type Role, roleRules, roles } from "../../components/tenancy/roles.ts";

function may(role: Role, verb: string, what: string): boolean {
  const [group = "", resource = ""] = what.includes(" ") ? what.split(" ") : ["", what];
  return roleRules(role).some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb),
  );
}

const writes = ["create", "update", "patch", "delete", "deletecollection"];

describe("roleRules", () => {
  it.each<[string, string, Role[]]>([
    ["get", "pods", ["owner", "developer", "viewer"]],
    ["get", "pods/log", ["owner", "developer", "viewer"]],
    ["delete", "pods", ["owner", "developer"]],
    ["create", "pods/exec", ["owner", "developer"]],
    ["get", "pods/exec", ["owner", "developer"]],
    ["patch", "apps deployments", ["owner", "developer"]],
    ["patch", "apps deployments/scale", ["owner", "developer"]],
    ["get", "apps deployments", ["owner", "developer", "viewer"]],
    ["create", "networking.k8s.io ingresses", ["owner", "developer"]],
    ["get", "secrets", ["owner"]],
    ["list", "secrets", ["owner"]],
    ["create", "secrets", ["owner"]],
    ["create", "serviceaccounts", ["owner"]],
    ["get", "resourcequotas", ["owner", "developer", "viewer"]],
    ["get", "namespaces", ["owner", "developer", "viewer"]],
    ["create", "apps daemonsets", []],
    ["list", "namespaces", []],
  ])("grants %s %s to %j and nobody else", (verb, what, expected) => {
    expect(roles.filter((role) => may(role, verb, what))).toEqual(expected);
  });

  it.each([
    "namespaces",
    "resourcequotas",
    "limitranges",
    "networking.k8s.io networkpolicies",
    "rbac.authorization.k8s.io roles",
    "rbac.authorization.k8s.io rolebindings",
  ])("lets nobody change %s, which bound the namespace", (what) => {
    const granted = roles.flatMap((role) => writes.filter((verb) => may(role, verb, what)));
    expect(granted).toEqual([]);
  });

  it("lets nobody become somebody else", () => {
    const verbs = roles.flatMap((role) => roleRules(role).flatMap((rule) => rule.verbs));
    for (const verb of ["impersonate", "bind", "escalate", "approve", "sign"])
      expect(verbs).not.toContain(verb);
    const resources = roles.flatMap((role) => roleRules(role).flatMap((rule) => rule.resources));
    for (const resource of [
      "serviceaccounts/token",
      "pods/proxy",
      "services/proxy",
      "nodes",
      "nodes/proxy",
    ]) {
      expect(resources).not.toContain(resource);
    }
  });

  it("has no wildcard, which would grant kinds that are installed later", () => {
    const words = roles.flatMap((role) =>
      roleRules(role).flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]),
    );
    expect(words.filter((word) => word.includes("*"))).toEqual([]);
  });

  it("gives a role everything that the roles below it have", () => {
    for (const [above, below] of [
      ["owner", "developer"],
      ["developer", "viewer"],
    ] as const) {
      const missing = roleRules(below).flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) =>
          verbs
            .filter((verb) => !may(above, verb, `${apiGroups[0]} ${resource}`))
            .map((verb) => `${verb} ${resource}`),
        ),
      );
      expect(missing, `${above} lacks of ${below}`).toEqual([]);
    }
  });

  it("leaves viewers nothing but looking", () => {
    const verbs = new Set(roleRules("viewer").flatMap((rule) => rule.verbs));
    expect([...verbs].sort()).toEqual(["get", "list", "watch"]);
  });
});

describe("groups", () => {
  it("become subjects of the RBAC group", () => {
    expect(groupSubjects(["oidc:payments"])).toEqual([
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "oidc:payments" },
    ]);
  });

  it("are taken as the identity provider spells them", () => {
    expect(groupFaults("owners", ["oidc:payments", "Payments Team", "8f3c-11"])).toEqual([]);
  });

  it("are refused when they are empty, padded, Kubernetes' own, or twice", () => {
    expect(groupFaults("owners", ["", "a ", "system:masters", "leads", "leads"])).toMatchObject([
      { path: "owners[0]", problem: "is not the name of a group" },
      { path: "owners[1]", problem: "is not the name of a group" },
      { path: "owners[2]", problem: "is a group of Kubernetes itself" },
      { path: "owners[4]", value: "leads", problem: "is listed twice" },
    ]);
  });
});
