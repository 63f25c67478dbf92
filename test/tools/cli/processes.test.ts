import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isAlive, listProcesses } from "../../../tools/cli/processes.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(...command: [string, ...string[]]): Promise<number> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], MARK: "of-this-test" },
    stdio: "ignore",
  });
  children.push(child);
  await once(child, "spawn");
  return child.pid ?? 0;
}

describe("the processes of this machine", () => {
  it("are listed with their parent, command line and the variables they were started with", async () => {
    const pid = await start("sleep", "60");
    await vi.waitFor(() =>
      expect(listProcesses().find((candidate) => candidate.pid === pid)).toMatchObject({
        parent: process.pid,
        commandLine: expect.stringContaining("sleep 60"),
        environment: expect.arrayContaining(["MARK=of-this-test"]),
      }),
    );
  });

  it("do not count a zombie, which waits for a parent that never asks", async () => {
    // bash starts a child, then becomes a program that never collects it.
    const parent = await start("bash", "-c", "sleep 0.1 & exec sleep 60");
    const zombie = await vi.waitFor(() => {
      const [child] = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
      expect(readFileSync(`/proc/${child}/stat`, "utf8")).toContain(") Z ");
      return Number(child);
    });
    expect(isAlive(zombie)).toBe(false);
    expect(listProcesses().some(({ pid }) => pid === zombie)).toBe(false);
    expect(isAlive(parent)).toBe(true);
  });

  it("do not count one that has ended", async () => {
    const pid = await start("true");
    await once(children[0] as ChildProcess, "exit");
    expect(isAlive(pid)).toBe(false);
  });
});
