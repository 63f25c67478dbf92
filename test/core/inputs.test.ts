import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Fault, FaultsError } from "../../components/core/errors.ts";
import { checkedInput, checkedOutput, inputFaults, neverKnown } from "../../components/core/inputs.ts";
import { reportFaults } from "../../components/core/program.ts";
import { faultsOf, record, recorded } from "../support/program.ts";
import { unknownInput } from "../support/requests.ts";

const small = (value: number): Fault[] =>
  value < 10 ? [] : [{ path: "size", value, problem: "is large", allowed: "below 10" }];

class Box extends pulumi.CustomResource {
  constructor(size: pulumi.Input<number>) {
    super("test:index:Box", "box", { size });
  }
}

describe("inputFaults", () => {
  it("checks a plain value at once, and nothing that is known later", async () => {
    await recorded(() => {
      expect(inputFaults(12, small)).toMatchObject([{ path: "size", value: 12 }]);
      expect(inputFaults(1, small)).toEqual([]);
      expect(inputFaults(pulumi.output(12), small)).toEqual([]);
      expect(inputFaults(Promise.resolve(12), small)).toEqual([]);
    });
  });
});

describe("checkedInput", () => {
  it("passes what is right, plain or not", async () => {
    for (const size of [1, Promise.resolve(1), pulumi.output(1)]) {
      const { resources } = await recorded(() => void new Box(checkedInput<number>(size, small)));
      expect(resources[0]?.inputs).toEqual({ size: 1 });
    }
  });

  it("leaves the faults of a plain value to inputFaults, so that they are told once", async () => {
    const { resources } = await recorded(() => void new Box(checkedInput(12, small)));
    expect(resources[0]?.inputs).toEqual({ size: 12 });
  });

  it("tells the faults of all outputs and promises with those of the program", async () => {
    const faults = await faultsOf(() => {
      checkedInput(Promise.resolve(12), small);
      checkedInput(pulumi.output(13), small);
    });
    expect(faults.map(({ value }) => value)).toEqual([12, 13]);
  });

  it("keeps a secret secret", async () => {
    const { resources } = await recorded(() => void new Box(checkedInput(pulumi.secret(1), small)));
    expect(resources[0]).toMatchObject({ inputs: { size: 1 }, secrets: ["size"] });
  });

  it("does not wait for a value that no preview knows", async () => {
    const { resources } = await recorded(
      () => void new Box(checkedInput(pulumi.output(pulumi.unknown as unknown as number), small)),
      { mode: "preview" },
    );
    expect(resources[0]?.inputs).toEqual({ size: unknownInput });
  });
});

describe("checkedOutput", () => {
  it("makes nothing of a faulty value", async () => {
    for (const mode of ["preview", "update"] as const) {
      const { resources, error } = await record(
        () => void new Box(checkedOutput(pulumi.output(12), async (value) => small(value))),
        { mode },
      );
      expect(error).toBeInstanceOf(FaultsError);
      expect(resources).toEqual([]);
    }
  });
});

describe("neverKnown", () => {
  it("makes nothing of what stands behind it, and keeps no program from ending", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const recording = record(
      () => {
        reportFaults(small(12));
        new Box(checkedOutput(neverKnown<number>(), small));
      },
      { mode: "preview" },
    );
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(15_000);
    const { resources, error } = await recording;
    expect(error).toMatchObject({ faults: [{ path: "size" }] });
    expect(resources).toEqual([]);
  });
});
