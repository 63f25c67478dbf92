import { describe, expect, it } from "vitest";
import {
  type NodePoolArgs,
  nodePool,
  nodePoolsFaults,
  type Taint,
} from "../../components/clusters/node-pool.ts";

const paths = (args: NodePoolArgs) => nodePoolsFaults("pools", { general: args }).map(({ path }) => path);

describe("nodePool", () => {
  it("assumes everything but the number of nodes", () => {
    expect(nodePool({ count: 0 })).toEqual({
      count: 0,
      instanceType: "local",
      cpu: "4",
      memory: "16Gi",
      pods: 110,
      labels: {},
      taints: [],
      zones: [],
    });
  });

  it("tells the role of the nodes in a label", () => {
    const { labels } = nodePool({ count: 1, role: "build", labels: { disk: "fast" } });
    expect(labels).toEqual({ disk: "fast", "breakwater.internal/node-role": "build" });
  });
});

describe("nodePoolsFaults", () => {
  it("accepts a pool that says everything", () => {
    const taints: Taint[] = [{ key: "dedicated", value: "build", effect: "NoSchedule" }];
    const more = {
      cpu: "3920m",
      memory: "1.5Gi",
      pods: 1000,
      labels: { disk: "fast" },
      zones: ["a", "b"],
      taints,
    };
    expect(paths({ count: 1000, role: "gateway", instanceType: "m6i.large", ...more })).toEqual([]);
  });

  it.each<[string, NodePoolArgs, string]>([
    ["a negative count", { count: -1 }, "pools.general.count"],
    ["half a node", { count: 1.5 }, "pools.general.count"],
    ["too many nodes", { count: 1001 }, "pools.general.count"],
    ["no pods", { count: 1, pods: 0 }, "pools.general.pods"],
    ["no quantity", { count: 1, cpu: "four" }, "pools.general.cpu"],
    ["no memory", { count: 1, memory: "0" }, "pools.general.memory"],
    ["a bad instance type", { count: 1, instanceType: "m6i large" }, "pools.general.instanceType"],
    ["a bad label", { count: 1, labels: { disk: "very fast" } }, "pools.general.labels.disk"],
    ["an empty zone", { count: 1, zones: [""] }, "pools.general.zones[0]"],
    ["a zone twice", { count: 1, zones: ["a", "a"] }, "pools.general.zones[1]"],
    [
      "a bad taint key",
      { count: 1, taints: [{ key: "", effect: "NoExecute" }] },
      "pools.general.taints[0].key",
    ],
    [
      "a bad taint value",
      { count: 1, taints: [{ key: "a", value: "b c", effect: "NoExecute" }] },
      "pools.general.taints[0].value",
    ],
    [
      "an effect that Kubernetes does not have",
      { count: 1, taints: [{ key: "a", effect: "Never" as "NoExecute" }] },
      "pools.general.taints[0].effect",
    ],
  ])("refuses %s", (_, args, path) => {
    expect(paths(args)).toEqual([path]);
  });

  it("refuses a pool that does not say how many nodes it has", () => {
    expect(paths({} as NodePoolArgs)).toEqual(["pools.general.count"]);
  });

  it("refuses names that are no DNS labels or leave no room for the nodes' own", () => {
    const faults = nodePoolsFaults("pools", { Big: { count: 1 }, ["x".repeat(31)]: { count: 1 } });
    expect(faults.map(({ path }) => path)).toEqual(["pools.Big name", `pools.${"x".repeat(31)} name`]);
  });
});
