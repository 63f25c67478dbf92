import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runHelm } from "../../components/kubernetes/helm-program.ts";
import { HelmStandIn } from "../support/helm-program.ts";

it("does not wait longer than its deadline for a helm that never answers", () => {
  using helm = new HelmStandIn();
  const program = join(helm.folder, "helm");
  // It waits for ever, and does not go when it is asked to.
  writeFileSync(
    program,
    `#!${process.execPath}\nprocess.on("SIGTERM", () => {});\nsetInterval(() => {}, 1000);\n`,
  );
  chmodSync(program, 0o755);
  expect(runHelm(["pull"], "", 0.5)).toEqual({ refusal: "helm gave no answer within 0.5 s" });
});
