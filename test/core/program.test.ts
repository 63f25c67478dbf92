import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Fault, FaultsError } from "../../components/core/errors.ts";
import {
  claim,
  deferFaults,
  forgetPrograms,
  oncePerProgram,
  registeredName,
  reportFaults,
  runProgram,
} from "../../components/core/program.ts";

const fault = (path: string): Fault => ({ path, problem: "is wrong", allowed: "what is right" });

async function faultsOf(body: () => unknown): Promise<string[]> {
  const error = await runProgram(body).catch((thrown: unknown) => thrown);
  if (error instanceof FaultsError) return error.faults.map(({ path }) => path);
  throw error;
}

afterEach(() => forgetPrograms());

describe("runProgram", () => {
  it("returns what the program returns", async () => {
    await expect(runProgram(async () => ({ answer: 42 }))).resolves.toEqual({ answer: 42 });
  });

  it("tells the faults of all components together, those of checks that take time too", async () => {
    const paths = await faultsOf(() => {
      expect(reportFaults([fault("one")])).toBe(true);
      expect(deferFaults(Promise.resolve([fault("later")]))).toBe(true);
      expect(reportFaults([])).toBe(false);
      expect(reportFaults([fault("two")])).toBe(true);
    });
    expect(paths).toEqual(["one", "later", "two"]);
  });

  it("tells the faults in the order of the program, whichever check ends first", async () => {
    const slow = Promise.withResolvers<Fault[]>();
    const paths = await faultsOf(() => {
      deferFaults(slow.promise);
      deferFaults(Promise.resolve([fault("fast")]).finally(() => slow.resolve([fault("slow")])));
      reportFaults([fault("plain")]);
    });
    expect(paths).toEqual(["slow", "fast", "plain"]);
  });

  it("waits for checks that checks bring", async () => {
    const paths = await faultsOf(() => {
      deferFaults(
        Promise.resolve().then(() => {
          deferFaults(Promise.resolve([fault("second")]));
          return [fault("first")];
        }),
      );
    });
    expect(paths).toEqual(["first", "second"]);
  });

  it("tells the faults, not what the program stumbled over because of them", async () => {
    const paths = await faultsOf(() => {
      reportFaults([fault("one")]);
      throw new Error("cannot read properties of undefined");
    });
    expect(paths).toEqual(["one"]);
  });

  it("does not wait for ever for a check that waits for what was refused", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const paths = faultsOf(() => {
      deferFaults(new Promise(() => {}));
      reportFaults([fault("one")]);
    });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await paths).toEqual(["one"]);
  });

  it("leaves no timer behind", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    expect(await faultsOf(() => void reportFaults([fault("one")]))).toEqual(["one"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets an error pass that has no fault behind it", async () => {
    const broken = runProgram(() => {
      throw new Error("broken");
    });
    await expect(broken).rejects.toThrow("broken");
  });

  it("keeps programs that run at once apart", async () => {
    const taken = await Promise.all(
      ["a", "b"].map((owner) =>
        runProgram(async () => {
          await Promise.resolve();
          return [claim("cluster", "eu-1", owner), oncePerProgram("key", () => owner)];
        }),
      ),
    );
    expect(taken).toEqual([
      [undefined, "a"],
      [undefined, "b"],
    ]);
  });
});

describe("reportFaults outside of a program", () => {
  it("throws at once", () => {
    expect(() => reportFaults([fault("one")])).toThrow(FaultsError);
    expect(deferFaults(Promise.resolve([]))).toBe(false);
  });
});

describe("registeredName", () => {
  it("gives each component of a type a name of its own, the first one its own", async () => {
    const names = await runProgram(() => ["a", "a", "a", "b"].map((name) => registeredName("Box", name)));
    expect(names).toEqual(["a", "a (again)", "a (again) (again)", "b"]);
    expect(await runProgram(() => registeredName("Box", "a"))).toBe("a");
  });
});

describe("claim", () => {
  it("tells the first owner of a name to the second, of the same kind only", async () => {
    await runProgram(() => {
      expect(claim("cluster", "eu-1", "first")).toBeUndefined();
      expect(claim("cluster", "eu-1", "second")).toBe("first");
      expect(claim("group", "eu-1", "third")).toBeUndefined();
    });
  });
});
