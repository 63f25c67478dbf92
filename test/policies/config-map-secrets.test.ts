import { describe, expect, it } from "vitest";
import { configMapSecrets } from "../../policies/rules/config-map-secrets.ts";
import { faultsOf } from "./faults.ts";

const judge = (props: Record<string, unknown>, type = "kubernetes:core/v1:ConfigMap") =>
  faultsOf(configMapSecrets, { type, props });
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Put together here, so that no scanner takes this file for a leak. */
const tokens: [string, string][] = [
  ["a private key", `-----BEGIN RSA ${"PRIVATE"} KEY-----\nMIIE`],
  ["a private key", `-----BEGIN ${"PRIVATE"} KEY-----\nMIIE`],
  ["an AWS access key", `AKIA${"Q7".repeat(8)}`],
  ["a GitHub token", `ghp_${"a1".repeat(18)}`],
  ["a GitLab token", `glpat-${"a1".repeat(10)}`],
  ["a Google API key", `AIza${"a1b".repeat(12).slice(1)}`],
  ["an npm token", `npm_${"a1".repeat(18)}`],
  ["a Pulumi token", `pul-${"a1".repeat(20)}`],
  ["a Slack token", `xoxb-${"12".repeat(8)}`],
  ["a Stripe key", `sk_live_${"a1".repeat(12)}`],
  ["a Vault token", `hvs.${"a1".repeat(14)}`],
  ["a JSON web token", `eyJ${"a1".repeat(8)}.eyJ${"b2".repeat(8)}.${"c3".repeat(12)}`],
  ["an address with a password", `postgres://web:${"hunter"}2@db:5432/shop`],
];

describe("the rule about secrets in ConfigMaps", () => {
  it("lets configuration pass", () => {
    const data = {
      authors: "ada",
      passwordFile: "/run/secrets/password",
      "token-url": "https://id.example.com/token",
      secretName: "database",
      token: "",
      apiKey: "$(API_KEY)",
      requirePassword: "true",
      "ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
      "app.properties": "db.password = $DB_PASSWORD\n# db.password = old\ntoken.ttl=60\npassword=\n",
      "app.yaml": "auth:\n  secret:\n    name: db\n  password: '{{ .password }}'\n  token: true\n",
      "app.json": '{\n  "password": null,\n  "tokens": 5,\n  "url": "http://web:8080/a@b"\n}',
    };
    expect(judge({ data })).toEqual([]);
  });

  it.each([
    "password",
    "DB_PASSWORD",
    "db-passwd",
    "apiKey",
    "API_KEY",
    "githubToken",
    "client.secret",
    "token.txt",
  ])("refuses a value under %s, and does not tell it", (key) => {
    const [fault, ...others] = judge({ data: { [key]: "hunter2", other: "fine" } });
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      path: expect.stringContaining(key),
      problem: "holds a value under the name of a secret",
      allowed: expect.stringContaining("`passwordFile`"),
    });
    expect(JSON.stringify(fault)).not.toContain("hunter2");
  });

  it.each(tokens)("knows %s by its look, and does not tell it", (what, token) => {
    const faults = judge({
      data: { "app.conf": `listen 80\nuse ${token}` },
      binaryData: { file: base64(token) },
    });
    expect(faults).toMatchObject([
      { path: 'data["app.conf"]', problem: `holds ${what} in line 2` },
      { path: "binaryData.file", problem: expect.stringContaining(`holds ${what}`) },
    ]);
    expect(JSON.stringify(faults)).not.toContain(token.slice(-8));
  });

  it.each([
    ["application.properties", "a=b\nspring.datasource.password=hunter2", "spring.datasource.password"],
    ["config.yaml", "users:\n  - password: 'hunter2'", "password"],
    ["config.json", '{\n  "apiKey": "hunter2",\n}', "apiKey"],
    [".env", "# local\nexport DB_PASSWORD=hunter2", "DB_PASSWORD"],
  ])("reads the lines of %s", (file, text, name) => {
    const faults = judge({ data: { [file]: text } });
    expect(faults).toMatchObject([{ problem: `gives a value to \`${name}\` in line 2` }]);
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });

  it("judges patches of ConfigMaps too, and nothing else", () => {
    const props = { data: { password: "hunter2" } };
    expect(judge(props, "kubernetes:core/v1:ConfigMapPatch")).toHaveLength(1);
    expect(judge(props, "kubernetes:core/v1:Secret")).toEqual([]);
    expect(judge(props, "kubernetes:example.com/v1:ConfigMap")).toEqual([]);
  });

  it("lets a ConfigMap without data pass", () => {
    expect(judge({})).toEqual([]);
    expect(judge({ data: null, binaryData: undefined })).toEqual([]);
    expect(judge({ data: { password: undefined } })).toEqual([]);
  });
});
