// The pack on the real engine: small programs, previewed against a cluster that nobody will reach.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import * as core from "@pulumi/kubernetes/core/v1/index.js";
import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { type EngineEvent, LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureToolchain } from "../../../tools/toolchain/toolchain.ts";

const policies = join(import.meta.dirname, "..", "..", "..", "policies");
const project = "guarded";
const password = "hunter2-of-the-test";

/** Nobody listens on this port, and nobody has to: no preview here asks the cluster. */
const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "nowhere",
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  clusters: [{ name: "nowhere", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: { token: "none" } }],
});

let folder: string;
let environment: Record<string, string>;
let pulumiCommand: PulumiCommand;

beforeAll(async () => {
  const { bin, plugins } = await ensureToolchain();
  pulumiCommand = await PulumiCommand.get({ root: dirname(bin) });
  folder = mkdtempSync(join(tmpdir(), "breakwater-policies-"));
  for (const name of ["home", "backend", "work", "tmp"]) mkdirSync(join(folder, name));
  for (const plugin of plugins) linkPlugin(plugin, join(folder, "home", "plugins", basename(plugin)));
  environment = {
    PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
    TMPDIR: join(folder, "tmp"),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
});

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** The engine passes over links to folders, but not over links in folders. */
function linkPlugin(plugin: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(plugin)) symlinkSync(join(plugin, file), join(to, file));
}

function stackOf(stackName: string, program: () => Promise<void>) {
  const stack = { stackName, projectName: project, program };
  return LocalWorkspace.createOrSelectStack(stack, {
    workDir: join(folder, "work"),
    envVars: environment,
    pulumiCommand,
  });
}

/** What the pack says of a program, as `policy: resource`, and all that a person would see. */
async function preview(stackName: string, program: () => void, deployment?: object) {
  const stack = await stackOf(stackName, async () => program());
  if (deployment !== undefined) await stack.importStack({ version: 3, deployment });
  const events: EngineEvent[] = [];
  let shown = "";
  const outcome = await stack
    .preview({
      policyPacks: [policies],
      onEvent: (event) => events.push(event),
      onOutput: (text) => (shown += text),
    })
    .then(
      () => "passed",
      () => "refused",
    );
  const found = (level: string) =>
    events
      .flatMap(({ policyEvent }) => (policyEvent?.enforcementLevel === level ? [policyEvent] : []))
      .map(({ policyName, resourceUrn }) => `${policyName}: ${resourceUrn?.split("::").at(-1)}`)
      .sort();
  return { outcome, shown, violations: found("mandatory"), notes: found("advisory") };
}

/** An object as manifests are applied: without a class of the Kubernetes package. */
class KubernetesObject extends pulumi.CustomResource {}

function cluster(args?: ProviderArgs) {
  return { provider: new Provider("nowhere", { kubeconfig: pulumi.secret(kubeconfig), ...args }) };
}

function deployment(name: string, image: string, options: pulumi.CustomResourceOptions) {
  return new KubernetesObject(
    "kubernetes:apps/v1:Deployment",
    name,
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "shop-dev" },
      spec: { template: { spec: { containers: [{ name: "web", image }] } } },
    },
    options,
  );
}

describe("the policy pack on the engine", () => {
  it("refuses a program that breaks every rule, and tells each violation without any secret", async () => {
    const { outcome, shown, violations } = await preview("wrong", () => {
      const options = cluster();
      new core.Service("lost", { metadata: { name: "lost" } }, options);
      new core.ConfigMap(
        "leak",
        {
          metadata: { namespace: "shop-dev" },
          data: { password: pulumi.secret(password), note: `password: ${password}` },
        },
        options,
      );
      new core.PersistentVolumeClaim("orders", { metadata: { namespace: "shop-dev" } }, options);
      deployment("web", "nginx:latest", options);
    });
    expect(outcome).toBe("refused");
    expect(violations).toEqual([
      "config-map-secrets: leak",
      "config-map-secrets: leak",
      "default-namespace: lost",
      "pinned-images: web",
      "protected-data: orders",
      "provider-identity: nowhere",
    ]);
    expect(shown).toContain("spec.template.spec.containers[0].image has the tag `latest`, which moves");
    expect(shown).toContain("write:   nginx:<version> or nginx@sha256:<digest>");
    expect(shown).not.toContain(password);
  });

  it("lets a program that keeps every rule pass", async () => {
    const { outcome, shown, violations, notes } = await preview("right", () => {
      const options = cluster({ clusterIdentifier: "nowhere" });
      new core.Namespace("shop-dev", { metadata: { name: "shop-dev" } }, options);
      new core.Service("web", { metadata: { namespace: "shop-dev" } }, options);
      new core.ConfigMap(
        "config",
        { metadata: { namespace: "shop-dev" }, data: { passwordFile: "/run/password" } },
        options,
      );
      new core.PersistentVolumeClaim(
        "orders",
        { metadata: { namespace: "shop-dev" } },
        { ...options, protect: true },
      );
      deployment("web", "nginx:1.29.3", options);
    });
    expect({ outcome, violations, notes }, shown).toEqual({ outcome: "passed", violations: [], notes: [] });
  });

  it("refuses what it can judge and notes what it cannot before the update", async () => {
    const { outcome, violations, notes } = await preview("unknown", () => {
      const options = cluster({ clusterIdentifier: "nowhere" });
      const first = new core.ConfigMap("first", { metadata: { namespace: "shop-dev" } }, options);
      new core.ConfigMap(
        "second",
        { metadata: { namespace: "shop-dev" }, data: { address: first.id, token: password } },
        options,
      );
    });
    expect({ outcome, violations, notes }).toEqual({
      outcome: "refused",
      violations: ["config-map-secrets: second"],
      notes: ["config-map-secrets: second"],
    });
  });

  it("leaves it to the engine to refuse the deletion of protected data", async () => {
    const { outcome, shown } = await preview("deletion", () => {}, stateWithProtectedClaim("deletion"));
    expect(outcome).toBe("refused");
    expect(shown).toMatch(
      /resource "urn:pulumi:deletion::.*::orders" cannot be deleted\s+because it is protected/,
    );
  });
});

/** The state that an earlier update with a protected claim left behind. */
function stateWithProtectedClaim(stack: string) {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
  const provider = urn("pulumi:providers:kubernetes", "nowhere");
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "orders", namespace: "shop-dev" },
  };
  return {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
    resources: [
      {
        urn: provider,
        type: "pulumi:providers:kubernetes",
        custom: true,
        id: "provider-id",
        inputs: { kubeconfig, clusterIdentifier: "nowhere" },
        outputs: { kubeconfig, clusterIdentifier: "nowhere" },
      },
      {
        urn: urn("kubernetes:core/v1:PersistentVolumeClaim", "orders"),
        type: "kubernetes:core/v1:PersistentVolumeClaim",
        custom: true,
        id: "shop-dev/orders",
        provider: `${provider}::provider-id`,
        protect: true,
        inputs: claim,
        outputs: claim,
      },
    ],
  };
}
