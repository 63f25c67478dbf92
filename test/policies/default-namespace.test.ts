import { describe, expect, it } from "vitest";
import { defaultNamespace } from "../../policies/rules/default-namespace.ts";
import { faultsOf } from "./faults.ts";

const problems = (type: string, props: Record<string, unknown>) =>
  faultsOf(defaultNamespace, { type, props }).map(({ path, problem }) => `${path} ${problem}`);

describe("the rule against the namespace default", () => {
  it("lets an object in another namespace pass", () => {
    expect(problems("kubernetes:apps/v1:Deployment", { metadata: { namespace: "payments-dev" } })).toEqual(
      [],
    );
  });

  it("refuses an object in default, and tells what it found and what is allowed", () => {
    const props = { metadata: { name: "a", namespace: "default" } };
    expect(faultsOf(defaultNamespace, { type: "kubernetes:core/v1:ConfigMap", props })).toEqual([
      {
        path: "metadata.namespace",
        value: "default",
        problem: "is the namespace that nobody owns",
        allowed: "a namespace other than `default`",
      },
    ]);
  });

  it.each([{}, { metadata: {} }, { metadata: { namespace: "" } }, { metadata: { namespace: null } }])(
    "refuses an object that names no namespace: %j",
    (props) => {
      const missing = ["metadata.namespace is missing, which means `default`"];
      expect(problems("kubernetes:networking.k8s.io/v1:NetworkPolicy", props)).toEqual(missing);
      expect(problems("kubernetes:core/v1:ServicePatch", props)).toEqual(missing);
    },
  );

  it.each([
    "kubernetes:core/v1:Namespace",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    "breakwater-local:index:ControlPlane",
    "pulumi:providers:kubernetes",
  ])("has nothing to say about %s", (type) => {
    expect(problems(type, { metadata: { name: "default" } })).toEqual([]);
  });

  it("refuses a Helm release in default, named or not", () => {
    const release = "kubernetes:helm.sh/v3:Release";
    expect(problems(release, { namespace: "default" })).toEqual([
      "namespace is the namespace that nobody owns",
    ]);
    expect(problems(release, {})).toEqual(["namespace is missing, which means `default`"]);
    expect(problems(release, { namespace: "shop-prod" })).toEqual([]);
  });

  it("lets a custom kind pass without a namespace, as it may live outside of all", () => {
    expect(problems("kubernetes:example.com/v1:Wave", { metadata: { name: "a" } })).toEqual([]);
  });

  it("refuses a custom kind in default, and tells what to do if it lives outside of all", () => {
    const props = { metadata: { namespace: "default" } };
    expect(faultsOf(defaultNamespace, { type: "kubernetes:example.com/v1:Wave", props })).toMatchObject([
      {
        instead:
          "a namespace; or, if a Wave lives outside of namespaces, a line for example.com in policies/kubernetes.ts",
      },
    ]);
  });
});
