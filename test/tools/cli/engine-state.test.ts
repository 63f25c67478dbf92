import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { nameIn, parseResources, reveal, Secret } from "../../../tools/cli/engine-state.ts";
import { exportedSecret, exportedState, stateUrn } from "../../support/engine-states.ts";

describe("the resources of an exported state", () => {
  const inputs = {
    plain: "text",
    secret: exportedSecret({ password: "t0ps3cret", inner: exportedSecret(["deeper"]) }),
  };
  const [resource] = parseResources(exportedState([{ types: "a:b:C", name: "one", inputs }]));

  it("hide their secrets from everything that prints", () => {
    expect(resource?.inputs?.["secret"]).toBeInstanceOf(Secret);
    const hidden = { plain: "text", secret: "[secret]" };
    expect(JSON.parse(JSON.stringify(resource?.inputs))).toEqual(hidden);
    expect(String(resource?.inputs?.["secret"])).toBe("[secret]");
    expect(inspect(resource)).not.toMatch(/t0ps3cret|deeper/);
  });

  it("give them to who asks", () => {
    expect(reveal(resource?.inputs)).toEqual({
      plain: "text",
      secret: { password: "t0ps3cret", inner: ["deeper"] },
    });
  });

  it("are none in a stack that was never updated", () => {
    expect(parseResources(JSON.stringify({ version: 3, deployment: {} }))).toEqual([]);
  });
});

describe("the name in a URN", () => {
  it("is its last part, and a provider's reference has it before its id", () => {
    expect(nameIn(stateUrn("a:b:C$d:e/f:G", "one"))).toBe("one");
    expect(nameIn(`${stateUrn("pulumi:providers:kubernetes", "eu-1")}::id`)).toBe("eu-1");
  });
});
