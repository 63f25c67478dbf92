import type * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import { describe, expect, it } from "vitest";
import { loadBalancerAddress, serviceAddress } from "../../components/kubernetes/service-address.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { recorded } from "../support/program.ts";

/** A program that reads the address of one Service, and what the engine was asked for and answered. */
async function address(ingress: object[], after?: pulumi.Input<unknown>) {
  const read: (string | undefined)[] = [];
  const outputs = ({ type, id }: MockResourceArgs) => {
    if (type !== "kubernetes:core/v1:Service") return {};
    read.push(id);
    return { status: { loadBalancer: { ingress } } };
  };
  const program = () => {
    const args = { cluster: clusterRef("eu-1"), namespace: "shop", service: "web", after };
    const found = serviceAddress("web", args);
    // The typings leave this method out: it is how Pulumi's own code waits for an output.
    return (found as unknown as { promise(): Promise<string> }).promise();
  };
  const { result } = await recorded(program, { outputs });
  return { result, read };
}

describe("serviceAddress", () => {
  it("is the IP address or the name of the Service's load balancer", async () => {
    expect(await address([{ ip: "10.0.0.7" }])).toEqual({ result: "10.0.0.7", read: ["shop/web"] });
    expect((await address([{ hostname: "lb.example.com" }])).result).toBe("lb.example.com");
  });

  it("is an error where the load balancer has none", () => {
    const reason = "the Service shop/web on eu-1 has no address: it must be of type LoadBalancer";
    expect(() => loadBalancerAddress("shop/web on eu-1", { loadBalancer: {} })).toThrow(reason);
    expect(() => loadBalancerAddress("shop/web on eu-1")).toThrow(reason);
  });

  it("reads the Service when that is known for which it has to wait", async () => {
    const order: string[] = [];
    const after = new Promise((resolve) => setImmediate(() => resolve(order.push("ready"))));
    const { read } = await address([{ ip: "10.0.0.7" }], after);
    expect([...order, ...read]).toEqual(["ready", "shop/web"]);
  });
});
