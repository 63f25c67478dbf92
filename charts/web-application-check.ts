// The check of a WebApplication's name and props: everything that a cluster would refuse, or take and not mean.
import { type Fault, FaultsError, keyPath } from "../components/core/errors.ts";
import { labelKeyFaults, labelValueFaults } from "../components/core/labels.ts";
import { dnsLabelFaults } from "../components/core/names.ts";
import { parseQuantity, quantityFaults } from "../components/core/quantities.ts";
import { type Check, count, either, list, map, pattern, shape, text } from "./checks.ts";
import { clientsCheck, destinationsCheck } from "./network-peers.ts";
import {
  ownLabels,
  resourcesWithDefaults,
  scalingWithDefaults,
  type WebApplicationProps,
} from "./web-application-props.ts";

const httpPath = pattern(/^\/[^\s?#]*$/, 'a path that begins with "/", without spaces, "?" and "#"');
const absolutePath = pattern(
  /^(?:\/[\w.-]+)+$/,
  'an absolute path other than "/", of letters, digits, "_", "-" and "."',
);
const variableName = pattern(
  /^[A-Za-z_.-][\w.-]*$/,
  'variables named by letters, digits, "_", "-" and ".", not beginning with a digit',
);
const objectName = pattern(
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  'a to z, 0 to 9, "-" and ".", beginning and ending with a letter or digit, 1 to 253 characters',
);

const amounts = shape({
  optional: {
    // The API server refuses finer amounts of cpu; 512m of memory, half a byte, it takes, but 512Mi was meant.
    cpu: amount(1e-3, "at least 1m, in steps of 1m"),
    memory: amount(1, "at least 1, in whole bytes"),
    "ephemeral-storage": amount(1, "at least 1, in whole bytes"),
  },
});

type Checks<Keys extends keyof WebApplicationProps> = Record<Keys, Check>;

const required: Checks<"namespace" | "image"> = { namespace: text(dnsLabelFaults), image: text(imageFaults) };

const optional: Checks<Exclude<keyof WebApplicationProps, keyof typeof required>> = {
  command: list(text()),
  args: list(text()),
  environment: map(variableName, text()),
  environmentFrom: list(
    either(
      "configMap",
      shape({ required: { configMap: objectName } }),
      shape({ required: { secret: objectName } }),
    ),
  ),
  port: count(1024, 65_535),
  servicePort: count(1, 65_535),
  health: shape({ optional: { live: httpPath, ready: httpPath, startSeconds: count(1, 600) } }),
  resources: shape({ optional: { requests: amounts, limits: amounts }, together: orderFaults }),
  scaling: shape({
    optional: { minimum: count(1, 1000), maximum: count(1, 1000), cpuPercent: count(1, 100) },
    together: rangeFaults,
  }),
  writablePaths: distinct(list(absolutePath)),
  clients: clientsCheck,
  destinations: destinationsCheck,
  labels: map(text(freeLabelFaults), text(labelValueFaults)),
};

const propsCheck = shape({ required, optional });

/** Throws every fault of the name and the props at once. */
export function checkWebApplication(name: string, props: WebApplicationProps): void {
  const path = `WebApplication(${JSON.stringify(name)})`;
  const faults = [...nameFaults(path, name), ...propsCheck(path, props)];
  if (faults.length > 0) throw new FaultsError(faults);
}

/** The name of every object, and so a Service's: that begins with a letter (RFC 1035). */
function nameFaults(path: string, name: string): Fault[] {
  const faults = dnsLabelFaults(path, name);
  if (faults.length > 0 || /^[a-z]/.test(name)) return faults;
  return [
    {
      path,
      value: name,
      problem: "begins with a digit",
      allowed: "a name that begins with a letter, a to z",
    },
  ];
}

const word = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const repository = `(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\\d+)?/)?${word}(?:/${word})*`;
const image = new RegExp(
  `^${repository}(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?<digest>@sha256:[0-9a-f]{64})?$`,
);

/** What runs must not change by itself: a tag that says nothing or `latest` is whatever was pushed last. */
function imageFaults(path: string, value: string): Fault[] {
  const allowed =
    "an image with a version or a digest, such as registry.example.com/shop/web:1.4.2 or …/web@sha256:<64 digits>";
  const { tag, digest } = image.exec(value)?.groups ?? {};
  if (!image.test(value)) return [{ path, value, problem: "is not an image", allowed }];
  if (digest !== undefined || (tag !== undefined && tag !== "latest")) return [];
  return [{ path, value, problem: "does not say which version", allowed }];
}

/** A quantity in whole steps, at least one. */
function amount(step: number, allowed: string): Check {
  return text((path, value) => {
    const faults = quantityFaults(path, value);
    if (faults.length > 0) return faults;
    const steps = parseQuantity(value) / step;
    // Decimal fractions are not exact in binary: 0.57 / 0.001 is a little less than 570.
    const whole = Math.abs(steps - Math.round(steps)) <= 1e-9 * steps;
    if (whole && Math.round(steps) >= 1) return [];
    const meant = step === 1 && value.endsWith("m") ? { instead: `"${value}i"`.replace("mi", "Mi") } : {};
    return [{ path, value, problem: "is too small or too fine", allowed, ...meant }];
  });
}

/** Requests are at most their limits, the defaults included. */
function orderFaults(path: string, resources: WebApplicationProps["resources"]): Fault[] {
  const { requests, limits } = resourcesWithDefaults(resources);
  return (["cpu", "memory", "ephemeral-storage"] as const).flatMap((resource) => {
    const [request, limit] = [requests[resource], limits[resource]];
    if (parseQuantity(request) <= parseQuantity(limit)) return [];
    return [
      {
        path: keyPath(`${path}.limits`, resource),
        value: limit,
        problem: "is less than the request",
        allowed: `${request} or more, or a lower ${keyPath(`${path}.requests`, resource)}`,
      },
    ];
  });
}

function rangeFaults(path: string, scaling: WebApplicationProps["scaling"]): Fault[] {
  const { minimum, maximum } = scalingWithDefaults(scaling);
  if (minimum <= maximum) return [];
  return [
    {
      path: `${path}.maximum`,
      value: maximum,
      problem: "is less than the minimum",
      allowed: `${minimum} or more, or a lower ${path}.minimum`,
    },
  ];
}

/** Refuses what is in a list twice. */
function distinct(check: Check): Check {
  return (path, value) => {
    const faults = check(path, value);
    if (faults.length > 0 || !Array.isArray(value)) return faults;
    return value.flatMap((item: unknown, index) =>
      value.indexOf(item) === index
        ? []
        : [{ path: `${path}[${index}]`, value: item, problem: "is there twice", allowed: "each one once" }],
    );
  };
}

/** Labels by which objects find each other are ours. */
function freeLabelFaults(path: string, key: string): Fault[] {
  if (!Object.hasOwn(ownLabels(""), key)) return labelKeyFaults(path, key);
  return [
    {
      path: keyPath(path, key),
      problem: "is set by the chart",
      allowed: `any label but ${Object.keys(ownLabels("")).join(", ")}`,
    },
  ];
}
