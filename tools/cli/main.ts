// The `breakwater` command: what a person types, and nothing else; each command's work is in the file of its name.
import { Command, Option } from "commander";
import { bench } from "./bench.ts";
import { check, golden, test } from "./checks.ts";
import { down } from "./down.ts";
import { printEnvironment } from "./env.ts";
import { explain } from "./explain.ts";
import { printKubeconfig } from "./kubeconfig.ts";
import { reconcile } from "./reconcile.ts";
import { rollout } from "./rollout.ts";
import { status } from "./status.ts";
import { preview, up } from "./up.ts";

const yes = new Option("-y, --yes", "apply without asking; the environment `local` never asks");

const program = new Command("breakwater")
  .description("A fleet of Kubernetes clusters as one platform.")
  .showHelpAfterError()
  .enablePositionalOptions();

program
  .command("up")
  .description("preview the environment and apply it")
  .argument("[environment]", "name of the stack", "local")
  .argument("[engine options...]", "further options of `pulumi up`, after --")
  .addOption(yes)
  .action((environment: string, options: string[], { yes }: { yes?: boolean }) =>
    up(environment, yes ?? false, options),
  );

program
  .command("preview")
  .description("show what `up` would do, without doing it")
  .argument("[environment]", "name of the stack", "local")
  .argument("[engine options...]", "further options of `pulumi preview`, after --")
  .action((environment: string, options: string[]) => preview(environment, options));

program
  .command("down")
  .description("delete everything of the environment, its clusters on this machine included")
  .argument("[environment]", "name of the stack", "local")
  .argument("[engine options...]", "further options of `pulumi destroy`, after --")
  .addOption(yes)
  .action((environment: string, options: string[], { yes }: { yes?: boolean }) =>
    down(environment, yes ?? false, options),
  );

program
  .command("env")
  .description('print shell commands that set up plain `pulumi`: eval "$(npx breakwater env)"')
  .argument("[environment]", "name of the stack", "local")
  .action(printEnvironment);

program
  .command("kubeconfig")
  .description(
    "print the credentials of a cluster on this machine, as administrator or as a person of your choice",
  )
  .argument("<cluster>", "name of the cluster")
  .option("-e, --environment <name>", "name of the stack", "local")
  .option("-u, --user <name>", "issue a certificate for this user instead of the administrator's")
  .option("-g, --group <name...>", "groups of that user")
  .action(printKubeconfig);

program
  .command("status")
  .description("show what each cluster has of each release, beside what it is to have; reads only")
  .argument("[environment]", "name of the stack", "local")
  .option("-r, --release <name>", "only this release")
  .option("--json", "print a record per release and cluster, with every value and where it comes from")
  .option("-w, --watch", "look again every 2 seconds and show what changed, until interrupted")
  .action(status);

program
  .command("explain")
  .description("show where each value of a release comes from: layer, file and line, and what it hid")
  .argument("<release>", "name of the release")
  .argument("[path]", "only the value at this path and those below, e.g. image.tag")
  .option("-c, --cluster <name>", "only this member")
  .option("-e, --environment <name>", "name of the stack", "local")
  .action(explain);

program
  .command("reconcile")
  .description("bring back what is not as wanted, on the members where it is so, and nothing else")
  .argument("[release]", "only this release")
  .option("-e, --environment <name>", "name of the stack", "local")
  .addOption(yes)
  .action(reconcile);

program
  .command("rollout")
  .description("update one release wave by wave, or go on where a rollout was killed; see also --status")
  .argument("<release>", "name of the release")
  .option("-e, --environment <name>", "name of the stack", "local")
  .addOption(yes)
  .option("--soak <seconds>", "watch every wave for so long before the next one")
  .option("--approve-before <wave...>", "numbers of waves that wait for --approve")
  .option("--max-concurrent <count>", "how many members are updated at once")
  .option("--failure-budget <count>", "how many members may fail before it stops; 0 without it")
  .option("--on-failure <reaction>", "stop, or rollback to what was there; stop without it")
  .option("--window <window...>", 'when members may start, e.g. "sat,sun 22:00 240 +01:00", minutes long')
  .option("--status", "show how it stands")
  .option("--pause", "ask it to start nothing more")
  .option("--resume", "ask it to go on")
  .option("--approve <wave>", "let a wave start")
  .option("--abort", "give it up: what runs ends, the rest stays as it is")
  .action(rollout);

program.command("check").description("check format, types, lint, layers and dead code").action(check);

program
  .command("test")
  .description("run the unit tests, then the end-to-end tests on the real engine and real API servers")
  .argument("[vitest options...]", "passed to vitest, after --")
  .action(test);

program
  .command("golden")
  .description("rewrite the recorded results that tests compare with, and show what changed")
  .action(golden);

program
  .command("bench")
  .description("measure what people wait for, as JSON")
  .option("-r, --runs <count>", "runs of each measurement", "3")
  .action(({ runs }: { runs: string }) => bench(Number(runs)));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// A program that a kubeconfig names for its credentials, and that does not end, would keep this one from ending.
process.exit();
