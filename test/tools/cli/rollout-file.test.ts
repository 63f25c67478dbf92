import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRollout } from "../../../components/releases/rollout.ts";
import { RolloutFiles } from "../../../tools/cli/rollout-file.ts";

let folder: string;
let files: RolloutFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breakwater-test-"));
  files = new RolloutFiles(folder, "shop");
});

afterEach(() => rmSync(folder, { recursive: true }));

const { state } = startRollout({ members: { a: { wanted: "v2" } }, waves: [["a"]] }, 0);

describe("the files of a rollout", () => {
  it("hold its state, which only its owner can read, and nothing half written", () => {
    expect(files.read()).toBeUndefined();
    files.save(state);
    expect(files.read()).toEqual(state);
    expect(readdirSync(join(folder, "shop"))).toEqual(["state.json"]);
    expect(statSync(join(folder, "shop", "state.json")).mode & 0o777).toBe(0o600);
  });

  it("stay in their folder whatever the release is called", () => {
    new RolloutFiles(folder, "../shop").save(state);
    expect(readdirSync(folder)).toEqual(["..%2Fshop"]);
  });

  it("hold requests in order until they are taken up", () => {
    files.ask({ kind: "pause" });
    files.ask({ kind: "approve", wave: 2 });
    const requests = files.requests();
    expect(requests.map(({ request }) => request)).toEqual([{ kind: "pause" }, { kind: "approve", wave: 2 }]);
    files.forget(requests.slice(0, 1));
    expect(files.requests()).toEqual(requests.slice(1));
  });
});

describe("the driver of a rollout", () => {
  it("is one at a time", async () => {
    await files.drive(async () => {
      expect(files.driver()).toBe(process.pid);
      await expect(files.drive(async () => {})).rejects.toThrow(
        `process ${process.pid} drives this rollout already`,
      );
    });
    expect(files.driver()).toBeUndefined();
  });

  it("is gone when its work failed", async () => {
    await expect(files.drive(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(files.driver()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is none when its process was killed, or its id is another process's now", async () => {
    files.save(state);
    const child = spawn("true");
    await once(child, "exit");
    for (const pid of [child.pid, process.pid]) {
      writeFileSync(join(folder, "shop", "driver.json"), JSON.stringify({ pid, started: "long ago" }));
      expect(files.driver()).toBeUndefined();
      expect(await files.drive(async () => files.driver())).toBe(process.pid);
    }
  });
});
