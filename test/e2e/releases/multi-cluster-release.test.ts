// A release over three members on the real engine: what each gets, who goes first, and what one failure leaves alone.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FreshCheckout } from "../support/checkout.ts";

const program = "stacks/waves.ts";
const members = ["eu-1", "us-1", "ap-1"];
let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
  checkout.succeed(`sed 's|../../../|../|' test/e2e/programs/waves.ts > ${program}`);
  checkout.succeed("npm run up -- waves --yes");
});

afterAll(() => checkout.remove("waves"));

/** The user's values and the revision of the release on a member, as Helm tells them; undefined where it is not. */
function release(member: string): { values: Record<string, unknown>; revision: string } | undefined {
  // A file, because helm reads it more than once.
  const file = `${member}.kubeconfig`;
  checkout.succeed(`npx breakwater kubeconfig ${member} --environment waves > ${file}`);
  const helm = (line: string) =>
    checkout.succeed(
      `eval "$(npx breakwater env waves)" && helm --namespace shop-prod --kubeconfig ${file} ${line}`,
    );
  const [found] = JSON.parse(helm("list --all --output json").stdout) as { revision: string }[];
  if (found === undefined) return undefined;
  const values = JSON.parse(helm("get values storefront-shops --output json").stdout);
  return { values, revision: found.revision };
}

describe("a release over three members", () => {
  it("gives each of them its own layers of values", () => {
    expect(Object.fromEntries(members.map((member) => [member, release(member)?.values]))).toEqual({
      "eu-1": { replicas: 1, greeting: "Hello from eu-west-1" },
      "us-1": { replicas: 2, greeting: "Hello from us-central1" },
      "ap-1": { replicas: 3, greeting: "Ni hao" },
    });
  });

  it("prints the plan of its waves in a preview, before anything starts", () => {
    const { text } = checkout.succeed("npm run preview -- waves");
    expect(text).toMatch(/wave 1: eu-1\n\s+wave 2: us-1, ap-1/);
    expect(text).toMatch(/\d+ unchanged/);
  });
});

describe("a change that the first wave does not bear", () => {
  it("stops there, names what was not reached, and leaves the second wave as it was", () => {
    checkout.edit(program, "replicas: 1, greeting", "replicas: 100, greeting");
    checkout.edit(program, '"Ni hao"', '"Zao"');
    const { code, text } = checkout.shell("npm run up -- waves --yes");
    expect(code).not.toBe(0);
    expect(text).toMatch(/storefront on eu-1: failed: .*rolled back/);
    expect(text).toMatch(/storefront on ap-1: not reached/);
    expect(release("ap-1")).toMatchObject({ values: { greeting: "Ni hao" }, revision: "1" });
    expect(release("us-1")?.revision).toBe("1");
    expect(release("eu-1")?.values).toMatchObject({ replicas: 1 });
  });

  it("goes out to all once it is mended", () => {
    checkout.edit(program, "replicas: 100, greeting", "replicas: 1, greeting");
    const { text } = checkout.succeed("npm run up -- waves --yes");
    expect(text).toContain("storefront on ap-1: updated");
    expect(release("ap-1")?.values).toMatchObject({ greeting: "Zao" });
  });
});

describe("a member that leaves its group", () => {
  it("loses its release and nobody else's, and gets it back when it joins again", () => {
    checkout.edit(program, ', "ap-1": ap.ref', "");
    checkout.edit(program, 'labels: { "tier=edge": { replicas: 3 } },', "");
    checkout.edit(program, 'clusters: { "ap-1": { greeting: "Zao" } },', "");
    checkout.succeed("npm run up -- waves --yes");
    expect(members.map((member) => release(member) !== undefined)).toEqual([true, true, false]);
    expect(release("us-1")?.revision).toBe("1");

    checkout.edit(program, '"us-1": us.ref', '"us-1": us.ref, "ap-1": ap.ref');
    expect(checkout.succeed("npm run up -- waves --yes").text).toContain("storefront on ap-1: installed");
    expect(release("ap-1")?.values).toMatchObject({ replicas: 2, greeting: "Hello from asia-east1" });
  });
});

describe("a release that somebody else has installed under the same name", () => {
  const second = (more: string) =>
    `new MultiClusterRelease("second", { group: group.ref, source: helm({ path: "charts/storefront" }), ` +
    `namespace: Object.fromEntries(namespaces), values: { replicas: 1 }${more} });`;
  const byHand = (line: string) =>
    checkout.succeed(`eval "$(npx breakwater env waves)" && ${line} --kubeconfig eu-1.kubeconfig`);

  it("is refused where it is, and keeps nobody else from theirs", () => {
    byHand("helm install second-shops charts/storefront --namespace shop-prod --set replicas=2");
    checkout.edit(program, "return {};", `${second("")}\n  return {};`);
    const { code, text } = checkout.shell("npm run up -- waves --yes");
    expect(code).not.toBe(0);
    expect(text).toMatch(/second on eu-1: failed: .*cannot re-use a name that is still in use/);
    expect(text).toContain("second on us-1: installed");
  });

  it("is taken over when the program says so, and stays as it is from then on", () => {
    checkout.edit(program, second(""), second(', adopt: ["eu-1"]'));
    checkout.succeed("npm run up -- waves --yes");
    const values = byHand("helm get values second-shops --namespace shop-prod --output json").stdout;
    expect(JSON.parse(values)).toEqual({ replicas: 1 });
    expect(checkout.succeed("npm run preview -- waves -- --expect-no-changes").text).toMatch(/unchanged/);
  });
});

describe("a chart whose objects are resources of the program", () => {
  it("is previewed object by object, and what was changed by hand is found and mended", () => {
    const third =
      'new MultiClusterRelease("third", { group: group.ref, source: helm({ path: "charts/storefront", objects: true }), ' +
      "namespace: Object.fromEntries(namespaces), values: { replicas: 1 } });";
    checkout.edit(program, "return {};", `${third}\n  return {};`);
    expect(checkout.succeed("npm run preview -- waves").text).toMatch(/Deployment +third-us-1-deployment-/);
    checkout.succeed("npm run up -- waves --yes");

    const on =
      'eval "$(npx breakwater env waves)" && kubectl --kubeconfig us-1.kubeconfig --namespace shop-prod';
    checkout.succeed(`${on} scale deployment third-shops --replicas 2`);
    const { code, text } = checkout.shell("npx breakwater status waves --release third");
    expect(code).toBe(1);
    expect(text).toMatch(/spec\.replicas/);
    checkout.succeed("npx breakwater reconcile third --environment waves --yes");
    expect(
      checkout.succeed(`${on} get deployment third-shops --output jsonpath={.spec.replicas}`).stdout,
    ).toBe("1");
  });
});
