import { useState } from "preact/hooks";
import { DEMO_STEPS } from "../../load/demoSteps";
import type { LoadView } from "../../load/load";
import { count, duration } from "../format";
import type { PageModel } from "../model";
import { ActionButton, Card, Pill } from "../parts";

/** The failover demonstration in one click. */
export function DemoCard({ page }: { page: PageModel }) {
  const demo = page.state.load?.demo;
  return (
    <article class="card demo">
      <h2>See a Region die</h2>
      <p class="soft">
        About a minute: customers order in both Regions, the first one is killed, the other takes over, and every
        accepted order is counted.
      </p>
      {demo && (
        <ol class="steps">
          {DEMO_STEPS.map((step, index) => (
            <li
              key={step}
              class={index < demo.step ? "done" : index === demo.step && demo.isRunning ? "now" : undefined}
              aria-current={index === demo.step && demo.isRunning ? "step" : undefined}
            >
              {step}
            </li>
          ))}
        </ol>
      )}
      {demo?.outcome && (
        <p class="outcome" role="status">
          {demo.outcome}
        </p>
      )}
      <button
        type="button"
        class="primary"
        disabled={demo?.isRunning === true}
        onClick={() => page.act({ action: "demo" })}
      >
        {demo?.isRunning ? "Running…" : "Demo failover"}
      </button>
    </article>
  );
}

/** Load generator: orders a second, their duration and their share by Region. */
export function LoadCard({ page }: { page: PageModel }) {
  const { regions } = page.settings;
  const [perSecond, setPerSecond] = useState(1);
  const [seconds, setSeconds] = useState(60);
  const [first, setFirst] = useState(50);
  const load = page.state.load?.load;
  const isSigningUp = page.state.events?.pending.some(({ subject }) => subject === "load") === true;
  const share = Object.fromEntries(regions.map((region, index) => [region, index === 0 ? first : 100 - first]));
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    void page.act({ action: "load", load: { perSecond, seconds, share: regions.length > 1 ? share : undefined } });
  };
  return (
    <Card
      title="Generate orders"
      aside={load && <Pill look={load.isRunning ? "busy" : ""}>{load.isRunning ? "running" : "ended"}</Pill>}
    >
      <form onSubmit={start}>
        <div class="row">
          <label class="grow" for="per-second">
            Orders a second
          </label>
          <input
            id="per-second"
            type="number"
            min={0.1}
            max={20}
            step={0.1}
            value={perSecond}
            onChange={({ currentTarget }) => setPerSecond(Number(currentTarget.value))}
          />
        </div>
        <div class="row">
          <label class="grow" for="seconds">
            Seconds
          </label>
          <input
            id="seconds"
            type="number"
            min={1}
            max={600}
            value={seconds}
            onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}
          />
        </div>
        {regions.length > 1 && (
          <div class="row">
            <label class="grow" for="share">
              {first} % in {regions[0]}
            </label>
            <input
              id="share"
              type="range"
              min={0}
              max={100}
              step={5}
              value={first}
              onInput={({ currentTarget }) => setFirst(Number(currentTarget.value))}
            />
          </div>
        )}
        {load?.isRunning ? (
          <ActionButton page={page} action={{ action: "stop-load" }}>
            Stop
          </ActionButton>
        ) : (
          <button type="submit" disabled={isSigningUp}>
            {isSigningUp
              ? "Customers sign up…"
              : `Place ${count(Math.max(1, Math.round(perSecond * seconds)), "order")}`}
          </button>
        )}
      </form>
      {load && <LoadFigures load={load} />}
    </Card>
  );
}

function LoadFigures({ load }: { load: LoadView }) {
  return (
    <dl class="facts">
      <dt>Accepted</dt>
      <dd>
        {load.acknowledged} of {load.requested} requested
        {load.moved > 0 && `, ${load.moved} by the other Region`}
      </dd>
      <dt>Slowest</dt>
      <dd>{load.slowestMs === 0 ? "–" : duration(load.slowestMs)}</dd>
      {load.failed > 0 && (
        <>
          <dt>Failed</dt>
          <dd class="failed">
            {load.failed}: {load.lastFailure}
          </dd>
        </>
      )}
    </dl>
  );
}
