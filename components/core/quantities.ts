// Kubernetes quantities (`500m`, `4Gi`, `1e3`): the check and the number.
// The grammar is that of k8s.io/apimachinery/pkg/api/resource.Quantity.
import { type Fault, FaultsError } from "./errors.ts";

const grammar =
  /^(?<sign>[+-]?)(?<number>\d+\.?\d*|\.\d+)(?:(?<suffix>Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|[eE](?<exponent>[+-]?\d+))?$/;

const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const allowed =
  "a number with an optional suffix: m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent such as e3";

/** Checks a quantity that is an amount of something: well formed and not negative. */
export function quantityFaults(path: string, value: string): Fault[] {
  const parts = grammar.exec(value)?.groups;
  if (parts?.["sign"] === "-") return [{ path, value, problem: "is negative", allowed: "zero or more" }];
  if (parts !== undefined) return [];
  const instead = nearestQuantity(value);
  return [
    {
      path,
      value,
      problem: "is not a quantity",
      allowed,
      ...(instead === undefined ? {} : { instead: `"${instead}"` }),
    },
  ];
}

/** Checks a count: a whole number from `minimum` to `maximum`. */
export function countFaults(path: string, value: number, [minimum, maximum]: [number, number]): Fault[] {
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return [];
  return [
    { path, value, problem: "is out of range", allowed: `a whole number from ${minimum} to ${maximum}` },
  ];
}

/**
 * The number that a quantity stands for, in its base unit (cores, bytes, pieces). Throws on anything else.
 */
export function parseQuantity(value: string): number {
  const parts = grammar.exec(value)?.groups;
  if (parts === undefined) throw new FaultsError(quantityFaults("quantity", value));
  const { sign, number = "", suffix, exponent } = parts;
  // Scaling in decimal text keeps 0.1 and 100m the same number.
  const scaled =
    suffix === undefined
      ? Number(`${number}e${exponent ?? 0}`)
      : suffix.endsWith("i")
        ? Number(number) * (factors[suffix] ?? Number.NaN)
        : Number(`${number}e${Math.round(Math.log10(factors[suffix] ?? Number.NaN))}`);
  return sign === "-" ? -scaled : scaled;
}

/** What was probably meant by spellings from elsewhere: `4GB`, `512 MiB`, `1K`, `2gi`. */
function nearestQuantity(value: string): string | undefined {
  const { number, suffix = "" } =
    /^(?<number>[\d.]+)\s*(?<suffix>[kmgtpe]?i?)b?(?:ytes?)?$/i.exec(value.trim())?.groups ?? {};
  if (number === undefined) return undefined;
  const unit = suffix.charAt(0).toUpperCase();
  const binary = suffix.length === 2;
  const spelled = binary ? `${unit}i` : unit === "K" ? "k" : unit;
  return grammar.test(number + spelled) ? number + spelled : undefined;
}
