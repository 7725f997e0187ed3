import { useState } from "preact/hooks";
import type { FaultOrder } from "../../../providers/faults";
import type { Action } from "../../actions";
import type { ConsoleState } from "../../state";
import { duration, type Look, time } from "../format";
import type { PageModel } from "../model";
import { ActionButton, Card, Pill } from "../parts";

type ProvidersView = ConsoleState["providers"];

const PROVIDERS = { payment: "Payment provider", shipping: "Shipping provider" } as const;
const PACES_MS = [250, 1_000, 4_000, 15_000, 60_000];

const isOutage = ({ kind, left }: ProvidersView["faults"][number]) => kind === "unavailable" && left === "always";

/** Switches of the payment and the shipping provider. */
export function ProviderSwitches({ providers, page }: { providers: ProvidersView; page: PageModel }) {
  const { faults, holds, pace } = providers;
  const isFixed = page.settings.recording !== undefined;
  return (
    <Card title="Providers">
      {(["payment", "shipping"] as const).map((system) => {
        const outages = faults.filter((one) => one.system === system && isOutage(one));
        const operations = (page.settings.operations[system] ?? []).filter((operation) => operation !== "webhook");
        const isDown = outages.length >= operations.length;
        const actions: Action[] = isDown
          ? outages.map(({ id }) => ({ action: "clear-faults", id }))
          : operations.map((operation) => ({
              action: "fault",
              order: { system, operation, kind: "unavailable", times: "always" } as FaultOrder,
            }));
        return (
          <SwitchRow
            key={system}
            label={PROVIDERS[system]}
            isWrong={isDown}
            state={isDown ? "down" : "up"}
            change={isDown ? "Bring up" : "Take down"}
            page={page}
            actions={actions}
          />
        );
      })}
      <SwitchRow
        label="Parcels"
        isWrong={holds.all}
        state={holds.all ? "held" : "moving"}
        change={holds.all ? "Release" : "Hold all"}
        page={page}
        actions={[{ action: holds.all ? "release" : "hold" }]}
      />
      <div class="row">
        <label class="grow" for="pace">
          Time per parcel step
        </label>
        <select
          id="pace"
          disabled={isFixed}
          value={pace.shipmentStepMs}
          onChange={({ currentTarget }) =>
            page.act({ action: "pace", pace: { shipmentStepMs: Number(currentTarget.value) } })
          }
        >
          {[...new Set([...PACES_MS, pace.shipmentStepMs])]
            .sort((a, b) => a - b)
            .map((ms) => (
              <option key={ms} value={ms}>
                {duration(ms)}
              </option>
            ))}
        </select>
      </div>
    </Card>
  );
}

function SwitchRow({
  label,
  isWrong,
  state,
  change,
  page,
  actions,
}: {
  label: string;
  isWrong: boolean;
  state: string;
  change: string;
  page: PageModel;
  actions: readonly Action[];
}) {
  return (
    <div class="row">
      <span class="grow">{label}</span>
      <Pill look={isWrong ? "bad" : "good"}>{state}</Pill>
      {page.settings.recording === undefined && (
        <ActionButton page={page} action={actions} class="small" aria-label={`${label}: ${change}`}>
          {change}
        </ActionButton>
      )}
    </div>
  );
}

/** Form that injects a fault, and the active ones. */
export function FaultCard({ providers, page }: { providers: ProvidersView; page: PageModel }) {
  const { operations, faultKinds } = page.settings;
  const calls = Object.entries(operations).flatMap(([system, names]) => names.map((name) => ({ system, name })));
  const [call, setCall] = useState(0);
  const [kind, setKind] = useState("");
  const [times, setTimes] = useState("1");
  const [ms, setMs] = useState(2_000);
  const { system = "", name = "" } = calls[call] ?? {};
  const kinds = faultKinds[name] ?? [];
  const chosen = kinds.includes(kind) ? kind : (kinds[0] ?? "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const order = {
      system,
      operation: name,
      kind: chosen,
      times: times === "always" ? times : Number(times),
      ms,
    } as FaultOrder;
    void page.act({ action: "fault", order });
  };
  const { faults } = providers;
  return (
    <Card title="Inject a fault">
      <form onSubmit={submit}>
        <select aria-label="Call" value={call} onChange={({ currentTarget }) => setCall(Number(currentTarget.value))}>
          {calls.map((one, index) => (
            <option key={`${one.system} ${one.name}`} value={index}>
              {one.system}: {one.name}
            </option>
          ))}
        </select>
        <select aria-label="Fault" value={chosen} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
          {kinds.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <div class="row">
          <select aria-label="How often" value={times} onChange={({ currentTarget }) => setTimes(currentTarget.value)}>
            {["1", "3", "10", "always"].map((one) => (
              <option key={one} value={one}>
                {one === "always" ? one : `${one}×`}
              </option>
            ))}
          </select>
          <input
            type="number"
            min={0}
            step={100}
            value={ms}
            aria-label="Milliseconds"
            title="For slow and late faults"
            onChange={({ currentTarget }) => setMs(Number(currentTarget.value))}
          />
          <span class="soft">ms</span>
          <button type="submit">Inject</button>
        </div>
      </form>
      {faults.map((fault) => (
        <div class="row" key={fault.id}>
          <span class="grow">
            {fault.system} {fault.operation}: {fault.kind}{" "}
            <span class="soft">{fault.left === "always" ? "always" : `${fault.left}×`}</span>
          </span>
          <ActionButton page={page} action={{ action: "clear-faults", id: fault.id }} class="small">
            Clear
          </ActionButton>
        </div>
      ))}
      {faults.length > 1 && (
        <ActionButton page={page} action={{ action: "clear-faults" }}>
          Clear all
        </ActionButton>
      )}
    </Card>
  );
}

/** Card numbers that customers may use, with their effects. */
export function TestCards({ page }: { page: PageModel }) {
  if (page.settings.testCards.length === 0) return null;
  return (
    <Card title="Test cards">
      <p class="soft">Use any future expiry date and any security code. Postal code 00000 is undeliverable.</p>
      <dl class="facts">
        {page.settings.testCards.map(({ number, about }) => (
          <div class="pair" key={number}>
            <dt>
              <code>{number.replace(/(.{4})(?=.)/g, "$1 ")}</code>
            </dt>
            <dd class="soft">{about}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** Latest calls that reached the providers. */
export function RecentCalls({ providers: { calls } }: { providers: ProvidersView }) {
  return (
    <Card title="Recent calls of providers">
      {calls.length === 0 && <p class="soft">None yet.</p>}
      {calls.slice(0, 8).map(({ at, orderId, system, operation, fault, status }) => {
        const look: Look = fault ? "bad" : status !== undefined && status < 300 ? "good" : "busy";
        return (
          <div class="row" key={`${at} ${orderId} ${operation}`}>
            <span class="mono soft">{time(at)}</span>
            <a class="grow cut" href={`#order/${orderId}`} title={orderId}>
              {system} {operation}
            </a>
            <Pill look={look}>{fault ?? status ?? "…"}</Pill>
          </div>
        );
      })}
    </Card>
  );
}
