import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardQuota, quotaFaults } from "../../components/tenancy/quota.ts";

const faultsOfKey = (key: string) => quotaFaults("quota", { [key]: "1" });

describe("hardQuota", () => {
  it("bounds compute, storage and objects without being asked", () => {
    // The keys that the Multi-Tenancy Benchmarks ask for (FNS-1 and FNS-2).
    const benchmark = [
      "pods",
      "services",
      "replicationcontrollers",
      "resourcequotas",
      "secrets",
      "configmaps",
    ];
    const keys = Object.keys(hardQuota());
    expect(keys).toEqual(expect.arrayContaining(benchmark));
    for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
      expect(keys).toEqual(expect.arrayContaining([`requests.${resource}`, `limits.${resource}`]));
    }
    expect(keys).toEqual(expect.arrayContaining(["persistentvolumeclaims", "requests.storage"]));
  });

  it("gives nothing that reaches out of the namespace or onto every node until somebody asks", () => {
    const hard = hardQuota();
    for (const key of ["services.loadbalancers", "services.nodeports", "count/daemonsets.apps"]) {
      expect(hard[key], key).toBe("0");
    }
    expect(hardQuota({ "services.loadbalancers": "1" })["services.loadbalancers"]).toBe("1");
  });

  it("leaves room for itself and for the cluster's CA, without which no Pod starts", () => {
    expect(Number(hardQuota()["resourcequotas"])).toBeGreaterThanOrEqual(1);
    expect(Number(hardQuota()["configmaps"])).toBeGreaterThanOrEqual(1);
  });

  it("has defaults that would pass as asked for", () => {
    expect(quotaFaults("quota", hardQuota())).toEqual([]);
  });

  it("changes the asked keys and no others", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(hardQuota())), fc.nat(), (keys, amount) => {
        const asked = Object.fromEntries(keys.map((key) => [key, String(amount)]));
        expect(hardQuota(asked)).toEqual({ ...hardQuota(), ...asked });
      }),
    );
  });
});

describe("quotaFaults", () => {
  it.each([
    "count/pods",
    "count/jobs.batch",
    "count/certificates.cert-manager.io",
    "requests.nvidia.com/gpu",
    "requests.hugepages-2Mi",
    "fast.storageclass.storage.k8s.io/requests.storage",
    "fast.storageclass.storage.k8s.io/persistentvolumeclaims",
  ])("takes the key %s", (key) => {
    expect(faultsOfKey(key)).toEqual([]);
  });

  // What the API server takes without a word and never counts, and what it refuses.
  it.each([
    ["count/deployments", '"count/deployments.apps"'],
    ["count/Pods", undefined],
    ["count/pods.core", undefined],
    ["count/", undefined],
    ["count/pods.", undefined],
    ["nvidia.com/gpu", undefined],
    ["fast.storageclass.storage.k8s.io/storage", undefined],
    ["cpu", undefined],
    ["requests.cpus", '"requests.cpu"'],
    ["services.nodeport", '"services.nodeports"'],
    ["limits.hugepages-2Mi", undefined],
    ["toString", undefined],
  ])("refuses the key %s, which counts nothing", (key, instead) => {
    const [fault, ...others] = faultsOfKey(key);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ path: "quota", value: key, problem: "has a key that counts nothing" });
    if (instead !== undefined) expect(fault?.instead).toBe(instead);
  });

  it.each([
    ["requests.cpu", "4 cores", "is not a quantity"],
    ["requests.memory", "4GB", "is not a quantity"],
    ["pods", "-1", "is negative"],
    ["pods", "2.5", "is not a whole number"],
    ["count/jobs.batch", "500m", "is not a whole number"],
    ["limits.memory", "512m", "is a fraction of a byte"],
    ["fast.storageclass.storage.k8s.io/requests.storage", "1m", "is a fraction of a byte"],
  ])("refuses %s: %s", (key, value, problem) => {
    expect(quotaFaults("quota", { [key]: value })).toMatchObject([{ value, problem }]);
  });

  it("tells what was meant by thousandths of bytes", () => {
    expect(quotaFaults("quota", { "limits.memory": "512m" })[0]?.instead).toBe('"512Mi"');
    expect(quotaFaults("quota", { "limits.cpu": "512m" })).toEqual([]);
  });

  it("names every fault by its own path", () => {
    const faults = quotaFaults("quota", { "requests.cpu": "x", pods: "y", cpu: "1" });
    expect(faults.map(({ path }) => path)).toEqual(['quota["requests.cpu"]', "quota.pods", "quota"]);
  });
});
