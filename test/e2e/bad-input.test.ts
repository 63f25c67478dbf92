import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FreshCheckout, type Outcome } from "./support/checkout.ts";

let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
  const program = 'export { program } from "../test/e2e/programs/faulty.ts";\n';
  writeFileSync(join(checkout.directory, "stacks", "faulty.ts"), program);
});

afterAll(() => checkout.remove());

describe.each(["preview", "up -- faulty --yes"])("npm run %s of a program with many mistakes", (command) => {
  let outcome: Outcome;
  beforeAll(() => {
    outcome = checkout.shell(command === "preview" ? "npm run preview -- faulty" : `npm run ${command}`);
  });

  it.each([
    [/"EU_2"/, /write:\s+"eu-2"/],
    [/eu-1.*is the name of another cluster/],
    [/eu-3.*serviceCidr/, /10\.96\.0\.0\/33/],
    [/eu-3.*nodePools.*count/],
    [/eu-3.*nodePools.*cpu/, /"four"/],
    [/no-yaml.*kubeconfig/],
    [/no-context.*kubeconfig/],
    [/silent.*kubeconfig/],
    [/ClusterGroup\("nobody"\)/],
    [/ClusterGroup\("unknown"\).*us-9/],
    [/ClusterGroup\("two"\).*eu-1/],
    [/TenantNamespace\("shop"\)\.quota.*requests\.cpu/, /"many"/],
    [/MultiClusterRelease\("storefront"\)\.overrides.*eu-7/],
  ])("tells %s", (...phrases) => {
    expect(outcome.code).not.toBe(0);
    for (const phrase of phrases) expect(outcome.text).toMatch(phrase);
  });

  it("tells no secret, and changes nothing", () => {
    expect(outcome.text).toContain("nothing was changed");
    expect(outcome.text).not.toContain("t0ps3cret");
    expect(existsSync(join(checkout.state, "clusters"))).toBe(false);
    const file = join(checkout.state, "backend/.pulumi/stacks/breakwater/faulty.json");
    expect(readFileSync(file, "utf8")).not.toContain("ControlPlane");
  });
});

describe("a stack without a program", () => {
  it("is told which names there are", () => {
    const { code, text } = checkout.shell("npm run preview -- nowhere");
    expect(code).not.toBe(0);
    expect(text).toMatch(/stack "nowhere" has no program.*write stacks\/nowhere\.ts/s);
  });

  it("is refused before the engine starts when its name is none", () => {
    expect(checkout.shell("npm run preview -- ../etc").text).toContain("is not the name of an environment");
  });
});

describe("kubeconfig for a cluster that is not there", () => {
  it("says what there is", () => {
    expect(checkout.shell("npx breakwater kubeconfig eu-9").text).toContain(
      "there are none; run `npm run up` first",
    );
  });
});
