// What a secret looks like: names that announce one, and the shapes of well-known tokens.

/** Last words of a name that announces a secret; words are told apart by case and punctuation, so `authors` is none. */
const secretNames = new Set([
  ...["password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "credentials", "apikey"],
  ...["api key", "access key", "secret key", "private key", "signing key", "encryption key"],
]);

/** Tokens that can be told by their look, whatever the name. */
const shapes: { what: string; pattern: RegExp }[] = [
  { what: "a private key", pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: "a GitHub token", pattern: /\b(?:gh[oprsu]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,})/ },
  { what: "a GitLab token", pattern: /\bglpat-[\w-]{20,}/ },
  { what: "a Google API key", pattern: /\bAIza[\w-]{35}/ },
  { what: "an npm token", pattern: /\bnpm_[0-9A-Za-z]{36}/ },
  { what: "a Pulumi token", pattern: /\bpul-[0-9a-f]{40}\b/ },
  { what: "a Slack token", pattern: /\bxox[abeoprs]-[\w-]{10,}/ },
  { what: "a Stripe key", pattern: /\b[rs]k_live_[0-9A-Za-z]{16,}/ },
  { what: "a Vault token", pattern: /\bhv[bs]\.[\w-]{24,}/ },
  { what: "a JSON web token", pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/ },
  {
    what: "an address with a password",
    pattern: /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"'$<{]{0,256}:[^\s/:@"'$<{]{1,256}@/i,
  },
];

/** Values that are no secret even under such a name: nothing, a switch, a reference, a place, or more structure. */
const harmless = /^(?:|true|false|yes|no|null|none|[[{=<$#&*].*|\.{0,2}\/.*|[a-z][a-z0-9+.-]*:\/\/.*)$/is;

/** A line of a configuration file that gives a value to a name, in YAML, JSON, properties or shell. */
const assignment = /^\s*(?:- |export )?\s*["']?(?<name>[A-Za-z][\w.-]*)["']?\s*[:=]\s*(?<value>.*)$/;

/** What secrets an entry of a configuration holds, each as the end of a sentence that does not tell it. */
export function secretsIn(name: string, text: string): string[] {
  if (announcesSecret(name.replace(/\.txt$/, "")) && !isHarmless(text)) {
    return ["holds a value under the name of a secret"];
  }
  return text.split("\n").flatMap((line, index) => {
    const where = text.trim().includes("\n") ? ` in line ${index + 1}` : "";
    const shape = shapes.find(({ pattern }) => pattern.test(line));
    if (shape !== undefined) return [`holds ${shape.what}${where}`];
    const groups = assignment.exec(line)?.groups;
    if (groups?.["name"] === undefined || !announcesSecret(groups["name"])) return [];
    return isHarmless(groups["value"] ?? "") ? [] : [`gives a value to \`${groups["name"]}\`${where}`];
  });
}

/** `DB_PASSWORD`, `apiKey` and `spring.datasource.password` do; `passwordFile` and `tokenUrl` do not. */
function announcesSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return secretNames.has(words.slice(-1).join(" ")) || secretNames.has(words.slice(-2).join(" "));
}

function isHarmless(value: string): boolean {
  return harmless.test(value.trim().replace(/^["']|["'][,;}\]\s]*$|[,;]$/g, ""));
}
