import type { Sample } from "../../pulse";
import type { RegionsView } from "../../state";
import { count, duration, type Look, waitingText } from "../format";
import type { PageModel } from "../model";
import { Dot, Pill } from "../parts";
import { Sparkline } from "./sparkline";
import { isOwnName } from "./verdict";

type RegionView = RegionsView["regions"][number];
type RegionAction = "freeze" | "thaw" | "kill" | "lose" | "return";

/** States of a Region with the actions that each allows. */
const STATES: Record<RegionView["state"], { look: Look; about: string; actions: RegionAction[] }> = {
  up: { look: "good", about: "Running.", actions: ["freeze", "kill", "lose"] },
  frozen: {
    look: "busy",
    about: "All processes are suspended. Thawing resumes them where they stopped.",
    actions: ["thaw", "kill", "lose"],
  },
  dead: {
    look: "bad",
    about: "All processes were killed. Acknowledged writes are kept.",
    actions: ["return", "lose"],
  },
  lost: {
    look: "bad",
    about: "Processes and data are gone. The next start of the store creates the Region again.",
    actions: [],
  },
};
const LABELS: Record<RegionAction, string> = {
  freeze: "Freeze",
  thaw: "Thaw",
  kill: "Kill",
  lose: "Lose",
  return: "Bring back",
};

const hasNoAnswer = ({ state, up }: RegionView) => state === "up" && !up;
/** State label of a Region. */
export const regionWord = (region: RegionView) => (hasNoAnswer(region) ? "no answer" : region.state);
export const regionLook = (region: RegionView): Look => (hasNoAnswer(region) ? "bad" : STATES[region.state].look);

/** A Region with its figures and switches. */
export function RegionCard({ region, page }: { region: RegionView; page: PageModel }) {
  const { regions: view, pulse = {}, events } = page.state;
  const { regions: all = [], names } = view ?? {};
  const { region: name, stack, endpoint } = region;
  const answers = names?.filter((one) => one.answeredBy.includes(name) && !isOwnName(one.name, all));
  const replication = view?.link?.directions.find(({ from }) => from === name);
  const samples = pulse[name] ?? [];
  const pending = events?.pending.find(({ subject }) => subject === name);
  const isLast = region.state === "up" && all.every((other) => other.region === name || other.state !== "up");
  const run = (action: RegionAction) => {
    const stops = action !== "return" && action !== "thaw";
    if (stops && isLast && !confirm(`${name} is the only Region that is up. The store will be closed. Continue?`))
      return;
    if (action === "lose" && !isLast && !confirm(`Lose ${name}: its data are deleted, and it cannot return. Continue?`))
      return;
    void page.act({ action, region: name });
  };
  return (
    <article class="card region" data-region={name}>
      <div class="row">
        <h2 class="grow">
          {name} <span class="soft">{stack}</span>
        </h2>
        <Pill look={regionLook(region)}>
          <Dot />
          {regionWord(region)}
        </Pill>
      </div>
      <p class="soft">
        {hasNoAnswer(region) ? "Its emulator does not answer. It may be busy." : STATES[region.state].about}
      </p>
      {(samples.length > 0 || !page.settings.recording) && <Charts samples={samples} all={Object.values(pulse)} />}
      <dl class="facts">
        {answers && (
          <>
            <dt>Serves</dt>
            <dd>
              {answers.length === 0 ? "no shared name" : answers.map((one) => <div key={one.name}>{one.name}</div>)}
            </dd>
          </>
        )}
        {replication && (
          <>
            <dt>Waiting for replication</dt>
            <dd>{waitingText(replication)}</dd>
          </>
        )}
        <Figures latest={samples.at(-1)} />
        <dt>Emulator</dt>
        <dd class="mono">{endpoint}</dd>
      </dl>
      {page.settings.chaos && (
        <div class="row actions">
          {pending ? (
            <span class="pending" role="status">
              {pending.what} <Since iso={pending.since} />
            </span>
          ) : (
            STATES[region.state].actions.map((action) => (
              <button
                type="button"
                key={action}
                class={action === "kill" || action === "lose" ? "danger" : undefined}
                onClick={() => run(action)}
              >
                {LABELS[action]}
              </button>
            ))
          )}
        </div>
      )}
    </article>
  );
}

/** Time that something has lasted. It grows with each redraw, about twice a second. */
export const Since = ({ iso }: { iso: string }) => (
  <span class="mono">{duration(1_000 * Math.max(0, Math.floor((Date.now() - Date.parse(iso)) / 1_000)))}</span>
);

function Charts({ samples, all }: { samples: readonly Sample[]; all: readonly (readonly Sample[])[] }) {
  const latest = samples.at(-1);
  const top = (read: (sample: Sample) => number | undefined, least: number) =>
    Math.max(least, ...all.flat().map((sample) => read(sample) ?? 0));
  const line = (read: (sample: Sample) => number | undefined) => samples.map(read);
  const show = (ms: number | undefined) => (ms === undefined ? "–" : duration(ms));
  return (
    <div class="charts">
      <Sparkline
        name="Requests a second"
        value={latest ? latest.requests.toFixed(1) : "–"}
        lines={[line((one) => one.requests), line((one) => one.failed)]}
        max={top((one) => one.requests, 2)}
        isBad={(latest?.failed ?? 0) > 0}
        isSecondBad
      />
      <Sparkline
        name="Orders a minute"
        value={latest ? String(latest.orders) : "–"}
        lines={[line((one) => one.orders)]}
        max={top((one) => one.orders, 5)}
      />
      <Sparkline
        name="Answers, p50 / p95"
        value={latest?.p95 === undefined ? "–" : `${show(latest.p50)} / ${show(latest.p95)}`}
        lines={[line((one) => one.p95), line((one) => one.p50)]}
        max={top((one) => one.p95, 500)}
      />
      <Sparkline
        name="Replication lag"
        value={show(latest?.replicationMs)}
        lines={[line((one) => one.replicationMs)]}
        max={top((one) => one.replicationMs, 1_000)}
      />
      <Sparkline
        name="Search lag"
        value={show(latest?.searchMs)}
        lines={[line((one) => one.searchMs)]}
        max={top((one) => one.searchMs, 1_000)}
      />
      <Sparkline
        name="Messages in queues"
        value={latest ? String(latest.queued + latest.deadLetters) : "–"}
        lines={[line((one) => one.queued + one.deadLetters)]}
        max={top((one) => one.queued + one.deadLetters, 5)}
        isBad={(latest?.deadLetters ?? 0) > 0}
      />
    </div>
  );
}

function Figures({ latest }: { latest: Sample | undefined }) {
  if (!latest) return null;
  return (
    <>
      {latest.heartbeatMs !== undefined && (
        <>
          <dt>Last heartbeat</dt>
          <dd>{duration(1_000 * Math.floor(latest.heartbeatMs / 1_000))} ago</dd>
        </>
      )}
      <dt>Oldest unfinished order</dt>
      <dd>{latest.oldestOpenMs === undefined ? "none" : duration(1_000 * Math.floor(latest.oldestOpenMs / 1_000))}</dd>
      {latest.deadLetters > 0 && (
        <>
          <dt>Dead letters</dt>
          <dd>
            <a href="#queues">{count(latest.deadLetters, "message")}</a>
          </dd>
        </>
      )}
    </>
  );
}
