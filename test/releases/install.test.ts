import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ApiObject, Chart } from "cdk8s";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InstallOptions, installFaults, installMember } from "../../components/releases/install.ts";
import { helm, manifests, type Source } from "../../components/releases/source.ts";
import type { Values } from "../../components/releases/values.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { HelmStandIn } from "../support/helm-program.ts";
import { only, recorded } from "../support/program.ts";
import type { Recorded } from "../support/requests.ts";

const members = ["eu-1", "us-1"];
const chart = helm({ path: "charts/web" });
const objects = helm({ path: "charts/web", objects: true, kubeVersion: "1.36.3" });
const made = manifests((_values: Values, _cluster, { app }) => new Chart(app, "any"));
let project: string;
let before: string;

/** A project of its own with one chart, as the working directory. */
beforeEach(() => {
  before = process.cwd();
  project = mkdtempSync(join(tmpdir(), "breakwater-install-"));
  mkdirSync(join(project, "charts/web"), { recursive: true });
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "charts/web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  process.chdir(project);
});

afterEach(() => {
  process.chdir(before);
  rmSync(project, { recursive: true });
});

class Tenant extends pulumi.CustomResource {
  constructor() {
    super("test:index:Tenant", "shop", {});
  }
}

/** What is registered for one member, and the id under which its release is imported, if it is. */
async function installed(
  source: Source<Values>,
  options: InstallOptions = {},
): Promise<{ resources: Recorded[]; imported: string | undefined }> {
  let imported: string | undefined;
  const body = () => {
    const part = {
      cluster: clusterRef("eu-1"),
      releaseName: "web-runtime",
      namespace: "shop",
      namespaceResource: new Tenant(),
      values: { a: 1 },
      provenance: {},
      target: true,
      after: [],
      reads: [],
    };
    installMember({ name: "web-eu-1", source, part, ...options }, {});
  };
  const { resources } = await recorded(body, {
    outputs: ({ name, id }) => {
      if (name === "web-eu-1-release") imported = id;
      return { status: { status: "deployed" } };
    },
  });
  return { resources, imported };
}

describe("how a release is installed", () => {
  it("is by Helm, with the options of the release, after its namespace", async () => {
    const options = { timeoutSeconds: 20, atomic: false, wait: false };
    const { resources, imported } = await installed(chart, options);
    expect(only(resources, "kubernetes:helm.sh/v3:Release")).toMatchObject({
      inputs: { namespace: "shop", timeout: 20, atomic: false, skipAwait: true, values: { a: 1 } },
      dependsOn: ["test:index:Tenant::shop"],
    });
    expect(imported).toBeFalsy();
  });

  it.each([[true], [["eu-1"]]])("is by taking a release over on the members of adopt: %j", async (adopt) => {
    const { resources, imported } = await installed(chart, { adopt });
    expect(imported).toBe("shop/web-runtime");
    expect(only(resources, "breakwater:index:HelmRelease").dependsOn).toEqual(["test:index:Tenant::shop"]);
  });

  it("is as any other on the members that adopt does not name", async () => {
    expect((await installed(chart, { adopt: ["us-1"] })).imported).toBeFalsy();
  });

  it("is object by object when that is asked for", async () => {
    using program = new HelmStandIn(
      "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    );
    const { resources } = await installed(objects, { timeoutSeconds: 20 });
    expect(only(resources, "kubernetes:core/v1:ConfigMap")).toMatchObject({
      name: "web-eu-1-configmap-a",
      deletedWith: "test:index:Tenant::shop",
      customTimeouts: { create: "20s" },
    });
    expect(program.calls()).toMatchObject([
      { args: expect.arrayContaining(["web-runtime", "--kube-version"]), input: '{"a":1}' },
    ]);
  });

  it("lets manifests go with the namespace of the release, and no other that the chart names as its own", async () => {
    const maps = manifests((_values: Values, _cluster, { app, namespace }) => {
      const chart = new Chart(app, "maps", { namespace: "kube-system" });
      for (const metadata of [{ name: "a", namespace }, { name: "b" }])
        new ApiObject(chart, metadata.name, { apiVersion: "v1", kind: "ConfigMap", metadata });
      return chart;
    });
    const { resources } = await installed(maps);
    const own = resources.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");
    expect(Object.fromEntries(own.map(({ name, deletedWith }) => [name, deletedWith]))).toEqual({
      "web-eu-1-configmap-shop-a": "test:index:Tenant::shop",
      "web-eu-1-configmap-b": undefined,
    });
  });
});

describe("installFaults", () => {
  it("takes what Helm can do", () => {
    const options = { timeoutSeconds: 1, atomic: false, wait: false, adopt: ["eu-1"] };
    expect(installFaults("web", options, { source: chart, members })).toEqual([]);
    expect(installFaults("web", { adopt: true }, { source: chart, members })).toEqual([]);
  });

  it("tells of every option that is wrong", () => {
    const options = { timeoutSeconds: 0, wait: false, adopt: ["eu-2"] };
    expect(installFaults("web", options, { source: chart, members })).toMatchObject([
      { path: "web.timeoutSeconds", value: 0 },
      { path: "web.wait", value: false },
      { path: "web.adopt", value: "eu-2", allowed: "one of its members: eu-1, us-1", instead: '"eu-1"' },
    ]);
  });

  it.each([
    ["the objects of a chart", objects],
    ["manifests", made],
  ])("tells of Helm's options for %s", (_, source) => {
    const faults = installFaults("web", { atomic: true, adopt: false }, { source, members });
    expect(faults.map(({ path, problem }) => [path, problem])).toEqual([
      ["web.atomic", "is for releases of Helm"],
      ["web.adopt", "is for releases of Helm"],
    ]);
  });
});
