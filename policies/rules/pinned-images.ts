// What runs is what was reviewed: an image whose tag moves is another program after the next restart.
import type { Fault } from "../../components/core/errors.ts";
import type { Rule } from "../define.ts";
import { kindOf, podSpecPath } from "../kubernetes.ts";
import { each, field } from "../reading.ts";

/** Where a Pod names images: its lists, and the path to the image in each entry. */
const imagePaths: Record<string, string[]> = {
  initContainers: ["image"],
  containers: ["image"],
  ephemeralContainers: ["image"],
  volumes: ["image", "reference"],
};

/** Tags that publishers move, alone or before a variant: `latest`, `stable-alpine`. */
const movingTags = [
  ...["latest", "stable", "edge", "nightly", "canary", "rolling", "mainline", "lts", "current"],
  ...["main", "master", "trunk", "develop", "dev", "snapshot"],
];
const movingTag = new RegExp(`^(?:${movingTags.join("|")})(?:[-_.].*)?$`, "i");

/** A major version alone, such as `16`, `v2` or `16-alpine`. Of two numbers nobody can tell: `pause:3.10` is a full version. */
const majorVersion = /^v?\d{1,2}(?:-.*)?$/i;

/** Images inside of Helm releases are not seen: the engine knows the values of a release, not its objects. */
export const pinnedImages: Rule = {
  id: "pinned-images",
  title: "Every image is pinned by a digest or by the tag of one version.",
  remedy: "Name the version that was tested as the tag, such as `:1.29.3`, or the digest, `@sha256:…`.",
  *faults({ type, props }) {
    const kind = kindOf(type);
    const path = kind && podSpecPath(kind);
    if (path === undefined) return;
    const pod = field(props, ...path);
    yield* each(imagePaths, (_, list) =>
      each(field(pod, list), (entry, index) => {
        const end = imagePaths[list] ?? [];
        return judge(field(entry, ...end), `${path.join(".")}.${list}[${index}].${end.join(".")}`);
      }),
    );
  },
};

function* judge(image: unknown, path: string): Generator<Fault> {
  if (typeof image !== "string" || image === "") return;
  const problem = problemOf(image);
  if (problem === undefined) return;
  yield {
    path,
    value: image,
    problem,
    allowed: "an image with a digest, or with the full version as its tag",
    instead: `${withoutTag(image)}:<version> or ${withoutTag(image)}@sha256:<digest>`,
  };
}

function problemOf(image: string): string | undefined {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  if (image.includes("@")) return "has a digest that is none";
  const tag = image.slice(withoutTag(image).length + 1);
  if (tag === "") return "has no tag, which means `latest`";
  if (movingTag.test(tag)) return `has the tag \`${tag}\`, which moves`;
  if (majorVersion.test(tag))
    return `has the tag \`${tag}\`, which moves with every release of that major version`;
  return undefined;
}

/** A colon before the last slash belongs to the registry's port. */
function withoutTag(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}
