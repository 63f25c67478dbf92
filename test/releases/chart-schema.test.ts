import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { chartSchema } from "../../components/releases/chart-schema.ts";
import type { Values } from "../../components/releases/values.ts";

const draft7 = "http://json-schema.org/draft-07/schema#";

const schema = {
  $schema: draft7,
  type: "object",
  additionalProperties: false,
  required: ["image"],
  properties: {
    replicas: { type: "integer", minimum: 0, maximum: 10 },
    image: {
      type: "object",
      required: ["tag"],
      properties: {
        tag: { type: "string", description: "what to run" },
        pull: { enum: ["Always", "Never"] },
      },
    },
    hosts: { type: "array", items: { type: "string", pattern: "\\." } },
    storage: { anyOf: [{ type: "string" }, { type: "object", required: ["size"] }] },
  },
};

function chart(files: Record<string, string>) {
  const all = { "Chart.yaml": "name: web\nversion: 1.0.0\n", ...files };
  return {
    directory: "/charts/web",
    faults: [],
    files: new Map(Object.entries(all).map(([name, text]) => [name, Buffer.from(text)])),
  };
}

/** What a chart with this schema and these defaults says of values. */
function check(values: Values, { defaults = "image: {tag: v1}", rules = schema as object } = {}) {
  const { faults, check } = chartSchema(
    "chart",
    chart({ "values.yaml": defaults, "values.schema.json": JSON.stringify(rules) }),
  );
  expect(faults).toEqual([]);
  return check(values);
}

describe("chartSchema", () => {
  it("takes what the schema takes, laid over the chart's own values", () => {
    expect(check({})).toEqual([]);
    expect(check({ replicas: 2, image: { pull: "Never" }, hosts: ["a.example"] })).toEqual([]);
    expect(check({ storage: "10Gi" })).toEqual([]);
  });

  it("tells every fault at once", () => {
    const faults = check({
      replicas: "2",
      image: { tag: 1, pull: "Sometimes" },
      hosts: ["a.b", "localhost"],
    });
    expect(faults).toEqual([
      { keys: ["replicas"], value: "2", problem: "has the wrong type", allowed: "integer" },
      { keys: ["image", "tag"], value: 1, problem: "has the wrong type", allowed: "string" },
      {
        keys: ["image", "pull"],
        value: "Sometimes",
        problem: "is not one of the chart's words",
        allowed: '"Always", "Never"',
      },
      {
        keys: ["hosts", "1"],
        value: "localhost",
        problem: "is not what the chart's schema asks for",
        allowed: 'match pattern "\\."',
      },
    ]);
  });

  it("tells limits in the schema's words", () => {
    expect(check({ replicas: 11 })).toMatchObject([{ keys: ["replicas"], value: 11, allowed: "<= 10" }]);
  });

  it("names the known key that a wrong one is nearest to", () => {
    expect(check({ replica: 2 })).toEqual([
      {
        keys: ["replica"],
        problem: "is not a value of the chart",
        allowed: "replicas, image, hosts, storage",
        instead: "replicas",
      },
    ]);
  });

  it("tells what is missing, and what it is, also when null has taken it away", () => {
    const missing = { keys: ["image", "tag"], problem: "is missing", allowed: "string: what to run" };
    expect(check({ image: {} }, { defaults: "" })).toEqual([missing]);
    expect(check({ image: { tag: null } })).toEqual([missing]);
  });

  it("tells of alternatives once, not once for each", () => {
    expect(check({ storage: 5 })).toMatchObject([
      { keys: ["storage"], value: 5, allowed: "match a schema in anyOf" },
    ]);
  });

  it("leaves values that are not known yet to Helm, and checks all others", () => {
    const later = <T>(value: T) => pulumi.output(value);
    expect(check({ replicas: later("2"), image: later({}), storage: later(5), hosts: [later("x")] })).toEqual(
      [],
    );
    expect(check({ storage: { class: later("fast") } })).toEqual([]);
    expect(
      check({ replicas: later(2), image: { tag: later("v2"), pull: "Sometimes" }, host: later("x") }),
    ).toMatchObject([{ keys: ["host"] }, { keys: ["image", "pull"] }]);
  });

  it("finds the way through keys with slashes and tildes", () => {
    const rules = { properties: { "a/b~c": { type: "object", properties: { "0": { type: "string" } } } } };
    expect(check({ "a/b~c": { "0": 1 } }, { rules })).toMatchObject([{ keys: ["a/b~c", "0"] }]);
  });

  it("knows the draft of 2020-12", () => {
    const rules = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $defs: { count: { type: "integer" } },
      properties: { replicas: { $ref: "#/$defs/count" } },
      unevaluatedProperties: false,
    };
    const faults = check({ replicas: 1.5, replcas: 1 }, { defaults: "", rules });
    expect(faults).toMatchObject([{ keys: ["replicas"] }, { keys: ["replcas"], instead: "replicas" }]);
  });

  it("leaves a draft that it does not know to Helm", () => {
    const rules = { ...schema, $schema: "http://json-schema.org/draft-04/schema#" };
    expect(check({ replicas: "2" }, { rules })).toEqual([]);
  });

  it("knows a draft by any spelling of its address", () => {
    const rules = { ...schema, $schema: "https://json-schema.org/draft-07/schema#" };
    expect(check({ replicas: "2" }, { rules })).toMatchObject([{ keys: ["replicas"] }]);
  });

  it("leaves a schema that refers to another file to Helm, but for its keys at the top", () => {
    const $ref = "https://schemas.example.com/image.json";
    const rules = { properties: { image: { $ref }, replicas: { type: "integer" } } };
    expect(check({ replicas: "2", imag: 1 }, { rules })).toMatchObject([
      { keys: ["imag"], instead: "image" },
    ]);
  });

  it("reads the chart's own values as Helm does: by YAML 1.1, and with their nulls", () => {
    const rules = {
      properties: {
        on: {},
        pool: { properties: { size: { type: ["integer", "null"] } }, required: ["size"] },
      },
      if: { properties: { enabled: { type: "boolean" } } },
      else: { required: ["none"] },
    };
    const defaults = "enabled: yes\npool: {size: null}";
    expect(check({}, { defaults, rules })).toEqual([]);
    expect(check({ pool: { other: 1 } }, { defaults, rules })).toEqual([]);
    expect(check({ pool: { size: null } }, { defaults, rules })).toMatchObject([
      { keys: ["pool", "size"], problem: "is missing" },
    ]);
  });

  it("knows the keys of the schema alone where the chart has no values", () => {
    const { faults, check } = chartSchema("chart", chart({ "values.schema.json": JSON.stringify(schema) }));
    expect(faults).toEqual([]);
    expect(check({}).map(({ keys }) => keys)).toEqual([["image"]]);
  });

  it.each([
    ["values.yaml", "a: [", "chart/values.yaml"],
    ["values.schema.json", "{", "chart/values.schema.json"],
    ["values.schema.json", '{"type": "text"}', "chart/values.schema.json"],
  ])("tells of a %s that cannot be used: %s", (file, text, path) => {
    const { faults } = chartSchema("chart", chart({ [file]: text }));
    expect(faults).toMatchObject([{ path, problem: expect.stringContaining("cannot be used: ") }]);
  });
});

describe("a key at the top of the values", () => {
  /** The keys that such a chart does not know. */
  const strange = (values: Values, files: Record<string, string>, allowUnknownValues = false) =>
    chartSchema("chart", chart(files), allowUnknownValues)
      .check(values)
      .map(({ keys }) => keys.join("."));
  const image = { "values.yaml": "image: {tag: v1}" };

  it("is told with the nearest key that the chart has, also when it is to be taken away", () => {
    const { check } = chartSchema("chart", chart({ "values.yaml": "replicas: 1\nimage: {}" }));
    expect(check({ replica: 2, image: { any: 1 }, imag: null })).toEqual([
      {
        keys: ["replica"],
        problem: "is not a value of the chart",
        allowed: "replicas, image, global",
        instead: "replicas",
      },
      {
        keys: ["imag"],
        problem: "is not a value of the chart",
        allowed: "replicas, image, global",
        instead: "image",
      },
    ]);
  });

  it("may be any when that is asked for, but for what the schema refuses", () => {
    expect(strange({ imag: 1 }, image, true)).toEqual([]);
    const closed = { "values.schema.json": '{"properties": {"a": {}}, "additionalProperties": false}' };
    expect(strange({ b: 1 }, closed, true)).toEqual(["b"]);
  });

  it("may be one of the schema that has no default", () => {
    const files = { ...image, "values.schema.json": '{"properties": {"hosts": {}}}' };
    expect(strange({ hosts: [], image: {}, host: [] }, files)).toEqual(["host"]);
  });

  it("may be a chart that this one brings along, by its name here, and what all charts share", () => {
    const files = {
      ...image,
      "Chart.yaml": "name: web\nversion: 1.0.0\ndependencies: [{name: redis, alias: cache}, {name: db}]",
      "requirements.yaml": "dependencies: [{name: old}]",
      "charts/common/Chart.yaml": "name: common",
    };
    expect(strange({ cache: {}, db: {}, old: {}, common: {}, global: {}, tags: {} }, files)).toEqual([]);
    expect(strange({ redis: {}, tags: {} }, files)).toEqual(["redis"]);
    expect(strange({ tags: {}, global: {} }, image)).toEqual(["tags"]);
  });

  it("may be any where nothing tells what the chart knows", () => {
    expect(strange({ a: 1 }, {})).toEqual([]);
  });
});
