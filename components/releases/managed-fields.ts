// Who set which field of an object, as the API server writes it down in `metadata.managedFields`.

/** The fields of one manager: keys are `f:<field>`, `k:<keys of a list item>`, `v:<item of a set>` and `.`. */
type FieldSet = { [step: string]: FieldSet };

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  /** When the manager last changed one of its fields, as RFC 3339. */
  time?: string;
  subresource?: string;
  fieldsV1?: FieldSet;
}

/** What each manager has at one place of the object; managers that have nothing there are left out. */
export type Shares = { manager: ManagedFields; fields: FieldSet }[];

/** The shares of the whole object. */
export function sharesOf(managers: ManagedFields[]): Shares {
  return managers
    .map((manager) => ({ manager, fields: manager.fieldsV1 ?? {} }))
    .filter(({ fields }) => Object.keys(fields).length > 0);
}

/** The shares of a field below. */
export function sharesOfField(shares: Shares, field: string): Shares {
  return narrow(shares, (step) => step === `f:${field}`);
}

/** The shares of the item of a list that has these values under its keys. */
export function sharesOfItem(shares: Shares, item: Record<string, unknown>): Shares {
  return narrow(shares, (step) => {
    const keys = itemKeys(step);
    return keys !== undefined && Object.entries(keys).every(([key, value]) => item[key] === value);
  });
}

/**
 * How the API server tells the items of the list at this place apart: by the values under some of their keys, by
 * themselves (a set), or not at all: then the list has one owner and is replaced as a whole.
 */
export function listKind(shares: Shares): { keys: string[] } | "set" | "whole" {
  for (const step of shares.flatMap(({ fields }) => Object.keys(fields))) {
    const keys = itemKeys(step);
    if (keys !== undefined) return { keys: Object.keys(keys) };
    if (step.startsWith("v:")) return "set";
  }
  return "whole";
}

/**
 * Where nobody has anything below, the value is replaced as a whole and whoever has it has all of it. Where somebody
 * has, an empty share is only that of the map itself.
 */
function narrow(shares: Shares, matches: (step: string) => boolean): Shares {
  if (shares.every(({ fields }) => Object.keys(fields).length === 0)) return shares;
  return shares.flatMap(({ manager, fields }) =>
    Object.keys(fields)
      .filter(matches)
      .map((step) => ({ manager, fields: fields[step] ?? {} })),
  );
}

function itemKeys(step: string): Record<string, unknown> | undefined {
  return step.startsWith("k:") ? (JSON.parse(step.slice(2)) as Record<string, unknown>) : undefined;
}
