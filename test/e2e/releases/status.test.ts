// What happens to releases behind the engine's back is told, field by field, and brought back, and nothing else is.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { MemberReport } from "../../../tools/cli/fleet-status.ts";
import { FreshCheckout, type Outcome } from "../support/checkout.ts";

let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
  const program = 'export { program } from "../test/e2e/programs/drifting.ts";\n';
  writeFileSync(join(checkout.directory, "stacks", "local.ts"), program);
  checkout.succeed("npm run up");
});

afterAll(() => checkout.remove());

/** Name of the storefront on the clusters; the notes' is like it. */
const storefront = "storefront-shops";
const notes = "notes-shops";

function kubectl(cluster: string, line: string): void {
  const { code, text } = checkout.kubectl(cluster, `--namespace shop-prod ${line}`);
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${text}`);
}

/** Changes an object as an editor would. */
function edit(cluster: string, object: string, change: object): void {
  const patch = `--field-manager kubectl-edit --type strategic --patch '${JSON.stringify(change)}'`;
  kubectl(cluster, `patch ${object} ${patch}`);
}

function helm(cluster: string, line: string): Outcome {
  // A file, because helm reads it more than once.
  const file = `${cluster}.kubeconfig`;
  checkout.succeed(`npx breakwater kubeconfig ${cluster} > ${file}`);
  const flags = `--kubeconfig ${file} --namespace shop-prod`;
  return checkout.shell(`eval "$(npx breakwater env)" && helm ${line} ${flags}`);
}

function revision(cluster: string): number {
  const history = JSON.parse(helm(cluster, `history ${storefront} --output json`).stdout) as unknown[];
  return history.length;
}

/** The status as the JSON of `status`, by release and cluster. */
function status(): { code: number; words: Record<string, string>; reports: MemberReport[] } {
  const { code, stdout, text } = checkout.shell(`npx breakwater status --json`);
  if (!stdout.startsWith("[")) throw new Error(text);
  const reports = JSON.parse(stdout) as MemberReport[];
  const words = reports.map(({ release, cluster, word }) => [`${release} ${cluster}`, word]);
  return { code, reports, words: Object.fromEntries(words) };
}

const allDeployed = {
  "notes eu-1": "DEPLOYED",
  "notes us-1": "DEPLOYED",
  "storefront eu-1": "DEPLOYED",
  "storefront us-1": "DEPLOYED",
};

/** Every field of the drift but those of the autoscaler, as `object field`. */
function driftedFields(reports: MemberReport[]): string[] {
  return reports.flatMap(({ cluster, drift }) =>
    drift
      .filter(({ autoscaled }) => !autoscaled)
      .map(({ object, field }) => `${cluster} ${object}${field === undefined ? "" : ` ${field}`}`),
  );
}

function reconcile(line = ""): Outcome {
  return checkout.shell(`npx breakwater reconcile ${line}`);
}

describe("a fleet that nobody touched", () => {
  it("is DEPLOYED without drift, however the API spells what was written", () => {
    const { code, words, reports } = status();
    expect(words).toEqual(allDeployed);
    expect(driftedFields(reports)).toEqual([]);
    expect(code).toBe(0);
  });

  it("tells that an autoscaler owns the replicas, which is no drift", async () => {
    await vi.waitFor(
      () => {
        const { code, reports } = status();
        expect(code).toBe(0);
        expect(reports[0]?.drift).toMatchObject([
          {
            object: `Deployment shop-prod/${notes}`,
            field: "spec.replicas",
            wanted: 1,
            found: 2,
            owner: { manager: "kube-controller-manager" },
            autoscaled: true,
          },
        ]);
      },
      { timeout: 90_000, interval: 2_000 },
    );
  });

  it("has nothing to reconcile", () => {
    const { code, text } = reconcile();
    expect(text).toContain("Everything is as wanted.");
    expect(code).toBe(0);
  });

  it("explains each value by layer, file and line", () => {
    const { stdout } = checkout.succeed(`npx breakwater explain storefront greeting --cluster eu-1`);
    expect(stdout).toMatch(
      /greeting +"Moin" +overrides\.clusters\["eu-1"\] +test\/e2e\/programs\/drifting\.ts:\d+/,
    );
    expect(stdout).toMatch(/hides "Hello" +values +test\/e2e\/programs\/drifting\.ts:\d+/);
    expect(checkout.shell(`npx breakwater explain storefront greting`).text).toContain("write greeting");
  });
});

describe("objects that somebody edited and deleted", () => {
  beforeAll(() => {
    const container = { name: "storefront", image: "ghcr.io/stefanprodan/podinfo:6.8.0" };
    edit("eu-1", `deployment ${storefront}`, { spec: { template: { spec: { containers: [container] } } } });
    kubectl("eu-1", `label service ${storefront} app.kubernetes.io/name-`);
    kubectl("eu-1", `delete configmap ${storefront}`);
    edit("us-1", `configmap ${notes}`, { data: { text: "rewritten" } });
    edit("us-1", `secret ${notes}`, { stringData: { key: "another" } });
  });

  it("are told field by field, with who did it, and without the secret", () => {
    const { code, words, reports } = status();
    expect(code).toBe(1);
    expect(words).toEqual({ ...allDeployed, "notes us-1": "STALE" });
    expect(driftedFields(reports).sort()).toEqual([
      `eu-1 ConfigMap shop-prod/${storefront}`,
      `eu-1 Deployment shop-prod/${storefront} spec.template.spec.containers[name=storefront].image`,
      `eu-1 Service shop-prod/${storefront} metadata.labels["app.kubernetes.io/name"]`,
      `us-1 ConfigMap shop-prod/${notes} data.text`,
      `us-1 Secret shop-prod/${notes} data.key`,
    ]);
    const { stdout } = checkout.shell(`npx breakwater status`);
    expect(stdout).toMatch(
      /image: wanted "\S+:6\.9\.0", found "\S+:6\.8\.0", set by kubectl-edit \(Update, \d{4}-/,
    );
    expect(stdout).toContain("data.key: wanted [secret], found [secret], set by kubectl-edit");
  });

  it("are brought back, and the other members are left alone", () => {
    const before = revision("us-1");
    const { code, text } = reconcile();
    expect(code, text).toBe(0);
    expect(text).toContain("- storefront on eu-1 has drifted: apply revision 1 again");
    expect(text).toContain("- notes on us-1 is STALE: update it");
    const { words, reports } = status();
    expect(words).toEqual(allDeployed);
    expect(driftedFields(reports)).toEqual([]);
    expect(revision("us-1")).toBe(before);
    expect(checkout.succeed("npm run preview -- local -- --expect-no-changes").text).toContain("unchanged");
  });
});

describe("a release that somebody uninstalled on one member and upgraded on another", () => {
  it("is NOT INSTALLED there and STALE here, and is brought back", () => {
    helm("us-1", `uninstall ${storefront}`);
    helm("eu-1", `upgrade ${storefront} charts/storefront --set replicas=2`);
    const { words, reports } = status();
    expect(words).toEqual({ ...allDeployed, "storefront us-1": "NOT INSTALLED", "storefront eu-1": "STALE" });
    const stale = reports.flatMap((report) => report.stale);
    expect(stale).toEqual([{ kind: "values", paths: expect.arrayContaining(["greeting", "replicas"]) }]);

    const { code, text } = reconcile("storefront");
    expect(code, text).toBe(0);
    expect(status().words).toEqual(allDeployed);
  });
});

describe("a release whose last upgrade failed", () => {
  it("is FAILED with Helm's reason, and is taken back and updated", () => {
    helm("us-1", `upgrade ${storefront} charts/storefront --set image.tag=6.9.1 --wait --timeout 0s`);
    const { code, words, reports } = status();
    expect(code).toBe(1);
    expect(words).toEqual({ ...allDeployed, "storefront us-1": "FAILED" });
    expect(reports.find(({ word }) => word === "FAILED")?.error).toContain("deadline");

    const outcome = reconcile("storefront");
    expect(outcome.code, outcome.text).toBe(0);
    expect(outcome.text).toContain("take it back to its last good revision");
    expect(status().words).toEqual(allDeployed);
  });
});

describe("a cluster that accepts connections and never answers", () => {
  const freeze = (signal: "SIGSTOP" | "SIGCONT") => {
    for (const { pid } of checkout.fleet("us-1", "kube-apiserver")) process.kill(pid, signal);
  };
  beforeAll(() => freeze("SIGSTOP"));
  afterAll(() => freeze("SIGCONT"));

  it("is UNKNOWN after the deadline, and the others are told", () => {
    const { code, words, reports } = status();
    expect(code).toBe(2);
    expect(words).toEqual({ ...allDeployed, "storefront us-1": "UNKNOWN", "notes us-1": "UNKNOWN" });
    expect(reports.find(({ word }) => word === "UNKNOWN")?.error).toBe("it did not answer within 5 s");
  });

  it("is left alone by reconcile, which goes on with the others and says so in its exit code", () => {
    kubectl("eu-1", `delete configmap ${storefront}`);
    const { code, text } = reconcile();
    expect(code).toBe(2);
    expect(text).toContain("storefront on us-1 stays as it is: UNKNOWN");
    expect(status().words["storefront eu-1"]).toBe("DEPLOYED");
    expect(driftedFields(status().reports)).toEqual([]);
  });
});

describe("a cluster whose API server was killed", () => {
  it("is UNKNOWN at once, with the error", async () => {
    for (const { pid } of checkout.fleet("us-1", "kube-apiserver")) process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(checkout.fleet("us-1", "kube-apiserver")).toEqual([]));
    const { code, reports } = status();
    expect(code).toBe(2);
    const errors = reports.filter(({ word }) => word === "UNKNOWN").map(({ error }) => error);
    expect(errors).toEqual([
      expect.stringContaining("ECONNREFUSED"),
      expect.stringContaining("ECONNREFUSED"),
    ]);
  });
});
