import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuantity } from "../../components/core/quantities.ts";
import {
  type ContainerLimits,
  containerLimits,
  limitFaults,
} from "../../components/tenancy/container-limits.ts";

const resources = ["cpu", "memory", "ephemeral-storage"] as const;

describe("containerLimits", () => {
  it("gives a container that says nothing a request and a limit for everything the quota counts", () => {
    const { type, defaultRequest, default: limit, max } = containerLimits();
    expect(type).toBe("Container");
    for (const part of [defaultRequest, limit, max])
      expect(Object.keys(part).sort()).toEqual([...resources].sort());
  });

  it("changes what is asked for and nothing else", () => {
    const asked = containerLimits({ max: { cpu: "8" } });
    expect(asked).toEqual({ ...containerLimits(), max: { ...containerLimits().max, cpu: "8" } });
  });

  it("lets through only what the API server takes: request, limit and maximum in rising order", () => {
    const cores = fc.integer({ min: 1, max: 9000 }).map((millis) => `${millis}m`);
    const part = fc.record({ cpu: cores }, { requiredKeys: [] });
    const asked = fc.record({ defaultRequest: part, default: part, max: part }, { requiredKeys: [] });
    fc.assert(
      fc.property(asked, (limits) => {
        const effective = containerLimits(limits);
        const steps = [effective.defaultRequest.cpu, effective.default.cpu, effective.max.cpu];
        const numbers = steps.map((value) => parseQuantity(value ?? "0"));
        const rising = numbers.every((value, index) => index === 0 || (numbers[index - 1] ?? 0) <= value);
        expect(limitFaults("limits", limits).length === 0).toBe(rising);
      }),
    );
  });
});

describe("limitFaults", () => {
  it("tells every malformed quantity at once", () => {
    const asked = { default: { cpu: "one", memory: "512m" }, max: { memory: "8GB" } };
    expect(limitFaults("limits", asked)).toMatchObject([
      { path: "limits.default.cpu", value: "one", problem: "is not a quantity" },
      { path: "limits.default.memory", problem: "is a fraction of a byte", instead: '"512Mi"' },
      { path: "limits.max.memory", value: "8GB", problem: "is not a quantity" },
    ]);
  });

  it("names the default that a lower maximum collides with", () => {
    expect(limitFaults("limits", { max: { cpu: "250m" } })).toEqual([
      {
        path: "limits.max.cpu",
        value: "250m",
        problem: "is less than limits.default.cpu, which is 500m",
        allowed: "500m or more, or a lower default",
      },
    ]);
    expect(limitFaults("limits", { max: { cpu: "250m" }, default: { cpu: "250m" } })).toEqual([]);
  });

  it("refuses words that are not in the type, as they come from a file", () => {
    const asked = { maximum: {}, max: { storage: "1Gi" } } as unknown as ContainerLimits;
    expect(limitFaults("limits", asked)).toMatchObject([
      { path: "limits", value: "maximum", problem: "has an unknown key" },
      { path: "limits.max", value: "storage", allowed: "cpu, memory, ephemeral-storage" },
    ]);
  });
});
