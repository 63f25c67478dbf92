import { describe, expect, it } from "vitest";
import { readYaml, yamlDocuments } from "../../components/core/yaml.ts";

describe("readYaml", () => {
  it("reads by YAML 1.1 without its dates and times, as Helm does", () => {
    const text = "a: &a {on: yes, octal: 0644}\nb: {<<: *a, day: 2001-12-14, time: 22:22}";
    const a = { true: true, octal: 420 };
    expect(readYaml(text)).toEqual({ a, b: { ...a, day: "2001-12-14", time: "22:22" } });
  });

  it("reads the first document, and nothing where there is none", () => {
    expect(readYaml("a: 1\n---\nb: 2")).toEqual({ a: 1 });
    expect(readYaml("") ?? undefined).toBeUndefined();
    expect(yamlDocuments("a: 1\n---\nb: 2")).toHaveLength(2);
  });

  it("throws for what is not YAML", () => {
    expect(() => readYaml("a: [")).toThrow("Flow sequence");
  });
});
