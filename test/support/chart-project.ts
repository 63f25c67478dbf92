// A project of its own with one Helm chart, as the working directory of each test of a file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** The checkout that the tests run in. */
export const checkout = process.cwd();

/** Makes the project with the chart `charts/web` before each test, and removes it afterwards. */
export function useChartProject(): void {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "breakwater-project-"));
    process.chdir(project);
    writeFileSync("package.json", "{}");
    chartFile("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    chartFile("values.yaml", "replicas: 1\nprobe: {path: /}\n");
  });
  afterEach(() => {
    process.chdir(checkout);
    rmSync(project, { recursive: true });
  });
}

/** Writes a file of the chart. */
export function chartFile(name: string, text: string): void {
  const file = join("charts/web", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
