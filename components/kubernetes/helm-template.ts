// A Helm chart rendered by the `helm` program, without asking any cluster.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import { yamlDocuments } from "../core/yaml.ts";
import { runHelm } from "./helm-program.ts";
import { groupOf, isClusterKind } from "./object-kinds.ts";
import type { Manifest } from "./objects.ts";

export interface Rendering {
  /** Absolute path of the chart's directory. */
  directory: string;
  releaseName: string;
  namespace: string;
  /** Laid over those of the chart; `null` takes a default away. */
  values: object;
  /** What Helm itself takes for it depends on how it was built. */
  kubeVersion: string;
}

/** An object and the file in the chart that it comes from, such as `templates/service.yaml`. */
export interface RenderedObject {
  file: string;
  object: Manifest;
}

/** The objects in the order in which Helm renders them, hooks included; `path` names the chart in faults. */
export function renderChart(
  path: string,
  rendering: Rendering,
): { rendered: RenderedObject[]; faults: Fault[] } {
  const { directory, releaseName, namespace, values, kubeVersion } = rendering;
  if (hasOpen(values)) {
    const problem = "of a chart that is rendered at preview hold an output";
    return { rendered: [], faults: [{ path: `values for ${path}`, problem, allowed: "plain values" }] };
  }
  const place = ["--namespace", namespace, "--kube-version", kubeVersion];
  const answer = runHelm(
    ["template", releaseName, directory, ...place, "--include-crds", "--values", "-"],
    JSON.stringify(values),
  );
  if ("refusal" in answer) {
    const problem = `cannot be rendered: ${answer.refusal}`;
    return { rendered: [], faults: [{ path, problem, allowed: "what `helm template` takes" }] };
  }
  const read = readRendered(path, answer.output);
  return { ...read, rendered: inNamespace(read.rendered, namespace) };
}

function hasOpen(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasOpen);
}

/** Helm names the file before each object; all documents of a file in `crds/` follow one such line. */
function readRendered(path: string, text: string): { rendered: RenderedObject[]; faults: Fault[] } {
  const [, ...parts] = `\n${text}`.split(/^---\n# Source: (.+)\n/m);
  const rendered: RenderedObject[] = [];
  const faults: Fault[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const file = (parts[index] ?? "").replace(/^[^/]+\//, "");
    for (const object of documents(parts[index + 1] ?? "")) {
      if (isManifest(object)) rendered.push({ file, object });
      else faults.push({ path: `${path}/${file}`, ...noObject });
    }
  }
  return { rendered, faults };
}

const noObject = {
  problem: "renders something that is no object",
  allowed: "YAML with apiVersion and kind",
};

/**
 * The documents of a file. In the place of one that is not YAML stands its text: templates Helm has read itself, but not
 * what is in `crds/`.
 */
function documents(text: string): unknown[] {
  return yamlDocuments(text)
    .map((document): unknown => (document.errors.length > 0 ? text : document.toJS()))
    .flatMap(listed);
}

/** What stands in a List is made one by one; an empty document is nothing. */
function listed(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  return kind === "List" && Array.isArray(items) ? (items as unknown[]).flatMap(listed) : [value];
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind } = value as Record<string, unknown>;
  return typeof apiVersion === "string" && typeof kind === "string";
}

/**
 * Charts leave the namespace of the release to Helm. Where a kind is known neither to Kubernetes nor to the chart, it
 * is taken for one that lives in a namespace; if it does not, the API server drops the word.
 */
function inNamespace(rendered: RenderedObject[], namespace: string): RenderedObject[] {
  const own = rendered.flatMap(({ object }) => clusterKindOf(object));
  return rendered.map(({ file, object }) => {
    const { kind, metadata } = object;
    const outside = isClusterKind(object) || own.includes(`${groupOf(object)} ${kind}`);
    if (outside || metadata?.namespace !== undefined) return { file, object };
    return { file, object: { ...object, metadata: { ...metadata, namespace } } };
  });
}

/** The kind that a CustomResourceDefinition of the chart brings for the whole cluster, as `<group> <Kind>`. */
function clusterKindOf(object: Manifest): string[] {
  if (object.kind !== "CustomResourceDefinition") return [];
  const { spec } = object as { spec?: { scope?: string; group?: string; names?: { kind?: string } } };
  return spec?.scope === "Cluster" ? [`${spec.group} ${spec.names?.kind}`] : [];
}
