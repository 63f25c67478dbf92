// What a component was made of at the last update. The engine tells it before anything is changed, in a preview too.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, FaultsError } from "./errors.ts";
import { deferFaults } from "./program.ts";

/** How a component gets to know its own inputs of the last update. */
interface LastUpdate<I extends object> {
  /** What the component must be registered with, beside its inputs. */
  opts: pulumi.ComponentResourceOptions;
  /** To be called as soon as the component is registered: its inputs of the last update, none when it is new. */
  inputs(component: pulumi.Resource): Promise<Partial<I>>;
}

/**
 * Asks the engine for the last update of a component that is about to be registered with the inputs `now`, and refuses
 * a change that has faults: in a preview they are told with all others of the program, in an update the component and
 * what stands below it stay as they are. `name` must be unique in the program. What `now` holds must be plain.
 *
 * The engine tells it through a hook, which must answer without waiting for anything: a preview whose program has ended
 * with an error would wait for the hook for ever.
 */
export function lastUpdate<I extends object>(
  name: string,
  now: I,
  check: (before: Partial<I>) => Fault[],
): LastUpdate<I> {
  const before = Promise.withResolvers<Partial<I>>();
  const preview = pulumi.runtime.isDryRun();
  let collected = false;
  const hook = new pulumi.ResourceHook(
    name,
    ({ oldInputs = {} }) => {
      before.resolve(oldInputs as Partial<I>);
      const faults = check(oldInputs as Partial<I>);
      if (faults.length > 0 && !(preview && collected)) throw new FaultsError(faults);
    },
    { onDryRun: true },
  );
  return {
    opts: { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
    inputs: (component) => {
      collected = deferFaults(before.promise.then(check));
      // The hook is called for a change alone. A component that is registered without it is what it was.
      component.urn.apply(() => before.resolve(now));
      return before.promise;
    },
  };
}
