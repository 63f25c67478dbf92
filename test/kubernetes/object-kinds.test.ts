import { expect, it } from "vitest";
import { groupOf, isClusterKind, isNamespacedKind } from "../../components/kubernetes/object-kinds.ts";

it.each([
  { apiVersion: "v1", kind: "ConfigMap", group: "", scope: "namespace" },
  { apiVersion: "apps/v1", kind: "Deployment", group: "apps", scope: "namespace" },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    group: "rbac.authorization.k8s.io",
    scope: "namespace",
  },
  { apiVersion: "v1", kind: "Namespace", group: "", scope: "cluster" },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    group: "rbac.authorization.k8s.io",
    scope: "cluster",
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    group: "gateway.networking.k8s.io",
    scope: "neither",
  },
  { apiVersion: "example.com/v1", kind: "Node", group: "example.com", scope: "neither" },
])("$kind of $apiVersion is known to live in: $scope", ({ group, scope, ...object }) => {
  expect(groupOf(object)).toBe(group);
  expect(isClusterKind(object)).toBe(scope === "cluster");
  expect(isNamespacedKind(object)).toBe(scope === "namespace");
});
