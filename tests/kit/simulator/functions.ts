import type { SimulatedFunction, SimulatedStack } from "./program";
import { type Activation, runInActivation } from "./virtualTime";
import type { World } from "./world";

type Handler = (event: unknown, context: unknown) => unknown;

/** End of a function call. */
export type CallResult = { ok: true; value: unknown } | { ok: false; error: string; message: string };

interface Running {
  activation: Activation;
  end(result: CallResult): void;
}

/** Share of calls that find no warm instance although one exists. */
const COLD = 0.02;

/** Lambda: instances with warm state, time-outs, crashes, asynchronous calls with retries. */
export class Functions {
  /** Warm instances by ARN: each answers one call at a time. */
  private readonly idle = new Map<string, Handler[]>();
  private readonly running = new Set<Running>();
  private readonly byArn = new Map<string, SimulatedFunction>();
  calls = 0;
  /** Called with an asynchronous event whose retries are used up. */
  onGivenUp: (fn: SimulatedFunction, region: string, event: unknown, error: string) => void = () => {};

  /** Called with each call; the function that it returns is called at its end. */
  onCall: (activation: Activation, event: unknown) => (result: CallResult) => void = () => () => {};

  constructor(
    private readonly world: World,
    stacks: readonly SimulatedStack[],
  ) {
    for (const stack of stacks) for (const [arn, fn] of stack.functions) this.byArn.set(arn, fn);
    world.onDown((region) => this.endAll(region));
  }

  find(region: string, nameOrArn: string): SimulatedFunction {
    const fn =
      this.byArn.get(nameOrArn) ?? this.byArn.get(`arn:aws:lambda:${region}:123456789012:function:${nameOrArn}`);
    if (!fn) throw new Error(`The simulator has no function "${nameOrArn}" in ${region}.`);
    return fn;
  }

  /** Finds a function by the name that the component gives it, such as `orders-submit`. */
  named(region: string, name: string): SimulatedFunction {
    for (const fn of this.byArn.values()) if (fn.name === name && fn.arn.split(":")[3] === region) return fn;
    throw new Error(`The simulator has no function "${name}" in ${region}.`);
  }

  /** Drops all warm instances of a Region, as a deployment does. */
  restart(region: string): void {
    for (const arn of this.idle.keys()) if (arn.split(":")[3] === region) this.idle.delete(arn);
  }

  /** Calls a function; `done` is called once, in the Region's own time. */
  call(region: string, fn: SimulatedFunction, event: unknown, done: (result: CallResult) => void): void {
    this.calls += 1;
    const { world } = this;
    const activation: Activation = {
      region,
      functionName: fn.name,
      environment: fn.environment,
      skewMs: world.skewMs.get(region) ?? 0,
      dead: false,
    };
    const ended = this.onCall(activation, event);
    const deadline = world.now() + fn.timeoutSeconds * 1_000;
    let instance: Handler | undefined;
    const running: Running = {
      activation,
      end: (result) => {
        if (activation.dead) return;
        activation.dead = true;
        timer.cancel();
        this.running.delete(running);
        ended(result);
        done(result);
      },
    };
    this.running.add(running);
    const isPeriodic = fn.name.endsWith("-watch");
    const timer = world.after(
      fn.timeoutSeconds * 1_000,
      region,
      () => running.end({ ok: false, error: "Sandbox.Timedout", message: `${fn.name} timed out.` }),
      // The limit alone keeps no schedule busy: what the call does, does.
      true,
    );
    const context = {
      functionName: fn.name,
      awsRequestId: `request-${this.calls}`,
      getRemainingTimeInMillis: () => deadline - world.now(),
    };
    world.after(
      world.latency(world.chance.next(`start/${region}/${fn.name}`), 5),
      region,
      () => {
        if (activation.dead) return;
        void runInActivation(activation, async () => {
          try {
            instance = this.take(fn);
            const value = await instance(event, context);
            if (activation.dead) return;
            this.giveBack(fn, instance);
            running.end({ ok: true, value });
          } catch (error) {
            if (activation.dead) return;
            if (instance) this.giveBack(fn, instance);
            const { name, message } = error as Error;
            running.end({ ok: false, error: name, message });
          }
        });
      },
      isPeriodic,
    );
  }

  /** Puts an event into the function's queue of asynchronous calls. */
  callLater(region: string, fn: SimulatedFunction, event: unknown, attempt = 0, since = this.world.now()): void {
    const label = this.world.chance.next(`async/${region}/${fn.name}`);
    const delay = attempt === 0 ? 20 : attempt * 60_000;
    this.world.after(this.world.latency(label, delay), region, () => {
      if (this.world.now() - since > fn.maxAgeSeconds * 1_000) return this.onGivenUp(fn, region, event, "too old");
      this.call(region, fn, event, (result) => {
        if (result.ok) return;
        if (attempt < fn.retries) this.callLater(region, fn, event, attempt + 1, since);
        else this.onGivenUp(fn, region, event, result.error);
      });
    });
  }

  /** Ends a call at once, as a crash of its process does. */
  crash(activation: Activation): void {
    for (const running of this.running) {
      if (running.activation !== activation) continue;
      running.end({ ok: false, error: "Runtime.ExitError", message: "The process ended." });
      return;
    }
  }

  private endAll(region: string): void {
    for (const running of [...this.running]) {
      if (running.activation.region !== region) continue;
      // The caller learns of it once the Region is back.
      running.end({ ok: false, error: "Lambda.ServiceException", message: "The Region was down." });
    }
    this.restart(region);
  }

  private take(fn: SimulatedFunction): Handler {
    const isCold = this.world.chance.of(this.world.chance.next(`cold/${fn.arn}`)) < COLD;
    const warm = isCold ? undefined : this.idle.get(fn.arn)?.pop();
    return warm ?? fn.factory();
  }

  private giveBack(fn: SimulatedFunction, instance: Handler): void {
    const idle = this.idle.get(fn.arn) ?? [];
    idle.push(instance);
    this.idle.set(fn.arn, idle);
  }
}
