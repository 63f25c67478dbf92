import { describe, expect, it } from "vitest";
import { type LayersByKind, layerFaults, layersOf } from "../../components/releases/layers.ts";
import { clusterRef } from "../support/cluster-refs.ts";

const eu = clusterRef("eu-1", { cloud: "aws", labels: { tier: "edge" } });
const us = clusterRef("us-1", { cloud: "gcp", region: "us-east1" });
const group = { name: "runtime", members: { "eu-1": eu, "us-1": us } };

const problem = 'is for no member of the group "runtime"';
const faults = (overrides: object) => layerFaults("overrides", overrides as LayersByKind, group);

describe("layersOf", () => {
  it("gives the layers from low to high, whatever the order in which the kinds are written", () => {
    const overrides = {
      clusters: { a: {} },
      labels: { "b=1": {}, "a=1": {} },
      clouds: { aws: {} },
      distributions: { local: {} },
    };
    const layers = layersOf({}, overrides, () => undefined);
    expect(layers.map(({ name }) => name)).toEqual([
      "values",
      "overrides.clouds.aws",
      "overrides.distributions.local",
      'overrides.labels["b=1"]',
      'overrides.labels["a=1"]',
      "overrides.clusters.a",
    ]);
  });

  it("asks for the place of a value by its keys in the arguments", () => {
    const asked: string[] = [];
    const place = (keys: string[]) => ({ file: asked[asked.push(keys.join("/")) - 1] ?? "", line: 1 });
    const [values, cloud] = layersOf({}, { clouds: { aws: {} } }, place);
    expect(values?.place(["image", "tag"])?.file).toBe("values/image/tag");
    expect(cloud?.place(["image"])?.file).toBe("overrides/clouds/aws/image");
  });
});

describe("layerFaults", () => {
  it("are none for layers that are for somebody", () => {
    const everybody = {
      clouds: { aws: {}, gcp: {} },
      distributions: { local: {} },
      clusters: { "us-1": {} },
    };
    expect(faults({ ...everybody, labels: { "tier=edge,cloud=aws": {}, "!tier": {} } })).toEqual([]);
  });

  it("V-O2: tell a cluster that is no member: the members are listed, and the nearest one", () => {
    expect(faults({ clusters: { "eu-2": { r: 9 }, mars: {} } })).toEqual([
      { path: 'overrides.clusters["eu-2"]', problem, allowed: "its members: eu-1, us-1", instead: '"eu-1"' },
      { path: "overrides.clusters.mars", problem, allowed: "its members: eu-1, us-1" },
    ]);
  });

  it("tell clouds and distributions that no member has, and those that they have", () => {
    expect(faults({ clouds: { awz: {} }, distributions: { eks: {} } })).toEqual([
      {
        path: "overrides.clouds.awz",
        problem,
        allowed: "its members: eu-1 (aws), us-1 (gcp)",
        instead: '"aws"',
      },
      { path: "overrides.distributions.eks", problem, allowed: "its members: eu-1 (local), us-1 (local)" },
    ]);
  });

  it("tell a selector for nobody with what there is to select by, and one that is none", () => {
    const [nobody, none] = faults({ labels: { "tier=edgy": {}, "tier edge": {} } });
    expect(nobody).toMatchObject({ path: 'overrides.labels["tier=edgy"]', problem, instead: '"tier=edge"' });
    expect(nobody?.allowed).toContain("us-1 (name=us-1,");
    expect(none).toMatchObject({ path: 'overrides.labels["tier edge"]', problem: "is not a selector" });
  });

  it("tell a kind of layers that there is not, and where a member belongs", () => {
    const allowed = "clouds, distributions, labels, clusters";
    expect(faults({ cloud: {}, "eu-1": {} })).toEqual([
      { path: "overrides.cloud", problem: "is no kind of layers", allowed, instead: "clouds" },
      { path: 'overrides["eu-1"]', problem: "is no kind of layers", allowed, instead: 'clusters["eu-1"]' },
    ]);
  });
});
