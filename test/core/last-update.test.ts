import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../components/core/errors.ts";
import { lastUpdate } from "../../components/core/last-update.ts";
import { lastUpdateWas } from "../support/engine-hooks.ts";
import { type RecordOptions, record, recorded } from "../support/program.ts";

interface Size {
  size: number;
}

/** Refuses to become smaller. */
function shrinkFaults({ size = 0 }: Partial<Size>, now: Size): Fault[] {
  if (now.size >= size) return [];
  return [{ path: "size", value: now.size, problem: `is less than the ${size} of before`, allowed: "more" }];
}

class Box extends pulumi.ComponentResource {
  readonly before: Promise<Partial<Size>>;

  constructor(name: string, size: number) {
    const last = lastUpdate(`Box ${name}`, { size }, (before) => shrinkFaults(before, { size }));
    super("test:index:Box", name, { size }, last.opts);
    this.before = last.inputs(this);
    this.registerOutputs({});
  }
}

const beforeOf = async (size: number, options?: RecordOptions) => {
  const { result } = await recorded(() => new Box("box", size), options);
  return result.before;
};

afterEach(() => lastUpdateWas({}));

describe("lastUpdate", () => {
  it.each(["preview", "update"] as const)("tells the inputs of the last update, in %s", async (mode) => {
    lastUpdateWas({ box: { size: 1 } });
    expect(await beforeOf(3, { mode })).toEqual({ size: 1 });
  });

  it("tells the same inputs when nothing has changed, for then the engine is silent", async () => {
    lastUpdateWas({ box: { size: 2 } });
    expect(await beforeOf(2)).toEqual({ size: 2 });
  });

  it("tells nothing for a new component", async () => {
    lastUpdateWas({ box: undefined });
    expect(await beforeOf(2)).toEqual({});
  });

  it("tells a refused change with the other faults of a preview", async () => {
    lastUpdateWas({ box: { size: 5 }, other: { size: 2 } });
    const { error } = await record(() => [new Box("box", 4), new Box("other", 1)].length, {
      mode: "preview",
    });
    expect(String(error)).toMatch(/2 faults found.*less than the 5 of before.*less than the 2 of before/s);
  });

  it("refuses it before anything is changed where nobody collects faults", async () => {
    const calls: Promise<void>[] = [];
    const call = async (mode: "preview" | "update") => {
      await recorded(
        () => {
          const last = lastUpdate("hook", { size: 1 }, (size) => shrinkFaults(size, { size: 1 }));
          const [hook] = last.opts.hooks?.beforeUpdate ?? [];
          const callback = hook instanceof pulumi.ResourceHook ? hook.callback : hook;
          const resource = { urn: "", id: "", name: "box", type: "test:index:Box" };
          calls.push((async () => callback?.({ ...resource, oldInputs: { size: 2 } }))());
        },
        { mode },
      );
    };
    await call("preview");
    await call("update");
    for (const outcome of await Promise.allSettled(calls)) {
      expect(String((outcome as PromiseRejectedResult).reason)).toContain("is less than the 2 of before");
    }
  });
});
