// What the program wants of a release, by a preview that changes nothing.
import { askEngine, type Engine, runEngine } from "./engine.ts";
import { withEventLog } from "./event-log.ts";
import { planRollout, type RolloutPlan } from "./rollout-plan.ts";

/** Previews the program and reads what it wants of a release. What is wrong is shown as `preview` shows it. */
export function readPlan(engine: Engine, release: string): Promise<RolloutPlan> {
  return withEventLog(engine, async (logging, readLog) => {
    const preview = await previewAsJson(engine, logging);
    return planRollout(release, preview, readLog());
  });
}

async function previewAsJson(engine: Engine, logging: string[]): Promise<string> {
  try {
    return askEngine(engine, ["preview", "--json", "--show-sames", ...logging]);
  } catch (error) {
    if ((await runEngine(engine, ["preview"])) === 0) throw error;
    throw new Error("the preview failed, so nothing was changed");
  }
}
