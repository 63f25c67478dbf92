// What is true of every rule, and the table of the documentation.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { definePolicy, type Rule } from "../../policies/define.ts";
import { rules } from "../../policies/index.ts";
import { expectGenerated } from "../support/generated.ts";

const folder = join(import.meta.dirname, "..", "..", "policies", "rules");

/** What the SDK puts around the inputs of a resource, so that reading an unknown value throws. */
const { unknownCheckingProxy } = createRequire(folder)("@pulumi/policy") as {
  unknownCheckingProxy(props: object): object;
};

/** Runs the policy of a rule as the SDK does, and returns what it reports before it ends or throws. */
function judge(rule: Rule, type: string, props: object) {
  const messages: string[] = [];
  const { validateResource } = definePolicy(rule);
  if (typeof validateResource !== "function") throw new Error("a policy validates with one function");
  // Of what the SDK hands over, policies of rules read these three.
  const args = { type, props: unknownCheckingProxy(props), opts: { protect: false } };
  try {
    void validateResource(args as Parameters<typeof validateResource>[0], (message) =>
      messages.push(message),
    );
  } catch (error) {
    return { messages, error: String(error) };
  }
  return { messages };
}

describe("the pack", () => {
  it("lists every rule of the folder once, each in a file and with tests of its name", () => {
    const ids = rules.map(({ id }) => id).sort();
    expect(readdirSync(folder).sort()).toEqual(ids.map((id) => `${id}.ts`));
    expect(readdirSync(import.meta.dirname)).toEqual(
      expect.arrayContaining(ids.map((id) => `${id}.test.ts`)),
    );
  });

  it.each(rules.map((rule) => [rule.id, rule] as const))(
    "says of %s what is refused and what to do",
    (id, rule) => {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(rule.title).toMatch(/^[A-Z].*\.$/);
      expect(rule.remedy).toMatch(/^[A-Z].*\.$/);
      expect(definePolicy(rule)).toMatchObject({
        name: id,
        description: rule.title,
        enforcementLevel: "mandatory",
        remediationSteps: rule.remedy,
      });
    },
  );

  it("is told in the documentation", () => {
    const lines = rules.map(({ id, title, remedy }) => `| \`${id}\` | ${title} | ${remedy} |`);
    const table = ["| rule | what it says | what to do |", "|---|---|---|", ...lines].join("\n");
    expectGenerated("policies/README.md", "rules", table);
  });
});

describe("a policy", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const ruleOf = (id: string) => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) throw new Error(`there is no rule ${id}`);
    return rule;
  };

  it("reports path, value, what is allowed and what to write", () => {
    const props = { metadata: { namespace: "default" } };
    expect(judge(ruleOf("default-namespace"), "kubernetes:core/v1:Secret", props).messages).toEqual([
      [
        "metadata.namespace is the namespace that nobody owns",
        '  given:   "default"',
        "  allowed: a namespace other than `default`",
        "  write:   Name the namespace of the tenant or of the platform service that the object belongs to.",
      ].join("\n"),
    ]);
  });

  it("judges the rest before it tells that a value is not known yet", () => {
    const props = {
      spec: { containers: [{ image: unknown }, { image: "nginx" }], initContainers: [{ image: "b" }] },
    };
    const { messages, error } = judge(ruleOf("pinned-images"), "kubernetes:core/v1:Pod", props);
    expect(messages.map((message) => message.split(" ")[0])).toEqual([
      "spec.initContainers[0].image",
      "spec.containers[1].image",
    ]);
    expect(error).toContain("string value at .spec.containers.0.image can't be known during preview");
  });

  it("reads no value that it does not judge", () => {
    const everywhereElse = {
      metadata: { name: unknown, namespace: "web", labels: { a: unknown } },
      spec: {
        replicas: unknown,
        template: { metadata: unknown, spec: { containers: [{ name: unknown, image: "a:1.0.0" }] } },
      },
    };
    for (const rule of rules) {
      expect(judge(rule, "kubernetes:apps/v1:Deployment", everywhereElse)).toEqual({ messages: [] });
      expect(judge(rule, "kubernetes:core/v1:Secret", { ...everywhereElse, data: unknown })).toEqual({
        messages: [],
      });
      expect(
        judge(rule, "pulumi:providers:kubernetes", { kubeconfig: unknown, clusterIdentifier: "eu-1" }),
      ).toEqual({
        messages: [],
      });
      expect(judge(rule, "breakwater-local:index:ControlPlane", { name: unknown })).toEqual({ messages: [] });
    }
  });
});
