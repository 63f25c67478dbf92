import { describe, expect, it } from "vitest";
import { layerOf, type Provenance } from "../../components/releases/provenance.ts";

const from = (layer: string) => ({ layer, hid: [] });
const provenance: Provenance = {
  "image.tag": from("overrides.clouds.aws"),
  hosts: from("overrides.clusters.a"),
  "probe.path": from("values"),
  "probe.port": from("overrides.clouds.aws"),
  "ports.http": from("overrides.clouds.gcp"),
};

describe("layerOf", () => {
  it.each([
    ["of the value itself", ["image", "tag"], "overrides.clouds.aws"],
    ["of the list that the value is in", ["hosts", "1", "name"], "overrides.clusters.a"],
    ["of the first value below", ["probe"], "values"],
    ["of none but the values where nothing is said", ["image", "digest"], "values"],
    ["of no value whose name only begins in the same way", ["port"], "values"],
  ])("is that %s", (_, keys, expected) => {
    expect(layerOf(provenance, keys)).toBe(expected);
  });
});
