// How a resource type's differences are told to the engine, which plans and shows an update by them.
import { isDeepStrictEqual } from "node:util";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Difference, Properties } from "./resource.ts";
import { unknownPaths } from "./values.ts";

/** Adds every unknown input that `differences` does not speak of: what is not known yet may be different. */
export function withUnknowns(differences: Difference[], inputs: Properties): Difference[] {
  const unspoken = unknownPaths(inputs).filter(
    (path) => !differences.some((each) => overlap(path, each.path)),
  );
  return [...differences, ...unspoken.map((path): Difference => ({ path, kind: "update" }))];
}

/** The engine's form of differences. */
export function diffResponse(
  differences: Difference[],
  { old, wanted }: { old: Properties; wanted: Properties },
): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const replacing = differences.filter(({ replaces }) => replaces).map(({ path }) => topLevel(path));
  const response = new messages.DiffResponse()
    .setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...new Set(differences.map(({ path }) => topLevel(path)))])
    .setReplacesList([...new Set(replacing)])
    .setHasdetaileddiff(true);
  for (const difference of differences) {
    const name = topLevel(difference.path);
    // Otherwise the outputs are compared: something happened to the resource behind the program's back.
    const inputDiff = !isDeepStrictEqual(old[name], wanted[name]);
    const detail = new messages.PropertyDiff().setKind(kindOf(difference)).setInputdiff(inputDiff);
    response.getDetaileddiffMap().set(difference.path, detail);
  }
  return response;
}

/** The property that a path begins with. */
export function topLevel(path: string): string {
  return (
    /^\["((?:[^"\\]|\\.)*)"\]|^[^.[]+/
      .exec(path)
      ?.slice(0, 2)
      .findLast((part) => part !== undefined) ?? path
  );
}

/** Whether one path is the other or leads to it. */
function overlap(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.startsWith(short) && ["", ".", "["].includes(long.charAt(short.length));
}

function kindOf({ kind, replaces = false }: Difference): messages.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, UPDATE, UPDATE_REPLACE, DELETE, DELETE_REPLACE } = messages.PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
  } as const;
  return kinds[kind][replaces ? 1 : 0];
}
