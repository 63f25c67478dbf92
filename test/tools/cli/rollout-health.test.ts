import { describe, expect, it } from "vitest";
import type { FleetMember } from "../../../tools/cli/fleet-state.ts";
import { findUnready } from "../../../tools/cli/rollout-health.ts";

/** A member whose objects the engine has made, on a cluster that has these workloads. */
function look(kind: string, live?: object): Promise<string[]> {
  const objects = [
    { apiVersion: "apps/v1", kind, metadata: { name: "web" } },
    { apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
  ];
  const member: FleetMember = {
    ...{ release: "shop", cluster: "eu-1", namespace: "shop-prod", releaseName: "shop", kind: "manifests" },
    ...{ wanted: { standing: "target", values: {} }, resources: [], objects },
  };
  const path = `/apis/apps/v1/namespaces/shop-prod/${kind.toLowerCase()}s/web`;
  return findUnready({ read: async (asked) => (asked === path ? live : undefined) }, member);
}

describe("a workload", () => {
  const available = (status: string) => ({
    status: { conditions: [{ type: "Available", status, message: "too few Pods" }] },
  });

  it.each([
    ["Deployment", available("True")],
    ["StatefulSet", { spec: { replicas: 3 }, status: { readyReplicas: 3 } }],
    ["StatefulSet", { spec: { replicas: 0 }, status: {} }],
    ["DaemonSet", { status: {} }],
  ])("of kind %s is ready with %j", async (kind, live) => {
    expect(await look(kind, live)).toEqual([]);
  });

  it.each([
    ["Deployment", available("False"), "Deployment web: too few Pods"],
    ["Deployment", {}, "Deployment web: it is not available"],
    ["StatefulSet", { spec: {}, status: {} }, "StatefulSet web: 0 of 1 Pods are ready"],
    ["DaemonSet", { status: { numberUnavailable: 2 } }, "DaemonSet web: it is not available on 2 nodes"],
    ["Deployment", undefined, "Deployment web: it is gone"],
  ])("of kind %s is not ready with %j", async (kind, live, complaint) => {
    expect(await look(kind, live)).toEqual([complaint]);
  });
});
