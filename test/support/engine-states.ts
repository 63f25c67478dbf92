// Exported states of the engine for tests of what reads them.

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A resource of a state, by the types and the name that its URN ends in. */
export interface StateEntry {
  /** Types from the topmost component down: `a$b`. */
  types: string;
  name: string;
  parent?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  external?: boolean;
  initErrors?: string[];
}

/** A secret as `pulumi stack export --show-secrets` writes it. */
export function exportedSecret(value: unknown): Record<string, string> {
  return { [signature]: secretSignature, plaintext: JSON.stringify(value) };
}

/** The URN of a resource of these tests. */
export function stateUrn(types: string, name: string): string {
  return `urn:pulumi:test::breakwater::${types}::${name}`;
}

/** What `pulumi stack export` prints. */
export function exportedState(entries: StateEntry[]): string {
  const resources = entries.map(({ types, name, ...rest }) => ({
    urn: stateUrn(types, name),
    type: types.split("$").at(-1),
    ...rest,
  }));
  return JSON.stringify({ version: 3, deployment: { resources } });
}
