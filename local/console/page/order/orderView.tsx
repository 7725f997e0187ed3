import { useState } from "preact/hooks";
import { effectiveItem } from "../../../../domain/order/effective";
import { isCancelled, isFinal, type OrderStatus } from "../../../../domain/order/status";
import type { OrderTimeline, TimelineEntry } from "../../orders/timeline";
import { cost, duration, type Look, time } from "../format";
import type { OpenOrder, PageModel } from "../model";
import { Progress } from "../ordersView";
import { ActionButton, Empty, Pill } from "../parts";
import { type Axis, createAxis } from "./axis";
import { changesBetween } from "./changes";
import { WorkflowDrawing } from "./workflowDrawing";

/** Name of each kind of entry, and of its colour in page.css. */
const KINDS: Record<TimelineEntry["kind"], string> = {
  status: "Status",
  write: "Item written",
  state: "Workflow state",
  call: "Function",
  request: "Request",
  log: "Log line",
  provider: "Provider",
  replication: "Replication",
  message: "Message",
  action: "Action of the console",
  incident: "Failure or repair of a Region",
};

const statusLook = (status: OrderStatus): Look => (isCancelled(status) ? "bad" : isFinal(status) ? "good" : "accent");

/** One order: everything that happened to it in both Regions. */
export function OrderPage({ order, page }: { order: OpenOrder; page: PageModel }) {
  const { orderId, timeline, error } = order;
  const copy = () =>
    navigator.clipboard.writeText(orderId).then(
      () => page.say("The id is copied."),
      () => page.say("The browser does not allow copying: select the id instead.", true),
    );
  return (
    <>
      <div class="row">
        <a class="button" href="#orders">
          ‹ All orders
        </a>
        <h2 class="mono cut grow" title={orderId}>
          {orderId}
        </h2>
        <button type="button" class="small" onClick={copy}>
          Copy id
        </button>
        {timeline && <Pill look={statusLook(timeline.status)}>{timeline.status}</Pill>}
      </div>
      {error && <Empty>{error}</Empty>}
      {!error && !timeline && <Empty>Loading…</Empty>}
      {timeline && <Microscope timeline={timeline} page={page} />}
    </>
  );
}

function Microscope({ timeline, page }: { timeline: OrderTimeline; page: PageModel }) {
  const { items, missing, workflow } = timeline;
  const item = effectiveItem(items) ?? items[0];
  return (
    <>
      {missing.map((sentence) => (
        <p class="warning" role="status" key={sentence}>
          {sentence}
        </p>
      ))}
      <article class="card">
        {item && <Progress item={item} />}
        {!page.settings.recording && <Buttons orderId={timeline.orderId} page={page} />}
      </article>
      {workflow && (
        <article class="card">
          <h2>Workflow</h2>
          <WorkflowDrawing workflow={workflow} />
        </article>
      )}
      <Timeline timeline={timeline} />
      <article class="card">
        <h2>{items.length > 1 ? "Items, one a Region" : "Item"}</h2>
        {items.map((one) => (
          <details key={one.region}>
            <summary class="mono">
              {one.region} · {one.status} · epoch {one.epoch}
            </summary>
            <pre>{JSON.stringify(one, null, 2)}</pre>
          </details>
        ))}
      </article>
    </>
  );
}

function Buttons({ orderId, page }: { orderId: string; page: PageModel }) {
  const { providers, events } = page.state;
  const isHeld = providers?.holds.orderIds.includes(orderId) === true;
  const pending = events?.pending.filter(({ subject }) => subject === orderId) ?? [];
  return (
    <div class="row actions">
      <ActionButton page={page} action={{ action: "cancel-order", orderId }}>
        Cancel the order
      </ActionButton>
      <ActionButton
        page={page}
        action={{ action: "kill-function", orderId }}
        title="SIGKILL to the function that works on the order, or to the next one"
      >
        Kill its function
      </ActionButton>
      <ActionButton page={page} action={{ action: "redeliver", orderId }}>
        Redeliver webhooks
      </ActionButton>
      <ActionButton page={page} action={{ action: "sweep", orderId }} title="Restarts stalled orders">
        Sweep
      </ActionButton>
      <ActionButton
        page={page}
        action={{ action: isHeld ? "release" : "hold", orderId }}
        class={isHeld ? "on" : undefined}
      >
        {isHeld ? "Release the parcel" : "Hold the parcel"}
      </ActionButton>
      <a class="button" href={`#logs/${orderId}`}>
        Its log lines
      </a>
      {pending.map(({ id, what }) => (
        <span class="pending" role="status" key={id}>
          {what}…
        </span>
      ))}
    </div>
  );
}

function Timeline({ timeline: { entries, usd } }: { timeline: OrderTimeline }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const axis = createAxis(entries.flatMap((entry) => [entry, ...(entry.parts ?? [])]));
  // Entries keep their keys while others are added before them.
  const keyOf = ({ kind, region, title, at }: TimelineEntry) => `${kind} ${region} ${title} ${at}`;
  const foldable = entries.filter(isFoldable).map(keyOf);
  const isAllOpen = foldable.length > 0 && foldable.every((key) => opened.has(key));
  const toggle = (key: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  return (
    <article class="card timeline">
      <div class="row">
        <h2 class="grow">Timeline</h2>
        <button type="button" class="small" onClick={() => setOpened(isAllOpen ? new Set() : new Set(foldable))}>
          {isAllOpen ? "Close all" : "Open all"}
        </button>
      </div>
      <div class="row">
        {Object.entries(KINDS)
          .filter(([kind]) =>
            entries.some((entry) => entry.kind === kind || entry.parts?.some((part) => part.kind === kind)),
          )
          .map(([kind, name]) => (
            <span class="key" key={kind}>
              <i class={`bar ${kind}`} />
              {name}
            </span>
          ))}
      </div>
      <p class="soft">
        From {time(entries[0]?.at)}, {duration(axis.busyMs)}, waits left out. Open a function's call for its requests
        and log lines, a write for the item before and after it.
      </p>
      <p>
        These steps cost <strong>{cost(usd)}</strong> on AWS, {(usd * 1_000).toFixed(2)} USD for 1,000 such orders.{" "}
        <span class="soft">
          µ$ is a millionth of a dollar. List prices, without storage, cold starts and what the Regions cost by
          themselves; a call for several orders counts for each.
        </span>
      </p>
      <ol>
        {entries.map((entry) => (
          <Row
            key={keyOf(entry)}
            entry={entry}
            axis={axis}
            isOpened={opened.has(keyOf(entry))}
            toggle={() => toggle(keyOf(entry))}
          />
        ))}
      </ol>
    </article>
  );
}

const isFoldable = ({ parts = [], before, after }: TimelineEntry) =>
  parts.length > 0 || before !== undefined || after !== undefined;

function Row({
  entry,
  axis,
  isOpened,
  toggle,
}: {
  entry: TimelineEntry;
  axis: Axis;
  isOpened: boolean;
  toggle(): void;
}) {
  const { region, title, detail, at, endAt, hasFailed, isOpen, usd, parts = [], before, after } = entry;
  const took = endAt ? duration(Date.parse(endAt) - Date.parse(at)) : isOpen ? "not ended" : "";
  const label = (
    <span class="what">
      <strong>{title}</strong>
      {detail && <span class="soft"> {detail}</span>}
    </span>
  );
  return (
    <>
      <li class={hasFailed ? "failed" : undefined}>
        <span class="mono soft">{axis.offsetOf(at)}</span>
        <span class="soft where">{region ?? "outside"}</span>
        {isFoldable(entry) ? (
          <button type="button" class="plain" aria-expanded={isOpened} onClick={toggle}>
            {isOpened ? "▾ " : "▸ "}
            {label}
          </button>
        ) : (
          label
        )}
        <span class="lane">
          <Bar entry={entry} axis={axis} />
        </span>
        <span class="mono soft took">{took}</span>
        <span class="mono soft cost">{usd !== undefined && cost(usd)}</span>
      </li>
      {isOpened &&
        parts.map((part) => (
          <li key={`${part.kind} ${part.at} ${part.title}`} class={part.hasFailed ? "part failed" : "part"}>
            <span class="mono soft">{axis.offsetOf(part.at)}</span>
            <span />
            <span class="what">
              {part.title}
              {part.detail && <span class="soft"> {part.detail}</span>}
            </span>
            <span class="lane">
              <Bar entry={part} axis={axis} />
            </span>
            <span class="mono soft took">
              {part.endAt ? duration(Date.parse(part.endAt) - Date.parse(part.at)) : ""}
            </span>
            <span class="mono soft cost">{part.usd !== undefined && cost(part.usd)}</span>
          </li>
        ))}
      {isOpened && (before ?? after) && (
        <li class="part changes">
          <Changes before={before} after={after} />
        </li>
      )}
    </>
  );
}

/** Attributes of an item before and after a write. */
function Changes({ before, after }: Pick<TimelineEntry, "before" | "after">) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Attribute</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changesBetween(before, after).map((change) => (
          <tr key={change.name} class={change.isChanged ? "changed" : undefined}>
            <th scope="row" class="mono">
              {change.name}
            </th>
            <td>
              <pre>{change.before}</pre>
            </td>
            <td>
              <pre>{change.after}</pre>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ entry: { kind, at, endAt, isOpen, hasFailed }, axis }: { entry: TimelineEntry; axis: Axis }) {
  const from = axis.positionOf(at);
  const to = isOpen ? 100 : axis.positionOf(endAt ?? at);
  const classes = ["bar", kind, isOpen && "open", hasFailed && "failed"].filter(Boolean).join(" ");
  // Preact sets the object model's properties, which the content security policy allows.
  return <i class={classes} style={{ marginInlineStart: `${from}%`, width: `max(4px, ${to - from}%)` }} />;
}
