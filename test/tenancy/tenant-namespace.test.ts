import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { hardQuota } from "../../components/tenancy/quota.ts";
import { roleRules } from "../../components/tenancy/roles.ts";
import { TenantNamespace, type TenantNamespaceArgs } from "../../components/tenancy/tenant-namespace.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { examine, faultsOf, only, record, recorded, urnList } from "../support/program.ts";
import { type Recorded, unknownInput } from "../support/requests.ts";

const types = {
  namespace: "kubernetes:core/v1:Namespace",
  quota: "kubernetes:core/v1:ResourceQuota",
  limits: "kubernetes:core/v1:LimitRange",
  boundary: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
};

class Machine extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Machine", name, {});
  }
}

const payments = (name: string, more: Partial<TenantNamespaceArgs> = {}) =>
  new TenantNamespace(name, {
    cluster: clusterRef("eu-1"),
    tenant: "payments",
    environment: "dev",
    owners: ["payments-leads"],
    developers: ["payments-developers", "platform"],
    viewers: ["auditors"],
    ...more,
  });

const objects = (resources: Recorded[]) => resources.filter(({ type }) => type.startsWith("kubernetes:"));

describe("TenantNamespace", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => payments(name, { tenant: name }));
    await expect(urnList(resources)).toMatchFileSnapshot("golden/tenant-namespace.txt");
    expect(only(resources, "breakwater:index:TenantNamespace").outputs).toEqual({ namespace: "one-dev" });
  });

  it("names the namespace by tenant and environment and says so in its labels", async () => {
    const { resources, result } = await recorded(
      () => payments("a", { labels: { "cost-centre": "4711" } }).ref,
    );
    expect(result).toMatchObject({ name: "payments-dev", cluster: { name: "eu-1" } });
    expect(only(resources, types.namespace).inputs["metadata"]).toEqual({
      name: "payments-dev",
      labels: {
        "cost-centre": "4711",
        "app.kubernetes.io/managed-by": "breakwater",
        "breakwater.internal/tenant": "payments",
        "breakwater.internal/environment": "dev",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "v1.36",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "v1.36",
      },
    });
  });

  it("previews all labels but the versions on a cluster that is not there yet", async () => {
    const version = pulumi.output(pulumi.unknown as unknown as string);
    const { resources } = await recorded(
      () => void payments("a", { cluster: clusterRef("eu-1", { version }) }),
      {
        mode: "preview",
      },
    );
    expect(only(resources, types.namespace).inputs["metadata"]).toMatchObject({
      labels: {
        "breakwater.internal/tenant": "payments",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": unknownInput,
      },
    });
  });

  it("bounds the namespace by quota, limits and network", async () => {
    const { resources } = await recorded(
      () => void payments("a", { quota: { pods: "5" }, limits: { max: { cpu: "2" } } }),
    );
    expect(only(resources, types.quota).inputs).toMatchObject({
      metadata: { name: "tenant-quota", namespace: "payments-dev" },
      spec: { hard: hardQuota({ pods: "5" }) },
    });
    expect(only(resources, types.limits).inputs).toMatchObject({
      metadata: { name: "tenant-limits", namespace: "payments-dev" },
      spec: { limits: [{ type: "Container", max: { cpu: "2", memory: "8Gi" } }] },
    });
    expect(only(resources, types.boundary).inputs).toMatchObject({
      metadata: { name: "tenant-boundary", namespace: "payments-dev" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
  });

  it("binds each group to its own role in the namespace", async () => {
    const { resources } = await recorded(() => void payments("a"));
    expect(only(resources, types.role, "a-role-developer").inputs).toMatchObject({
      metadata: { name: "breakwater:developer", namespace: "payments-dev" },
      rules: roleRules("developer"),
    });
    expect(only(resources, types.binding, "a-binding-developer").inputs).toMatchObject({
      metadata: { name: "breakwater:developer", namespace: "payments-dev" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "breakwater:developer" },
      subjects: [
        { kind: "Group", name: "payments-developers" },
        { kind: "Group", name: "platform" },
      ],
    });
  });

  it("makes no role that nobody has", async () => {
    const { resources } = await recorded(() => void payments("a", { developers: [], viewers: [] }));
    expect(resources.filter(({ type }) => type === types.role).map(({ name }) => name)).toEqual([
      "a-role-owner",
    ]);
    expect(resources.filter(({ type }) => type === types.binding)).toHaveLength(1);
  });

  it("lets nobody in before the namespace is bounded", async () => {
    const { resources } = await recorded(() => void payments("a"));
    const bounds = [`${types.limits}::a-limits`, `${types.quota}::a-quota`, `${types.boundary}::a-boundary`];
    for (const type of [types.role, types.binding]) {
      for (const { dependsOn } of resources.filter((one) => one.type === type)) {
        expect(dependsOn).toEqual(expect.arrayContaining(bounds));
      }
    }
  });

  it("lets its objects go with the namespace, and the namespace with the cluster", async () => {
    const { resources } = await recorded(
      () => void payments("a", { cluster: clusterRef("eu-1", { resource: new Machine("eu-1") }) }),
    );
    for (const { type, deletedWith } of objects(resources)) {
      const expected =
        type === types.namespace ? "test:index:Machine::eu-1" : `${types.namespace}::a-namespace`;
      expect(deletedWith, type).toBe(expected);
    }
  });

  it("reaches each cluster through that cluster's provider", async () => {
    const { resources } = await recorded(() => {
      payments("a-eu-1");
      payments("a-us-1", { cluster: clusterRef("us-1") });
    });
    expect(objects(resources)).toHaveLength(20);
    for (const { name, provider } of objects(resources)) {
      expect(provider, name).toBe(
        `pulumi:providers:kubernetes::${name.startsWith("a-eu-1") ? "eu-1" : "us-1"}`,
      );
    }
  });

  it("makes what depends on its ref wait until everybody is let in", async () => {
    const { resources } = await recorded(() => {
      const { resource } = payments("a").ref;
      new (class extends pulumi.CustomResource {})(
        "test:index:Machine",
        "late",
        {},
        { dependsOn: resource ? [resource] : [] },
      );
    });
    const { dependsOn } = only(resources, "test:index:Machine");
    expect(dependsOn).toEqual(
      expect.arrayContaining([`${types.quota}::a-quota`, `${types.binding}::a-binding-viewer`]),
    );
  });
});

describe("the arguments of a TenantNamespace", () => {
  it("are refused with every fault at once, and nothing is made", async () => {
    const make = () =>
      payments("a", {
        tenant: "Payments",
        owners: [],
        developers: ["system:authenticated"],
        quota: { pods: "many" },
        limits: { max: { cpu: "fast" } },
        labels: { "pod-security.kubernetes.io/enforce": "privileged", "-": "x" },
      });
    const path = 'TenantNamespace("a")';
    expect((await faultsOf(make)).map((fault) => [fault.path, fault.problem])).toEqual([
      [`${path}.tenant`, "is not a name"],
      [`${path}.developers[0]`, "is a group of Kubernetes itself"],
      [`${path}.owners`, "is empty"],
      [`${path}.quota.pods`, "is not a quantity"],
      [`${path}.limits.max.cpu`, "is not a quantity"],
      [`${path}.labels`, "has a key that Kubernetes does not accept"],
      [`${path}.labels["pod-security.kubernetes.io/enforce"]`, "is in a domain of Kubernetes or Breakwater"],
    ]);
    const { resources } = await record(make, { mode: "preview" });
    expect(objects(resources)).toEqual([]);
  });

  it.each([
    "breakwater.internal/tenant",
    "kubernetes.io/metadata.name",
    "app.kubernetes.io/managed-by",
    "topology.kubernetes.io/zone",
    "node.k8s.io/x",
  ])("may not set the label %s", async (key) => {
    expect(await faultsOf(() => payments("a", { labels: { [key]: "x" } }))).toMatchObject([
      {
        path: `TenantNamespace("a").labels["${key}"]`,
        problem: "is in a domain of Kubernetes or Breakwater",
      },
    ]);
  });

  it("may set labels that only look like those", async () => {
    const { resources } = await recorded(
      () => void payments("a", { labels: { "notkubernetes.io/x": "y", "example.com/kubernetes.io": "y" } }),
    );
    expect(only(resources, types.namespace).inputs).toMatchObject({
      metadata: { labels: { "notkubernetes.io/x": "y" } },
    });
  });

  it.each([
    ["kube", "system", "kube-system"],
    ["kube", "node-lease", "kube-node-lease"],
    ["breakwater", "dev", "breakwater-dev"],
  ])("may not make a namespace of the system out of %s and %s", async (tenant, environment, name) => {
    expect(await faultsOf(() => payments("a", { tenant, environment }))).toMatchObject([
      {
        path: 'TenantNamespace("a").tenant',
        problem: `makes the namespace "${name}", which is not a tenant's`,
      },
    ]);
  });

  it("may fill the 63 characters of a namespace and no more", async () => {
    const { resources } = await recorded(() => void payments("a", { tenant: "t".repeat(59) }));
    expect(only(resources, types.namespace).inputs).toMatchObject({
      metadata: { name: `${"t".repeat(59)}-dev` },
    });
    expect(await faultsOf(() => payments("a", { tenant: "t".repeat(60) }))).toMatchObject([
      { path: 'TenantNamespace("a").tenant', problem: expect.stringContaining("of 64 characters") },
    ]);
  });

  it("may claim a namespace once on a cluster, whatever tenant and environment spell it", async () => {
    const faults = await faultsOf(() => {
      payments("a", { tenant: "pay", environment: "eu-dev" });
      payments("b", { tenant: "pay-eu", environment: "dev" });
      payments("c", { tenant: "pay-eu", environment: "dev", cluster: clusterRef("us-1") });
    });
    expect(faults).toMatchObject([
      {
        path: 'TenantNamespace("b")',
        problem: 'makes the namespace "pay-eu-dev" on eu-1, which TenantNamespace("a") has already',
      },
    ]);
  });
});
