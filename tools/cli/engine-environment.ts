// The environment variables under which the Pulumi engine runs for this checkout. What the user set stays as it is,
// so a team's own backend and secrets provider are used when the shell names them.
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { ensureToolchain } from "../toolchain/toolchain.ts";
import { checkoutDirectory, stateDirectory } from "./checkout.ts";

/** Environment variables by name. */
export type Environment = Record<string, string>;

/** Makes sure of the toolchain and of the state folder, and returns the variables that differ from the shell's. */
export async function engineEnvironment(): Promise<Environment> {
  const toolchain = await ensureToolchain();
  const state = stateDirectory();
  const home = join(state, "pulumi");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(state, 0o700);
  linkPlugins(toolchain.plugins, home);
  return {
    PATH: [toolchain.bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
    BREAKWATER_STATE: state,
    PULUMI_HOME: home,
    ...localBackend(state),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    // Without it the engine asks for the plugin of every Pulumi package in node_modules, used or not.
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_OPTION_POLICY_PACK: join(checkoutDirectory, "policies"),
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
    // An output inside a string is an error instead of a wrong string.
    PULUMI_ERROR_OUTPUT_STRING: "1",
  };
}

/** State and secrets in files of this machine, unless the shell names another backend. */
function localBackend(state: string): Environment {
  const backend = join(state, "backend");
  const url = `file://${backend}`;
  if (isOthers("PULUMI_BACKEND_URL", url)) return {};
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  return { PULUMI_BACKEND_URL: url, ...localPassphrase(join(state, "passphrase")) };
}

function localPassphrase(file: string): Environment {
  if (isOthers("PULUMI_CONFIG_PASSPHRASE", "") || isOthers("PULUMI_CONFIG_PASSPHRASE_FILE", file)) return {};
  if (!existsSync(file))
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** Whether the shell has a variable of the user's own; a shell that `breakwater env` set up has ours. */
function isOthers(variable: string, ours: string): boolean {
  const value = process.env[variable];
  return value !== undefined && value !== "" && value !== ours;
}

/** The engine finds plugins in its home, in folders that must not be links; those that the user installed stay. */
function linkPlugins(plugins: string[], home: string): void {
  for (const plugin of plugins) {
    const folder = join(home, "plugins", basename(plugin));
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(plugin)) {
      const [link, target] = [join(folder, file), join(plugin, file)];
      const found = lstatSync(link, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() && readlinkSync(link) === target) continue;
      if (found) rmSync(link);
      symlinkSync(target, link);
    }
  }
}
