// A release that goes to its members wave by wave: what each wave changes, what a failure leaves, and what a kill loses.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FreshCheckout, type Outcome } from "../support/checkout.ts";

let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
  // The quota of the namespace has no room for 90 Pods, so that a release with so many fails, and soon.
  checkout.edit(
    "stacks/local.ts",
    "    overrides: {",
    '    waves: [{ clusters: ["eu-1"] }, { clusters: ["us-1"] }],\n    timeoutSeconds: 8,\n    overrides: {',
  );
  checkout.succeed("npm run up");
  for (const cluster of ["eu-1", "us-1"]) {
    checkout.succeed(`npx breakwater kubeconfig ${cluster} > ${cluster}.kubeconfig`);
  }
});

afterAll(() => checkout.remove());

const command = "node tools/bootstrap.mjs rollout storefront";

function change(from: string, to: string): void {
  checkout.edit("stacks/local.ts", from, to);
}

/** What members and the whole came to, line by line. */
function progress({ text }: Outcome): string[] {
  return text.split("\n").filter((line) => /^(\[wave|storefront: )/.test(line));
}

/** What Helm has on a cluster, without what only tells when. */
function helm(cluster: string): { values: unknown; revision: number } {
  const words = `storefront-runtime --namespace shop-prod --output json --kubeconfig ${cluster}.kubeconfig`;
  const run = (verb: string) =>
    JSON.parse(checkout.succeed(`eval "$(npx breakwater env)" && helm ${verb} ${words}`).stdout);
  return { values: run("get values"), revision: run("history").at(-1).revision };
}

describe("a rollout", () => {
  it("updates wave 2 when wave 1 is done, and shows first what will change", () => {
    change('greeting: "Hello"', 'greeting: "Good day"');
    change('greeting: "Moin"', 'greeting: "Ahoi"');
    const lines = progress(checkout.succeed(command));
    expect(lines).toEqual([
      "[wave 1/2] eu-1: update storefront-eu-1-release: values.greeting",
      "[wave 2/2] us-1: update storefront-us-1-release: values.greeting",
      "[wave 1/2] eu-1: updating",
      "[wave 1/2] eu-1: updated",
      "[wave 2/2] us-1: updating",
      "[wave 2/2] us-1: updated",
      "[wave 1/2] eu-1: updated",
      "[wave 2/2] us-1: updated",
      "storefront: succeeded: every member has the wanted version",
    ]);
    expect(helm("eu-1")).toEqual({ values: { greeting: "Ahoi", replicas: 3 }, revision: 2 });
    expect(helm("us-1")).toEqual({ values: { greeting: "Good day", replicas: 2 }, revision: 2 });
  });

  it("stops at the first wave that fails, with the next one untouched", () => {
    change("aws: { replicas: 3 }", "aws: { replicas: 90 }");
    change('greeting: "Good day"', 'greeting: "Good evening"');
    const before = helm("us-1");
    const outcome = checkout.shell(command);
    expect(outcome.code).toBe(1);
    expect(outcome.text).toMatch(/^\[wave 1\/2\] eu-1: failed: .*has been rolled back due to atomic/m);
    expect(progress(outcome)).toContain("[wave 2/2] us-1: not reached");
    expect(helm("us-1")).toEqual(before);
  });

  it("returns the members that it has updated already, when it is to", () => {
    change("aws: { replicas: 90 }", "aws: { replicas: 4 }");
    change("replicas: 2, greeting", "replicas: 90, greeting");
    const before = { eu: helm("eu-1").values, us: helm("us-1").values };
    const outcome = checkout.shell(`${command} --on-failure rollback`);
    expect(outcome.code).toBe(1);
    expect(progress(outcome).slice(2, -1)).toEqual([
      "[wave 1/2] eu-1: updating",
      "[wave 1/2] eu-1: updated",
      "[wave 2/2] us-1: updating",
      "[wave 1/2] eu-1: rolling back",
      "[wave 2/2] us-1: rolling back",
      "[wave 1/2] eu-1: rolled back",
      "[wave 2/2] us-1: rolled back",
      "[wave 1/2] eu-1: rolled back",
      "[wave 2/2] us-1: rolled back",
    ]);
    expect(outcome.text).toContain("; every member that was touched is back");
    expect({ eu: helm("eu-1").values, us: helm("us-1").values }).toEqual(before);
  });

  it("ends well when it is run again after its driver and its engine were killed", async () => {
    change("replicas: 90, greeting", "replicas: 2, greeting");
    const run = checkout.start(command);
    const folder = join(checkout.state, "rollouts/local/storefront");
    const stack = join(checkout.state, "backend/.pulumi/stacks/breakwater/local.json");
    const waitFor = <T>(condition: () => T) => vi.waitFor(condition, { timeout: 120_000, interval: 5 });
    const driver = await waitFor(
      () => JSON.parse(readFileSync(join(folder, "driver.json"), "utf8")) as { pid: number },
    );
    expect(checkout.shell(command).text).toContain(`process ${driver.pid} drives this rollout already`);
    await waitFor(() =>
      expect(readFileSync(stack, "utf8")).toMatch(/"pending_operations":\s*\[\s*\{[\s\S]*us-1-release/),
    );
    process.kill(driver.pid, "SIGKILL");
    for (const { pid, commandLine } of checkout.engines()) {
      if (/pulumi up/.test(commandLine)) process.kill(pid, "SIGKILL");
    }
    await new Promise((resolve) => run.once("exit", resolve));

    const outcome = checkout.succeed(command);
    expect(outcome.text).toContain("Going on with the rollout of storefront");
    expect(progress(outcome)).toEqual([
      "[wave 1/2] eu-1: updated",
      "[wave 2/2] us-1: updating",
      "[wave 2/2] us-1: updated",
      "[wave 1/2] eu-1: updated",
      "[wave 2/2] us-1: updated",
      "storefront: succeeded: every member has the wanted version",
    ]);
    expect(helm("eu-1").values).toEqual({ greeting: "Ahoi", replicas: 4 });
    expect(helm("us-1").values).toEqual({ greeting: "Good evening", replicas: 2 });
    expect(progress(checkout.succeed(command)).at(-1)).toMatch(
      /every member had the wanted version already$/,
    );
  });
});
