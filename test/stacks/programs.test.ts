import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReleaseRecord } from "../../components/releases/record.ts";
import type { Program } from "../../stacks/index.ts";
import { only, recorded, urnList } from "../support/program.ts";

const folder = join(import.meta.dirname, "..", "..", "stacks");
const stacks = globSync("**/*.ts", { cwd: folder })
  .filter((file) => file !== "index.ts")
  .map((file) => file.slice(0, -".ts".length));

/** What the engine would answer, by type of the resource. */
const answers: Record<string, Record<string, unknown>> = {
  "breakwater-local:index:ControlPlane": {
    version: "1.36.3",
    kubeconfig: "apiVersion: v1",
    endpoint: "https://127.0.0.1:20000",
  },
  "kubernetes:core/v1:Service": { status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } },
};

function outputs({ type }: { type: string }): Record<string, unknown> {
  return answers[type] ?? {};
}

describe.each(stacks)("the program of stacks/%s.ts", (stack) => {
  it("asks for the same resources at preview and at update, under the URNs it always had", async () => {
    const { program } = (await import(join(folder, `${stack}.ts`))) as { program: Program };
    const preview = await recorded(() => program(), { mode: "preview", stack });
    const update = await recorded(() => program(), { stack, outputs });
    expect(urnList(preview.resources)).toBe(urnList(update.resources));
    await expect(urnList(update.resources)).toMatchFileSnapshot(`golden/${stack}.txt`);
  });
});

describe("the local fleet", () => {
  it("has one provider per cluster", async () => {
    const { program } = (await import(join(folder, "local.ts"))) as { program: Program };
    const { resources } = await recorded(() => program(), { stack: "local", outputs });
    const providers = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
    expect(providers.map(({ name }) => name).sort()).toEqual(["eu-1", "us-1"]);
  });

  it("releases the storefront with each member's own values, and knows the line of each", async () => {
    const { program } = (await import(join(folder, "local.ts"))) as { program: Program };
    const { resources } = await recorded(() => program(), { stack: "local", outputs });
    const { outputs: registered } = only(resources, "breakwater:index:MultiClusterRelease");
    const record = registered?.["record"] as ReleaseRecord;
    const { members } = record;
    expect(members["eu-1"]?.values).toEqual({ replicas: 3, greeting: "Moin" });
    expect(members["us-1"]?.values).toEqual({ replicas: 2, greeting: "Hello" });
    const lines = readFileSync(join(folder, "local.ts"), "utf8").split("\n");
    const written = (member: string, path: string) => {
      const { file, line = 0 } = members[member]?.provenance[path] ?? {};
      return [file, lines[line - 1]?.trim()];
    };
    expect(written("eu-1", "replicas")).toEqual(["stacks/local.ts", "clouds: { aws: { replicas: 3 } },"]);
    expect(written("eu-1", "greeting")).toEqual([
      "stacks/local.ts",
      'clusters: { "eu-1": { greeting: "Moin" } },',
    ]);
    expect(written("us-1", "greeting")[1]).toBe('values: { replicas: 2, greeting: "Hello" },');
  });
});
