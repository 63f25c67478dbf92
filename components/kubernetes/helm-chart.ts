// A Helm chart in a local directory, handed to the engine under a path that changes whenever its content
// does: the provider compares charts by path, name and version only, and would not see an edited template.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { parse, parseDocument } from "yaml";
import { type Fault, keyPath } from "../core/errors.ts";

/** What the files of a chart are, and what keeps Helm from using them. */
export interface LocalChart {
  /** Absolute path of the chart's directory. */
  directory: string;
  /** By path inside the chart, with "/", sorted. */
  files: Map<string, Buffer>;
  faults: Fault[];
}

/**
 * Reads the chart in `directory`, absolute or relative to the project's folder. Every file counts, those that
 * .helmignore names too: which of them the chart uses is for Helm to know. File modes do not count: Helm
 * ignores them, and they differ between checkouts.
 */
export function readChart(path: string, directory: string): LocalChart {
  const root = resolve(projectFolder(), directory);
  const chart: LocalChart = { directory: root, files: new Map(), faults: [] };
  const refusal = (problem: string): Fault => ({
    path,
    value: directory,
    problem,
    allowed: "the directory of a Helm chart, absolute or relative to the project's folder",
  });
  if (!existsSync(root)) return { ...chart, faults: [refusal("does not exist")] };
  // Before the files are read: what is no chart may be a whole disk.
  if (!existsSync(join(root, "Chart.yaml"))) return { ...chart, faults: [refusal("has no Chart.yaml")] };
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({
      file: relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"),
      entry,
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  for (const { file, entry } of entries) {
    if (entry.isFile()) chart.files.set(file, readFileSync(join(root, file)));
    else chart.faults.push(linkFault(path, file));
  }
  chart.faults.push(...metadataFaults(path, chart.files));
  return chart;
}

/**
 * Copies the chart into the project's cache and returns the copy's path relative to the working directory, so
 * that neither the path of the machine nor that of the checkout gets into the state. An unchanged chart keeps
 * its path.
 */
export function storeChart({ directory, files }: LocalChart): string {
  const digest = createHash("sha256");
  for (const [file, content] of files) digest.update(`${file}\0${content.length}\0`).update(content);
  const target = join(cacheFolder("charts"), `${basename(directory)}-${digest.digest("hex").slice(0, 12)}`);
  if (!existsSync(target)) copyAtOnce(files, target);
  return relative(process.cwd(), target);
}

/** A folder of the project for what can be made again. */
export function cacheFolder(name: string): string {
  return join(projectFolder(), "node_modules/.cache/breakwater", name);
}

/** What Chart.yaml says of a chart that has no faults. */
export function chartMetadata({ files }: LocalChart): { name: string; version: string } {
  return yamlOf(files, "Chart.yaml") as { name: string; version: string };
}

/** The names under which the chart takes values for the charts that it brings along, declared or just put there. */
export function subchartNames({ files }: LocalChart): string[] {
  const declared = ["Chart.yaml", "requirements.yaml"].flatMap(
    (file) => (yamlOf(files, file)["dependencies"] ?? []) as { name: string; alias?: string }[],
  );
  const present = [...files.keys()].flatMap((file) => /^charts\/([^/]+)\/Chart\.yaml$/.exec(file)?.[1] ?? []);
  return [...new Set([...declared.map(({ name, alias }) => alias ?? name), ...present])];
}

/** With all that is no map or list as text, as it is written. */
function yamlOf(files: LocalChart["files"], file: string): Record<string, unknown> {
  const content = files.get(file)?.toString("utf8") ?? "";
  return (parse(content, { schema: "failsafe" }) || {}) as Record<string, unknown>;
}

/** Makes the copy elsewhere and moves it into place, so that no other program ever sees half of it. */
function copyAtOnce(files: Map<string, Buffer>, target: string): void {
  const half = `${target}.${randomUUID()}`;
  for (const [file, content] of files) {
    mkdirSync(dirname(join(half, file)), { recursive: true });
    writeFileSync(join(half, file), content);
  }
  try {
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    // Another program was faster; its copy is the same.
    if (!existsSync(target)) throw error;
  }
}

/** In the copy a link would lead elsewhere. */
function linkFault(path: string, file: string): Fault {
  return {
    path,
    value: file,
    problem: "is not a plain file",
    allowed: "plain files; copy what a link points to",
  };
}

function metadataFaults(path: string, files: LocalChart["files"]): Fault[] {
  const document = parseDocument(files.get("Chart.yaml")?.toString("utf8") ?? "");
  const broken = ["Chart.yaml", "values.yaml"].flatMap((file) =>
    yamlFaults(`${path}/${file}`, files.get(file)),
  );
  if (broken.length > 0) return broken;
  return ["apiVersion", "name", "version"]
    .filter((key) => document.get(key) === undefined)
    .map((key) => ({
      path: keyPath(`${path}/Chart.yaml`, key),
      problem: "is missing",
      allowed: "text; Helm asks for it",
    }));
}

function yamlFaults(path: string, content: Buffer | undefined): Fault[] {
  const document = parseDocument(content?.toString("utf8") ?? "");
  const problem = document.errors[0]?.message.split("\n")[0];
  if (problem !== undefined)
    return [{ path, problem: `is not YAML: ${problem}`, allowed: "one YAML document" }];
  return [];
}

/**
 * The nearest folder above the working directory that is a package: the project, whichever folder the engine
 * starts in.
 */
function projectFolder(): string {
  let folder = process.cwd();
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`${process.cwd()} is in no folder with a package.json`);
    folder = above;
  }
  return folder;
}
