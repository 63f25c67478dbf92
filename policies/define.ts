// What a rule is, and how it becomes a policy that the engine enforces.
import type { ResourceValidationPolicy, Severity } from "@pulumi/policy";
import type { Fault } from "../components/core/errors.ts";

/** A resource as the engine is about to make or keep it. */
export interface PlannedResource {
  /** Its type token, such as `kubernetes:apps/v1:Deployment`. */
  type: string;
  /**
   * Its inputs, checked and completed by the provider. Secrets stand there in plain text. Reading a value that is not
   * known during preview throws: `each` (reading.ts) puts that off until the rest is judged.
   */
  props: Record<string, unknown>;
  /** Whether the engine refuses to delete it. */
  protect: boolean;
}

/** A guardrail: a pure function over one planned resource, in a file of its own, named by its id. */
export interface Rule {
  /** In kebab-case; also the name of the file and of the policy. */
  id: string;
  /** One sentence: what is refused, or what has to be. */
  title: string;
  /** What to do about a violation, for somebody who has never heard of the rule. */
  remedy: string;
  /** What a violation may cost. Default: high. */
  severity?: Severity;
  /**
   * What is wrong with the resource; nothing when the rule is about others. Paths begin at the resource's inputs, and
   * no fault ever holds a secret.
   */
  faults(resource: PlannedResource): Iterable<Fault>;
}

const defaults = { enforcementLevel: "mandatory", severity: "high" } as const;

/** The policy of a rule. Every policy is mandatory: one violation stops the preview. */
export function definePolicy(rule: Rule): ResourceValidationPolicy {
  return {
    name: rule.id,
    description: rule.title,
    enforcementLevel: defaults.enforcementLevel,
    severity: rule.severity ?? defaults.severity,
    remediationSteps: rule.remedy,
    validateResource({ type, props, opts }, report) {
      for (const fault of rule.faults({ type, props, protect: opts.protect })) report(violation(rule, fault));
    },
  };
}

/** The engine prints the rule's id and title and the resource above it. */
function violation({ remedy }: Rule, { path, value, problem, allowed, instead }: Fault): string {
  const given = value === undefined ? [] : [`  given:   ${JSON.stringify(value)}`];
  return [`${path} ${problem}`, ...given, `  allowed: ${allowed}`, `  write:   ${instead ?? remedy}`].join(
    "\n",
  );
}
