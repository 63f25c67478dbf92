import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EngineProject, installPrograms, type Parts } from "./engine-project.ts";

const programs = mkdtempSync(join(tmpdir(), "breakwater-programs-"));
beforeAll(() => installPrograms(programs), 1_800_000);
afterAll(() => rmSync(programs, { recursive: true }));

const project = (files: Parts["files"], more?: Omit<Parts, "files">) =>
  EngineProject.create(programs, { files, ...more });

const waiting = { timeout: 30_000, interval: 50 };

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** How often the closing report says it; the lines of progress above it are cut-off copies. */
const reported = (output: string, part: string) =>
  output.replace(/.*^Diagnostics:/ms, "").split(part).length - 1;

describe("a program", () => {
  it("that throws fails the command and shows its error once, with its place", async () => {
    const made = await project({ "index.ts": 'throw new Error("the reef is too near");\n' });
    const { status, output } = await made.pulumi("preview");
    expect(status).not.toBe(0);
    expect(reported(output, "the reef is too near")).toBe(1);
    expect(output).toContain("index.ts:1");
  });

  it("that fails with an error for its reader shows that error once and nothing of the host", async () => {
    const made = await project({
      "index.ts": `import * as pulumi from "@pulumi/pulumi";\nthrow new pulumi.RunError("write 3 instead of -3");\n`,
    });
    const { status, output } = await made.pulumi("preview");
    expect(status).not.toBe(0);
    expect(reported(output, "write 3 instead of -3")).toBe(1);
    expect(output).not.toMatch(/exit status|the program failed|at .*index\.ts/);
  });

  it("that ends itself with a status of its own is not taken for a success", async () => {
    const made = await project({ "index.ts": "process.exit(3);\n" });
    const { status, output } = await made.pulumi("preview");
    expect(status).not.toBe(0);
    expect(output).toContain("the program failed: exit status 3");
  });

  it("whose packages are not installed is told what to do", async () => {
    const made = await project({ "index.ts": "" }, { installed: false });
    const { status, output } = await made.pulumi("preview");
    expect(status).not.toBe(0);
    expect(output).toContain("run `npm install` first");
  });

  it("gets its configuration, keeps a secret of it secret, and Node's own arguments", async () => {
    const made = await project(
      {
        "index.ts": `import * as pulumi from "@pulumi/pulumi";
          const config = new pulumi.Config();
          export const greeting = config.require("greeting");
          export const port = new pulumi.Config("other").requireNumber("port");
          export const password = config.requireSecret("password");
          export const leaked = config.require("password") === "s3cret-word";
          export const title = process.title;
          export const where = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
          console.log("a line of the program");`,
      },
      { more: "    nodeargs: --title=harbour\n" },
    );
    expect((await made.pulumi("config", "set", "greeting", "good evening")).status).toBe(0);
    expect((await made.pulumi("config", "set", "other:port", "8080")).status).toBe(0);
    expect((await made.pulumi("config", "set", "--secret", "password", "s3cret-word")).status).toBe(0);
    const up = await made.pulumi("up", "--skip-preview", "--yes");
    expect(up.output).toContain("a line of the program");
    expect(up.status).toBe(0);
    const shown = await made.pulumi("stack", "output", "--json");
    expect(JSON.parse(shown.output)).toEqual({
      greeting: "good evening",
      port: 8080,
      password: "[secret]",
      leaked: true,
      title: "harbour",
      where: "organization/hosted/test",
    });
    const state = await made.pulumi("stack", "export");
    expect(state.output).toContain("good evening");
    expect(up.output + shown.output + state.output).not.toContain("s3cret-word");
  });
});

describe("a plugin program", () => {
  const thing = {
    "index.ts": `import * as pulumi from "@pulumi/pulumi";
      const thing = new pulumi.CustomResource("thing:index:Thing", "one", { size: 2, double: undefined });
      export const id = thing.id;
      export const double = (thing as unknown as { double: pulumi.Output<number> }).double;`,
    "thing/PulumiPlugin.yaml": "name: thing\nruntime: nodejs\n",
    "thing/package.json": '{ "name": "thing", "main": "index.js" }',
    "thing/index.js": `const provider = require("@pulumi/pulumi/provider");
      require("node:fs").writeFileSync(__dirname + "/pids", JSON.stringify([process.pid, process.ppid]));
      module.exports = () => provider.main({
        version: "1.0.0",
        schema: JSON.stringify({ name: "thing", version: "1.0.0", description: "from " + process.cwd() }),
        create: async (urn, inputs) => ({ id: "thing-1", outs: { ...inputs, double: inputs.size * 2 } }),
      }, process.argv.slice(2));`,
  };
  const plugins = { more: "plugins:\n  providers:\n    - name: thing\n      path: thing\n" };

  it("serves the resources of a program, and ends with the command", async () => {
    const made = await project(thing, plugins);
    const up = await made.pulumi("up", "--skip-preview", "--yes");
    expect(up.output).toContain("+ 2 created");
    const { output } = await made.pulumi("stack", "output", "--json");
    expect(JSON.parse(output)).toEqual({ id: "thing-1", double: 4 });
    const pids = JSON.parse(made.read("thing/pids") ?? "") as number[];
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it("ends with its host when the engine is killed", async () => {
    const endless = thing["thing/index.js"].replace(/create: .*/, "create: () => new Promise(() => {}),");
    const made = await project({ ...thing, "thing/index.js": endless }, plugins);
    const run = made.start("up", "--skip-preview", "--yes");
    await vi.waitFor(() => expect(run.output()).toContain("thing:index:Thing one creating"), waiting);
    const pids = JSON.parse(made.read("thing/pids") ?? "") as number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    run.child.kill("SIGKILL");
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), waiting);
  });

  it("answers for its schema to a command that first asks for its packages to be installed", async () => {
    const made = await project(thing);
    const { status, output } = await made.pulumi("package", "get-schema", "./thing");
    expect(output).toContain('"name": "thing"');
    expect(status).toBe(0);
  });

  it("that fails at its start fails the command with its own words", async () => {
    const broken = { ...thing, "thing/index.js": 'throw new Error("the thing has no keel");' };
    const made = await project(broken, plugins);
    const { status, output } = await made.pulumi("up", "--skip-preview", "--yes");
    expect(status).not.toBe(0);
    expect(output).toContain("the thing has no keel");
  });
});

describe("a policy pack", () => {
  const files = {
    "index.ts": `import * as pulumi from "@pulumi/pulumi";
      new (class extends pulumi.ComponentResource {})("hosted:index:Berth", process.env["BERTH"] ?? "narrow");`,
    "pack/PulumiPolicy.yaml": "runtime: nodejs\n",
    "pack/package.json": '{ "name": "pack", "version": "1.0.0", "main": "index.js" }',
    "pack/index.js": `const { PolicyPack } = require("@pulumi/policy");
      const pulumi = require("@pulumi/pulumi");
      new PolicyPack("harbour", { policies: [{
        name: "no-narrow-berth",
        description: "berths are wide",
        enforcementLevel: "mandatory",
        validateResource: (args, report) => {
          if (args.name === "narrow") report([pulumi.getStack(), new pulumi.Config("hosted").get("width")].join(" is "));
        },
      }] });`,
  };

  it("stops what violates it, with a message that knows stack and configuration", async () => {
    const made = await project(files);
    await made.pulumi("config", "set", "width", "3 m");
    const { status, output } = await made.pulumi("preview", "--policy-pack", "pack");
    expect(status).not.toBe(0);
    expect(output).toMatch(/\[mandatory\].*no-narrow-berth/s);
    expect(output).toContain("test is 3 m");
  });

  it("lets pass what does not", async () => {
    const wide = { ...files, "index.ts": files["index.ts"].replace('"narrow"', '"wide"') };
    const made = await project(wide);
    const { status, output } = await made.pulumi("preview", "--policy-pack", "pack");
    expect(output).toContain("+ 2 to create");
    expect(status).toBe(0);
  });
});

describe("a program in the middle of its work", () => {
  const endless = {
    "index.ts": `import { writeFileSync, renameSync } from "node:fs";
      process.on("SIGTERM", () => {}); // as stubborn as programs get
      writeFileSync("pids.draft", JSON.stringify([process.pid, process.ppid]));
      renameSync("pids.draft", "pids");
      await new Promise((resolve) => setInterval(() => {}, 1000));`,
  };

  async function started(): Promise<{
    made: EngineProject;
    run: ReturnType<EngineProject["start"]>;
    pids: number[];
  }> {
    const made = await project(endless);
    const run = made.start("up", "--skip-preview", "--yes");
    await vi.waitFor(() => expect(made.read("pids"), run.output()).toBeTypeOf("string"), waiting);
    const pids = JSON.parse(made.read("pids") ?? "") as number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    return { made, run, pids };
  }

  it("ends with its host when the user interrupts the command", async () => {
    const { run, pids } = await started();
    run.child.kill("SIGINT");
    const { status, output } = await run.outcome;
    expect(status).not.toBe(0);
    expect(output).toContain("cancel");
    expect(output).not.toContain("the program failed");
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), waiting);
  });

  it("ends with its host when the engine is killed", async () => {
    const { run, pids } = await started();
    run.child.kill("SIGKILL");
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), waiting);
  });
});
