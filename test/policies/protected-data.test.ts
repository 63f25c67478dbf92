import { describe, expect, it } from "vitest";
import { protectedData } from "../../policies/rules/protected-data.ts";
import { faultsOf } from "./faults.ts";

const type = "kubernetes:core/v1:PersistentVolumeClaim";
const annotated = (value: string) => ({
  metadata: { annotations: { "breakwater.internal/deletion": value } },
});

describe("the rule about data", () => {
  it("lets a protected claim pass", () => {
    expect(faultsOf(protectedData, { type, props: {}, protect: true })).toEqual([]);
  });

  it("lets a claim pass whose deletion was allowed", () => {
    expect(faultsOf(protectedData, { type, props: annotated("allowed") })).toEqual([]);
  });

  it.each([
    ["core/v1:PersistentVolume", "the data on the volume"],
    ["core/v1:PersistentVolumeClaim", "the data on the claimed volume"],
    ["apiextensions.k8s.io/v1:CustomResourceDefinition", "every object of that kind"],
  ])("refuses an unprotected %s, and tells that it would take %s", (kind, lost) => {
    expect(faultsOf(protectedData, { type: `kubernetes:${kind}`, props: {} })).toEqual([
      {
        path: "the resource option `protect`",
        problem: `is not set, so a deletion would take ${lost}`,
        allowed: "`protect: true`, or the annotation `breakwater.internal/deletion` with the value `allowed`",
      },
    ]);
  });

  it("takes no other word for it", () => {
    expect(faultsOf(protectedData, { type, props: annotated("yes") })).toMatchObject([{ value: "yes" }]);
  });

  it("has nothing to say about other kinds, nor about patches, which delete nothing", () => {
    expect(faultsOf(protectedData, { type: "kubernetes:core/v1:ConfigMap", props: {} })).toEqual([]);
    expect(faultsOf(protectedData, { type: `${type}Patch`, props: {} })).toEqual([]);
  });
});
