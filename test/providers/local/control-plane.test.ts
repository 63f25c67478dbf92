import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstAddress } from "../../../providers/local/addresses.ts";
import { saveCluster } from "../../../providers/local/cluster.ts";
import { controlPlane } from "../../../providers/local/control-plane.ts";
import { nodesOf } from "../../../providers/local/nodes.ts";
import { isRunning } from "../../../providers/local/processes.ts";

const resource = { urn: "urn", name: "one", signal: new AbortController().signal };
const pool = {
  count: 3,
  instanceType: "local",
  cpu: "4",
  memory: "16Gi",
  pods: 110,
  labels: { team: "x" },
  taints: [],
  zones: ["a", "b"],
};
const inputs = { name: "eu-1", environment: "local", region: "eu-west-1", nodePools: { general: pool } };
let folder: string;

/** A machine with Kubernetes programs of these versions on PATH. */
function install(...versions: string[]): void {
  const folders = versions.map((version) => {
    const path = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(path, "kube-apiserver"), `#!/bin/sh\necho Kubernetes v${version}\n`);
    chmodSync(join(path, "kube-apiserver"), 0o755);
    return path;
  });
  vi.stubEnv("PATH", [...folders, "/usr/bin", "/bin"].join(":"));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breakwater-control-plane-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("the inputs of a control plane", () => {
  it("get the newest version on PATH when they name none", async () => {
    install("1.36.2", "1.36.10", "1.36.3");
    const { inputs: checked, failures } = await controlPlane.check(inputs, undefined, resource);
    expect(failures).toEqual([]);
    expect(checked["version"]).toBe("1.36.10");
  });

  it.each([
    [{ version: "1.35.0" }, undefined, /on PATH are 1\.36\.3/],
    [{ version: "1.36.3" }, { version: "1.36.4" }, /cannot go back to 1\.36\.3/],
    [{ version: "1.36.3" }, { version: "1.34.1" }, /one minor version at a time/],
  ])("are refused for the version %j after %j", async (wanted, old, reason) => {
    install("1.36.3");
    const { failures } = await controlPlane.check({ ...inputs, ...wanted }, old, resource);
    expect(failures).toEqual([{ property: "version", reason: expect.stringMatching(reason) }]);
  });

  it("are all judged at once, names that would leave the folder among them", async () => {
    install("1.36.3");
    const wrong = {
      ...inputs,
      name: "../etc",
      serviceCidr: "10.0.0.0/33",
      nodePools: { general: { ...pool, count: -1, cpu: "four", taints: [{ key: "a", effect: "Never" }] } },
    };
    const { failures } = await controlPlane.check(wrong, undefined, resource);
    expect(failures.map(({ property }) => property)).toEqual([
      "name",
      "serviceCidr",
      "nodePools.general.count",
      "nodePools.general.cpu",
      "nodePools.general.taints[0]",
    ]);
  });
});

describe("the nodes of a pool", () => {
  it("are numbered, spread over the zones, and tell what they are", () => {
    const nodes = nodesOf({ ...inputs, version: "1.36.3" });
    expect(
      nodes.map(({ metadata }) => [metadata.name, metadata.labels?.["topology.kubernetes.io/zone"]]),
    ).toEqual([
      ["eu-1-general-0", "a"],
      ["eu-1-general-1", "b"],
      ["eu-1-general-2", "a"],
    ]);
    expect(nodes[0]).toMatchObject({
      metadata: { labels: { team: "x", "breakwater.internal/node-pool": "general" } },
      spec: { providerID: "breakwater-local://eu-1-general-0" },
      status: { capacity: { cpu: "4", memory: "16Gi", pods: "110" } },
    });
  });
});

describe("a cluster as it is compared", () => {
  const recorded = () => ({
    id: "local/eu-1",
    inputs: { ...inputs, version: "1.36.3" },
    outputs: { directory: folder },
  });

  it("is found stopped when its processes are gone, also when their ids were given to others", async () => {
    const stranger = { pid: process.pid, startTime: 1 };
    saveCluster({
      directory: folder,
      name: "eu-1",
      environment: "local",
      version: "1.36.3",
      serviceCidr: "10.96.0.0/16",
      ports: {
        etcd: 1,
        "etcd-peer": 2,
        "kube-apiserver": 3,
        "kube-controller-manager": 4,
        "kube-scheduler": 5,
      },
      processes: { etcd: stranger, "kube-apiserver": stranger },
    });
    expect(await controlPlane.diff(recorded(), recorded().inputs, resource)).toEqual([
      { path: "status", kind: "update" },
    ]);
    const changed = {
      ...recorded().inputs,
      name: "eu-2",
      nodePools: { general: { ...pool, count: 4 }, more: pool },
    };
    expect(await controlPlane.diff(recorded(), changed, resource)).toEqual([
      { path: "name", kind: "update", replaces: true },
      { path: "nodePools.general", kind: "update" },
      { path: "nodePools.more", kind: "add" },
      { path: "status", kind: "update" },
    ]);
  });

  it("is an error where its files are gone, which says what to do", async () => {
    await expect(controlPlane.diff(recorded(), recorded().inputs, resource)).rejects.toThrow(
      /take the environment down/,
    );
  });
});

describe("a process on record", () => {
  it("is running only with the start time that it had", () => {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const startTime = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    expect(isRunning({ pid: process.pid, startTime })).toBe(true);
    expect(isRunning({ pid: process.pid, startTime: startTime + 1 })).toBe(false);
  });
});

it("the API server has the first address of the Service network", () => {
  expect(firstAddress("10.96.0.0/16")).toBe("10.96.0.1");
});
