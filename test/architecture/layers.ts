// The structure of the project as data: which folder may import which, and which folder owns which package.

/** Folders of one height; they may import every lower row, never each other. */
interface Row {
  folders: string[];
  about: string;
}

/** From the top down. */
export const rows: Row[] = [
  { folders: ["stacks"], about: "what runs where: one program per environment, or per slice of one" },
  {
    folders: ["components/control-plane", "components/spotguides"],
    about: "whole platforms, whole applications",
  },
  {
    folders: [
      "components/tenancy",
      "components/releases",
      "components/delivery",
      "components/security",
      "components/observability",
      "components/networking",
      "components/data",
    ],
    about: "platform services",
  },
  { folders: ["components/clusters"], about: "somewhere to run: clusters of every kind, and groups of them" },
  {
    folders: ["components/kubernetes", "charts"],
    about: "verbs: connect, apply, install; and manifests as pure functions",
  },
  { folders: ["components/rules"], about: "rules as data, rendered to admission and to preview" },
  {
    folders: ["components/core"],
    about: "words: refs, names, labels, selectors, quantities, errors, inputs",
  },
];

/** Folders beside the rows, and all that each may import of ours. */
export const asides: Record<string, { imports: string[]; about: string }> = {
  components: {
    imports: rows.flatMap(({ folders }) => folders).filter((folder) => folder.startsWith("components/")),
    about: "index.ts, the published surface of the rows",
  },
  policies: {
    imports: ["components/rules", "components/core"],
    about: "guardrails that the engine checks at preview",
  },
  "providers/kit": { imports: [], about: "the protocol of Pulumi's provider plugins" },
  "providers/local": { imports: ["providers/kit"], about: "control planes on this machine" },
  services: { imports: ["components/core"], about: "programs that run inside a control plane" },
  tools: {
    imports: ["components/core", "components/releases", "providers/kit", "providers/local"],
    about: "the toolchain and the breakwater command",
  },
};

/** Files or folders (by the start of their path) that may import a package; every other package is free. */
export const packageHomes: Record<string, string[]> = {
  "@grpc/grpc-js": ["providers/kit/"],
  "@pulumi/aws": ["components/clusters/eks-", "components/data/"],
  "@pulumi/azure-native": ["components/clusters/aks-"],
  "@pulumi/gcp": ["components/clusters/gke-"],
  "@pulumi/policy": ["policies/"],
  cdk8s: ["charts/", "components/kubernetes/manifests.ts"],
  "cdk8s-plus-27": ["charts/"],
};

/** The folder of the structure that a file belongs to; undefined where it has no room. */
export function folderOf(file: string): string | undefined {
  return [...rows.flatMap(({ folders }) => folders), ...Object.keys(asides)]
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Whether the structure lets one folder import another. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const aside = asides[from];
  if (aside) return aside.imports.includes(to);
  if (from === "stacks" && to === "components") return true;
  const height = (folder: string) => rows.findIndex(({ folders }) => folders.includes(folder));
  return height(to) > height(from);
}

/** The rows as a picture for the README; folders that are not there yet are left out. */
export function picture(exists: (folder: string) => boolean): string {
  const short = (folders: string[]) => folders.map((folder) => folder.replace("components/", "")).join(" · ");
  const lines = rows
    .map(({ folders, about }) => ({ folders: folders.filter(exists), about }))
    .filter(({ folders }) => folders.length > 0)
    .map(({ folders, about }) => `${prefix(folders)}${short(folders)}`.padEnd(34) + about);
  const beside = Object.entries(asides)
    .filter(([folder]) => exists(folder))
    .map(([folder, { about }]) => folder.padEnd(34) + about);
  return [lines.join("\n  ▼\n"), "", "beside the rows:", ...beside].join("\n");
}

function prefix(folders: string[]): string {
  return folders.some((folder) => folder.startsWith("components/")) ? "components/" : "";
}
