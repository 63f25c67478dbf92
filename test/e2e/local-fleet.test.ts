// The README's promise, from a fresh checkout to nothing left: every step is a command that a person types.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Process } from "../../tools/cli/processes.ts";
import { FreshCheckout } from "./support/checkout.ts";

interface Step {
  op: string;
  urn: string;
}

let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
});

afterAll(() => checkout.remove());

/** What a preview would change. */
function plannedChanges(): Step[] {
  const { stdout } = checkout.succeed("npm run --silent preview -- local -- --json");
  const { steps } = JSON.parse(stdout) as { steps: Step[] };
  return steps.filter(({ op }) => op !== "same");
}

function kill(processes: Process[]): void {
  if (processes.length === 0) throw new Error("there is no such process");
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
}

function readyReplicas(cluster: string): string {
  const path = "jsonpath={.items[*].status.readyReplicas}";
  return checkout.kubectl(cluster, `get deployments --all-namespaces --output ${path}`).stdout;
}

describe("a fresh checkout", () => {
  it("comes up with one command", () => {
    const { text } = checkout.succeed("npm run up");
    expect(text).toMatch(/Resources:\n\s+\+ \d+ created/);
    for (const cluster of ["core-1", "eu-1", "us-1"]) {
      expect(checkout.kubectl(cluster, "get --raw /readyz").stdout).toBe("ok");
    }
    expect(readdirSync(checkout.temporary).filter((file) => file.startsWith("kubeconfig"))).toEqual([]);
  });

  it("holds the release with each member's own values", () => {
    expect([readyReplicas("eu-1"), readyReplicas("us-1")]).toEqual(["3", "2"]);
    const greeting = (cluster: string) =>
      checkout.kubectl(cluster, "get configmaps --namespace shop-prod --output yaml").stdout;
    expect(greeting("eu-1")).toContain("Moin");
    expect(greeting("us-1")).toContain("Hello");
  });

  it("has nothing to do the second time, with `npm run up` and with plain pulumi", () => {
    expect(checkout.succeed("npm run up -- local -- --expect-no-changes").text).toMatch(/\d+ unchanged/);
    const { text } = checkout.succeed('eval "$(npx breakwater env)" && pulumi preview --stack local');
    expect(text).toMatch(/\d+ unchanged/);
  });

  it("lets a newcomer look around", () => {
    expect(checkout.succeed("npm run preview").text).toMatch(/\d+ unchanged/);
    checkout.succeed("npx breakwater kubeconfig eu-1 > eu-1.kubeconfig");
    checkout.succeed(
      "npx breakwater kubeconfig eu-1 --user ada --group payments-developers > ada.kubeconfig",
    );
    const { text } = checkout.succeed(
      'eval "$(npx breakwater env)" && kubectl --kubeconfig ada.kubeconfig --namespace payments-dev get pods',
    );
    expect(text).toContain("No resources found in payments-dev namespace");
  });

  it("tells where its releases stand, and where each value comes from", () => {
    const { stdout } = checkout.succeed("npx breakwater status");
    expect(stdout.match(/^.*storefront.*DEPLOYED/gm)).toHaveLength(2);
    const { stdout: why } = checkout.succeed("npx breakwater explain storefront --cluster eu-1 greeting");
    expect(why).toMatch(/"Moin".*stacks\/local\.ts:\d+/s);
    checkout.succeed("npx breakwater reconcile storefront");
  });

  it("shows no credentials in the preview and keeps none in clear in the state", () => {
    const { text } = checkout.succeed("npm run preview -- local -- --json --show-sames");
    const state = readFileSync(join(checkout.state, "backend/.pulumi/stacks/breakwater/local.json"), "utf8");
    for (const printed of [text, state]) {
      expect(printed).toContain("kubeconfig");
      expect(printed).not.toContain("client-key-data");
      expect(printed).not.toContain("PRIVATE KEY");
    }
  });
});

describe("a change of one value for one member", () => {
  it("is previewed as one update on one cluster, and applied as that", () => {
    checkout.edit("stacks/local.ts", "replicas: 3", "replicas: 4");
    const [step, ...others] = plannedChanges();
    expect(others).toEqual([]);
    expect(step).toMatchObject({ op: "update", urn: expect.stringMatching(/helm.sh\/v3:Release::.*eu-1/) });
    checkout.succeed("npm run up");
    expect([readyReplicas("eu-1"), readyReplicas("us-1")]).toEqual(["4", "2"]);
  });
});

describe("a team's namespace", () => {
  const developer = "--user ada --group shop-developers";
  const may = (question: string, as: string) =>
    checkout.kubectl("eu-1", `auth can-i ${question}`, as).stdout.trim();

  it("lets its developers work in it, and nowhere else", () => {
    expect(may("create deployments --namespace shop-dev", developer)).toBe("yes");
    expect(may("create deployments --namespace payments-dev", developer)).toBe("no");
    expect(may("create deployments --namespace default", developer)).toBe("no");
    expect(may("list nodes", developer)).toBe("no");
  });

  it("keeps from everybody in the team what bounds the namespace", () => {
    for (const group of ["shop-owners", "shop-developers", "auditors"]) {
      for (const what of ["resourcequotas", "networkpolicies", "rolebindings"]) {
        expect(
          may(`delete ${what} --namespace shop-dev`, `--user ada --group ${group}`),
          `${group} ${what}`,
        ).toBe("no");
      }
    }
    expect(may("get secrets --namespace shop-dev", developer)).toBe("no");
    expect(may("list pods --namespace shop-dev", "--user eve --group auditors")).toBe("yes");
    expect(may("create pods --namespace shop-dev", "--user eve --group auditors")).toBe("no");
  });

  it("refuses a privileged Pod, and says why", () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "privileged", namespace: "shop-dev" },
      spec: {
        containers: [{ name: "shell", image: "busybox:1.37.0", securityContext: { privileged: true } }],
      },
    };
    writeFileSync(join(checkout.directory, "pod.json"), JSON.stringify(pod));
    const { code, text } = checkout.kubectl("eu-1", "apply --filename pod.json", developer);
    expect(code).not.toBe(0);
    expect(text).toMatch(/violates PodSecurity "restricted:v1\.36": privileged/);
  });
});

describe("a cluster whose API server was killed", () => {
  it("is seen by refresh and repaired by up, with all its objects", async () => {
    const objects = () =>
      checkout.kubectl("us-1", "get namespaces,deployments --all-namespaces --output name").stdout;
    const before = objects();
    kill(checkout.fleet("us-1", "kube-apiserver"));
    await vi.waitFor(() => expect(checkout.fleet("us-1", "kube-apiserver")).toEqual([]));

    const { text } = checkout.shell(
      'eval "$(npx breakwater env)" && pulumi refresh --stack local --yes --diff',
    );
    expect(text).toMatch(/status\s*: "Running" => "Degraded"/);

    checkout.succeed("npm run up");
    expect(checkout.fleet("us-1")).toHaveLength(5);
    expect(objects()).toBe(before);
    expect(plannedChanges()).toEqual([]);
  });
});

describe("a machine that was restarted", () => {
  it("has its whole fleet back after `npm run up`, with all its objects", async () => {
    kill(checkout.fleet());
    await vi.waitFor(() => expect(checkout.fleet()).toEqual([]), 10_000);
    checkout.succeed("npm run up");
    expect(checkout.fleet()).toHaveLength(15);
    // The controllers count anew what is ready.
    await vi.waitFor(
      () => expect([readyReplicas("eu-1"), readyReplicas("us-1")]).toEqual(["4", "2"]),
      120_000,
    );
    expect(plannedChanges()).toEqual([]);
  });
});

describe("an engine that was killed in the middle of an update", () => {
  it("loses nothing: the next up finishes its work, Helm releases included", async () => {
    checkout.edit("stacks/local.ts", "replicas: 2, greeting", "replicas: 5, greeting");
    checkout.edit(
      "stacks/local.ts",
      'namespaces("shop", "dev");',
      'namespaces("shop", "dev"); namespaces("payments", "test");',
    );
    checkout.edit("stacks/local.ts", '"dev" | "prod"', '"dev" | "prod" | "test"');
    const up = checkout.start("npm run up");
    const log = join(checkout.state, "backend/.pulumi/stacks/breakwater/local.json");
    await vi.waitFor(
      () => expect(readFileSync(log, "utf8")).toMatch(/"pending_operations":\s*\[\s*\{[\s\S]*Release/),
      {
        timeout: 60_000,
        interval: 5,
      },
    );
    kill(checkout.engines().filter(({ commandLine }) => /pulumi up/.test(commandLine)));
    await new Promise((resolve) => up.once("exit", resolve));

    const { text } = checkout.succeed("npm run up");
    expect(text).toContain("After a killed run: released the lock of process");
    await vi.waitFor(
      () => expect([readyReplicas("eu-1"), readyReplicas("us-1")]).toEqual(["4", "5"]),
      120_000,
    );
    expect(plannedChanges()).toEqual([]);
    await vi.waitFor(() => expect(checkout.engines()).toEqual([]), 10_000);
  });
});

describe("npm run down", () => {
  it("leaves no process, no port and no file", async () => {
    const ports = checkout
      .fleet()
      .flatMap(({ commandLine }) => [...commandLine.matchAll(/(?:secure-port=|127\.0\.0\.1:)(\d+)/g)])
      .map(([, port]) => Number(port));
    expect(new Set(ports).size).toBe(15);
    checkout.succeed("npm run down");
    expect(checkout.fleet()).toEqual([]);
    expect(checkout.engines()).toEqual([]);
    expect(existsSync(checkout.state)).toBe(false);
    expect(existsSync(join(checkout.directory, "stacks/config/Pulumi.local.yaml"))).toBe(false);
    for (const port of new Set(ports)) expect(await isOpen(port), `port ${port}`).toBe(false);
    expect(checkout.succeed("npm run down").text).toContain('Nothing is up in "local"');
  });
});

describe("the README", () => {
  it("holds no command that was not typed above", () => {
    const readme = readFileSync(join(checkout.directory, "README.md"), "utf8");
    const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) =>
      block.trim().split("\n"),
    );
    const gates = ["npm run check", "npm test"]; // what runs this
    expect(commands.length).toBeGreaterThan(gates.length);
    expect(commands.filter((command) => ![...checkout.typed, ...gates].includes(command))).toEqual([]);
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
  });
}
