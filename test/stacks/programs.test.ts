import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Program } from "../../stacks/index.ts";
import { recorded, urnList } from "../support/program.ts";

const folder = join(import.meta.dirname, "..", "..", "stacks");
const stacks = globSync("**/*.ts", { cwd: folder })
  .filter((file) => file !== "index.ts")
  .map((file) => file.slice(0, -".ts".length));

/** What the engine would answer for clusters. */
function outputs({ type }: { type: string }): Record<string, unknown> {
  if (type !== "breakwater-local:index:ControlPlane") return {};
  return { version: "1.36.3", kubeconfig: "apiVersion: v1", endpoint: "https://127.0.0.1:20000" };
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
});
