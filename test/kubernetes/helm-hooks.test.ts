import { describe, expect, it } from "vitest";
import { releaseSteps } from "../../components/kubernetes/helm-hooks.ts";
import type { RenderedObject } from "../../components/kubernetes/helm-template.ts";
import type { Manifest } from "../../components/kubernetes/objects.ts";

/** A rendered object, with the events of a hook if it is one. */
function rendered(kind: string, name: string, hook?: string): RenderedObject {
  const metadata = hook === undefined ? { name } : { name, annotations: { "helm.sh/hook": hook } };
  return {
    file: `templates/${name}.yaml`,
    object: { apiVersion: "v1", kind, metadata, spec: { text: name } } as Manifest,
  };
}

/** A hook's object with a weight. */
function weighing(weight: string, { file, object }: RenderedObject): RenderedObject {
  const annotations = { ...object.metadata.annotations, "helm.sh/hook-weight": weight };
  return { file, object: { ...object, metadata: { ...object.metadata, annotations } } };
}

const both = "pre-install,pre-upgrade";
const steps = (...all: RenderedObject[]) => releaseSteps("chart", all);
const names = (objects: { metadata: { name: string } }[]) => objects.map(({ metadata }) => metadata.name);

describe("the steps of a release", () => {
  it("are definitions, hooks before, objects, hooks after; tests are no part of it", () => {
    const { definitions, before, objects, after, faults } = steps(
      { file: "crds/a.yaml", object: rendered("CustomResourceDefinition", "a").object },
      { file: "charts/b/crds/b.yaml", object: rendered("CustomResourceDefinition", "b").object },
      { file: "templates/crds/c.yaml", object: rendered("CustomResourceDefinition", "c").object },
      rendered("Deployment", "web"),
      rendered("Job", "migrate", " pre-install , Pre-Upgrade "),
      rendered("Job", "notify", "post-upgrade,post-install"),
      rendered("Pod", "answer", "test"),
      rendered("Pod", "old-answer", "test-success"),
    );
    expect(faults).toEqual([]);
    expect([definitions, objects].map(names)).toEqual([
      ["a", "b"],
      ["c", "web"],
    ]);
    expect([before, after].map((hooks) => names(hooks.map(({ object }) => object)))).toEqual([
      ["migrate"],
      ["notify"],
    ]);
  });

  it("have hooks by weight, then by name, as Helm runs them", () => {
    const { before } = steps(
      weighing("10", rendered("ConfigMap", "late", both)),
      rendered("ConfigMap", "b", both),
      weighing("ten", rendered("ConfigMap", "a", both)),
      weighing("9", rendered("ConfigMap", "soon", both)),
      weighing("-5", rendered("ConfigMap", "first", "pre-install")),
    );
    expect(names(before.map(({ object }) => object))).toEqual(["first", "a", "b", "soon", "late"]);
  });

  it("run the Job of a hook again, under another name, when anything of the release changes", () => {
    const job = rendered("Job", "migrate", both);
    const made = (...others: RenderedObject[]) => steps(job, ...others).before.map(({ made }) => made);
    const [first, same, other] = [made(), made(), made(rendered("Deployment", "web"))];
    expect(names(first)).toEqual([expect.stringMatching(/^migrate-[0-9a-f]{8}$/)]);
    expect(same).toEqual(first);
    expect(names(other)).not.toEqual(names(first));
    expect(first).toMatchObject([{ metadata: { annotations: { "pulumi.com/replaceUnready": "true" } } }]);
  });

  it("keep the Job's name within what Pods of it can be labelled with", () => {
    const [hook] = steps(rendered("Job", "a".repeat(63), both)).before;
    expect(hook?.made.metadata.name).toHaveLength(63);
  });

  it("keep a Job that has ended, for without it the engine would run it again", () => {
    const job = rendered("Job", "migrate", both);
    Object.assign(job.object, { spec: { ttlSecondsAfterFinished: 60, backoffLimit: 0 } });
    const [hook] = steps(job).before as { made: Manifest & { spec?: object } }[];
    expect(hook?.made.spec).toEqual({ backoffLimit: 0 });
  });

  it("never touch again what a hook for the install alone has made", () => {
    const { before } = steps(
      rendered("Job", "seed", "pre-install"),
      rendered("Secret", "key", "pre-install"),
    );
    expect(before.map(({ made, keeps }) => [made.metadata.name, keeps])).toEqual([
      ["key", ["spec"]],
      ["seed", ["spec"]],
    ]);
  });

  it.each([
    ["Job", "pre-delete", "nothing runs when the objects are deleted"],
    ["Job", "post-install,post-upgrade,post-delete", "nothing runs when the objects are deleted"],
    ["Job", "pre-upgrade", "an object that is there for upgrades is made by the first install"],
    ["Job", "post-rollback", "an object that is there for upgrades is made by the first install"],
    ["Job", "pre-install,post-upgrade", "it would have to run at one place for installs"],
    ["Job", "pre-install,post-install", "it would have to run at one place for installs"],
    ["Pod", "post-install,post-upgrade", "a Pod counts as ready when it runs, not when it has ended"],
  ])("are refused for a %s at %s", (kind, events, reason) => {
    expect(steps(rendered(kind, "bye", events), rendered("Deployment", "web")).faults).toMatchObject([
      {
        path: `chart/templates/bye.yaml["${kind} bye"]`,
        value: events.split(",").sort().join(","),
        problem: expect.stringContaining(`is a hook that cannot be kept: ${reason}`),
      },
    ]);
  });

  it("keep a hook for rollbacks with one for upgrades, which a return to an older version is", () => {
    const { before, after } = steps(
      rendered("Job", "one", `${both},pre-rollback`),
      rendered("Job", "two", "post-install,post-upgrade,post-rollback,test"),
    );
    expect([before.length, after.length]).toEqual([1, 1]);
  });
});
