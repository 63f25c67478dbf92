import { describe, expect, it } from "vitest";
import { providerIdentity } from "../../policies/rules/provider-identity.ts";
import { faultsOf } from "./faults.ts";

const type = "pulumi:providers:kubernetes";

describe("the rule about the identity of providers", () => {
  it("lets a provider with a cluster identifier pass", () => {
    expect(faultsOf(providerIdentity, { type, props: { clusterIdentifier: "eu-1" } })).toEqual([]);
  });

  it.each([{}, { clusterIdentifier: "" }])("refuses %j, without showing the kubeconfig", (identity) => {
    const faults = faultsOf(providerIdentity, {
      type,
      props: { kubeconfig: "client-key-data", ...identity },
    });
    expect(faults).toMatchObject([
      { path: "clusterIdentifier", instead: "clusterIdentifier: <name of the cluster>" },
    ]);
    expect(JSON.stringify(faults)).not.toContain("client-key-data");
  });

  it("has nothing to say about other providers", () => {
    expect(faultsOf(providerIdentity, { type: "pulumi:providers:aws", props: {} })).toEqual([]);
  });
});
