// YAML as Helm reads it.
import { type Document, parseAllDocuments, type Tags } from "yaml";

/**
 * The documents as Helm's own parser reads them: by YAML 1.1, but without its dates and its numbers to the base of 60.
 * What is not YAML is told in the `errors` of its document.
 */
export function yamlDocuments(text: string): Document[] {
  const customTags = (tags: Tags) =>
    tags.filter(
      (tag) =>
        typeof tag === "string" ||
        (tag.tag !== "tag:yaml.org,2002:timestamp" && !("format" in tag && tag.format === "TIME")),
    );
  return [...parseAllDocuments(text, { version: "1.1", schema: "yaml-1.1", merge: true, customTags })];
}

/** What the first document says; undefined when there is none. Throws for what is not YAML. */
export function readYaml(text: string): unknown {
  const [first] = yamlDocuments(text);
  if (first?.errors[0] !== undefined) throw first.errors[0];
  return first?.toJS();
}
