import * as pulumi from "@pulumi/pulumi";
import { ApiObject, App, Chart, JsonPatch } from "cdk8s";
import { describe, expect, it } from "vitest";
import { ManifestSet } from "../../components/kubernetes/manifests.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { examine, faultsOf, only, recorded, urnList } from "../support/program.ts";

/** A chart of objects, each given as `<apiVersion> <Kind> <name> [<namespace>]`. */
function chartOf(app: App, lines: string[], namespace?: string): Chart {
  const chart = new Chart(app, "chart", namespace === undefined ? {} : { namespace });
  for (const [index, line] of lines.entries()) {
    const [apiVersion = "", kind = "", name, own] = line.split(" ");
    const metadata = own === undefined ? { name } : { name, namespace: own };
    const object = new ApiObject(chart, `object-${index}`, { apiVersion, kind, metadata });
    // cdk8s makes up a name where none is given.
    if (name === undefined) object.addJsonPatch(JsonPatch.replace("/metadata", { generateName: "a-" }));
  }
  return chart;
}

const web = [
  "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration guard",
  "policy/v1 PodDisruptionBudget web",
  "apps/v1 Deployment web",
  "example.com/v1 Backup nightly",
  "v1 Service web",
  "v1 ConfigMap web",
  "v1 ServiceAccount web",
  "v1 Namespace web",
];

const set = (name: string, lines: string[], namespace?: string) =>
  new ManifestSet(name, { cluster: clusterRef("eu-1"), chart: (app) => chartOf(app, lines, namespace) });

describe("ManifestSet", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => set(name, web));
    await expect(urnList(resources)).toMatchFileSnapshot("golden/manifest-set.txt");
  });

  it("makes objects in the order of their kinds, each rank after the one below it", async () => {
    const { resources } = await recorded(() => void set("web", web));
    const waits = Object.fromEntries(
      resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ name, dependsOn }) => [name, dependsOn.map((one) => one.split("::")[1])]),
    );
    expect(waits).toEqual({
      "web-namespace-web": [],
      "web-serviceaccount-web": ["web-namespace-web"],
      "web-configmap-web": ["web-serviceaccount-web"],
      "web-service-web": ["web-configmap-web"],
      "web-backup-nightly": ["web-configmap-web"],
      "web-deployment-web": ["web-service-web", "web-backup-nightly"],
      "web-poddisruptionbudget-web": ["web-deployment-web"],
      "web-validatingwebhookconfiguration-guard": ["web-poddisruptionbudget-web"],
    });
  });

  it("hands an object over as the chart renders it, to the provider of its cluster", async () => {
    const chart = new Chart(new App(), "chart", { namespace: "web", labels: { app: "web" } });
    new ApiObject(chart, "map", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings" },
      data: { a: "1" },
    });
    const { resources } = await recorded(
      () => void new ManifestSet("web", { cluster: clusterRef("eu-1"), chart }),
    );
    expect(only(resources, "kubernetes:core/v1:ConfigMap")).toMatchObject({
      name: "web-configmap-settings",
      parent: "breakwater:index:ManifestSet::web",
      provider: "pulumi:providers:kubernetes::eu-1",
      customTimeouts: { create: "300s", update: "300s" },
      inputs: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "settings", namespace: "web", labels: { app: "web" } },
        data: { a: "1" },
      },
      secrets: [],
    });
  });

  it("keeps what a Secret holds secret", async () => {
    const { resources } = await recorded(() => {
      const chart = new Chart(new App(), "chart");
      const metadata = { name: "door" };
      new ApiObject(chart, "a", { apiVersion: "v1", kind: "Secret", metadata, stringData: { code: "1234" } });
      new ManifestSet("web", { cluster: clusterRef("eu-1"), chart });
    });
    expect(only(resources, "kubernetes:core/v1:Secret").secrets).toEqual(["stringData"]);
  });

  it("makes the objects after the namespace that takes them with it", async () => {
    const { resources } = await recorded(() => {
      const deletedWith = new (class extends pulumi.CustomResource {})(
        "kubernetes:core/v1:Namespace",
        "tenant",
      );
      const chart = (app: App) => chartOf(app, ["v1 ConfigMap a tenant"], "tenant");
      new ManifestSet("web", { cluster: clusterRef("eu-1"), chart, deletedWith, timeoutSeconds: 20 });
    });
    expect(only(resources, "kubernetes:core/v1:ConfigMap")).toMatchObject({
      deletedWith: "kubernetes:core/v1:Namespace::tenant",
      dependsOn: ["kubernetes:core/v1:Namespace::tenant"],
      customTimeouts: { create: "20s", update: "20s" },
    });
  });

  it("deletes by itself what the namespace would leave behind, though the chart puts its namespace on everything", async () => {
    const lines = [
      "v1 ConfigMap a",
      "v1 ConfigMap b kube-system",
      "rbac.authorization.k8s.io/v1 ClusterRole c",
      "cert-manager.io/v1 ClusterIssuer d",
    ];
    const { resources } = await recorded(() => {
      const deletedWith = new (class extends pulumi.CustomResource {})(
        "kubernetes:core/v1:Namespace",
        "tenant",
      );
      const chart = (app: App) => chartOf(app, lines, "tenant");
      new ManifestSet("web", { cluster: clusterRef("eu-1"), chart, deletedWith });
    });
    const taken = resources.filter(
      ({ deletedWith }) => deletedWith === "kubernetes:core/v1:Namespace::tenant",
    );
    expect(taken.map(({ name }) => name)).toEqual(["web-configmap-a"]);
  });

  it("tells objects apart that differ in their group only, and not those that differ in its version", async () => {
    const service = ["v1 Service a", "serving.knative.dev/v1 Service a"];
    const { resources } = await recorded(() => void set("web", service));
    expect(resources.filter(({ name }) => name === "web-service-a").map(({ type }) => type)).toEqual([
      "kubernetes:core/v1:Service",
      "kubernetes:serving.knative.dev/v1:Service",
    ]);
    const twice = ["autoscaling/v1 HorizontalPodAutoscaler a", "autoscaling/v2 HorizontalPodAutoscaler a"];
    expect(await faultsOf(() => set("web", twice))).toMatchObject([{ value: "a" }]);
  });

  it("tells objects apart that differ in their namespace only, and names no namespace that is the chart's own", async () => {
    const { resources } = await recorded(
      () => void set("web", ["v1 ConfigMap a one", "v1 ConfigMap a two"], "one"),
    );
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["web-configmap-a", "web-configmap-two-a"]),
    );
  });

  it("refuses objects without a name, objects given twice and a bad timeout, all at once, and makes none", async () => {
    const lines = ["v1 ConfigMap a", "v1 ConfigMap a", "v1 Secret"];
    const faults = await faultsOf(() => {
      const chart = (app: App) => chartOf(app, lines);
      new ManifestSet("web", { cluster: clusterRef("eu-1"), chart, timeoutSeconds: 0 });
    });
    expect(faults).toMatchObject([
      {
        path: 'ManifestSet("web").chart[1].metadata.name',
        value: "a",
        problem: "is the name of another ConfigMap of the chart",
      },
      { path: 'ManifestSet("web").chart[2].metadata.name', problem: "of a Secret is missing" },
      { path: 'ManifestSet("web").timeoutSeconds', value: 0 },
    ]);
  });
});
