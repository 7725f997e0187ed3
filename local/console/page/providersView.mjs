import { duration, h, pill, time } from "./dom.mjs";

const PROVIDERS = { payment: "Payment provider", shipping: "Shipping provider" };
const PACES_MS = [250, 1000, 4000, 15_000, 60_000];

/** Switches of the providers, and the active faults. */
export function providerSwitches(providers, { settings, act }) {
  const { faults, holds, pace } = providers;
  return [
    h(
      "section.card",
      h("h2", "Providers"),
      Object.entries(PROVIDERS).map(([system, label]) => {
        const outages = faults.filter((one) => one.system === system && isOutage(one));
        const operations = settings.operations[system].filter((operation) => operation !== "webhook");
        const isDown = outages.length >= operations.length;
        return switchRow(label, isDown, isDown ? ["down", "Bring up"] : ["up", "Take down"], async () => {
          if (isDown) for (const { id } of outages) await act({ action: "clear-faults", id });
          else
            for (const operation of operations)
              await act({ action: "fault", order: { system, operation, kind: "unavailable", times: "always" } });
        });
      }),
      switchRow("Parcels", holds.all, holds.all ? ["held", "Release"] : ["moving", "Hold all"], () =>
        act({ action: holds.all ? "release" : "hold" }),
      ),
      h(
        "div.row",
        h("label.grow", { for: "pace" }, "Time per parcel step"),
        h(
          "select",
          {
            id: "pace",
            onchange: (event) => act({ action: "pace", pace: { shipmentStepMs: Number(event.target.value) } }),
          },
          [...new Set([...PACES_MS, pace.shipmentStepMs])]
            .sort((a, b) => a - b)
            .map((ms) => h("option", { value: ms, selected: ms === pace.shipmentStepMs }, duration(ms))),
        ),
      ),
    ),
    h(
      "section.card",
      h("h2", "Active faults"),
      faults.length === 0 && h("p.soft", "None."),
      faults.map(({ id, system, operation, kind, left }) =>
        h(
          "div.row",
          h(
            "span.grow",
            `${system} ${operation}: ${kind}`,
            h("span.soft", left === "always" ? " always" : ` ${left}×`),
          ),
          h("button.small", { onclick: () => act({ action: "clear-faults", id }) }, "Clear"),
        ),
      ),
      faults.length > 1 && h("button", { onclick: () => act({ action: "clear-faults" }) }, "Clear all"),
    ),
  ];
}

const isOutage = ({ kind, left }) => kind === "unavailable" && left === "always";

/** Form that injects a fault. It is drawn once, so that an update does not reset a choice. */
export function faultForm({ settings: { operations, faultKinds }, act }) {
  const options = (values, toLabel = (value) => value) => values.map((value) => h("option", { value }, toLabel(value)));
  const call = h(
    "select",
    { "aria-label": "Call", onchange: () => fillKinds() },
    Object.entries(operations).flatMap(([system, names]) =>
      names.map((name) => h("option", { value: `${system} ${name}` }, `${system}: ${name}`)),
    ),
  );
  const kind = h("select", { "aria-label": "Fault" });
  const times = h(
    "select",
    { "aria-label": "How often" },
    options(["1", "3", "10", "always"], (one) => (one === "always" ? one : `${one}×`)),
  );
  const title = "Milliseconds, for slow and late faults";
  const ms = h("input", { type: "number", min: 0, step: 100, value: 2000, "aria-label": "Milliseconds", title });
  const fillKinds = () => kind.replaceChildren(...options(faultKinds[call.value.split(" ")[1]]));
  fillKinds();
  const submit = (event) => {
    event.preventDefault();
    const [system, operation] = call.value.split(" ");
    const count = times.value === "always" ? "always" : Number(times.value);
    const order = { system, operation, kind: kind.value, times: count, ms: Number(ms.value) };
    void act({ action: "fault", order });
  };
  return h(
    "section.card",
    h("h2", "Inject a fault"),
    h(
      "form",
      { onsubmit: submit },
      call,
      kind,
      h("div.row", times, ms, h("span.soft", "ms"), h("button.primary", { type: "submit" }, "Inject")),
    ),
  );
}

export function testCards({ settings }) {
  return h(
    "section.card",
    h("h2", "Test cards"),
    h("p.soft", "Use any future expiry date and any security code. Postal code 00000 is undeliverable."),
    h(
      "div.facts",
      settings.testCards.map(({ number, about }) => [
        h("code", number.replace(/(.{4})(?=.)/g, "$1 ")),
        h("span.soft", about),
      ]),
    ),
  );
}

export function recentCalls({ calls }) {
  return h(
    "section.card",
    h("h2", "Recent calls"),
    calls.length === 0 && h("p.soft", "None yet."),
    calls
      .slice(0, 8)
      .map(({ at, orderId, system, operation, fault, status }) =>
        h(
          "div.row",
          h("span.mono.soft", time(at)),
          h("span.grow.cut", { title: orderId }, `${system} ${operation}`),
          pill(fault ? "bad" : status < 300 ? "good" : "busy", fault ?? status ?? "…"),
        ),
      ),
  );
}

function switchRow(label, isWrong, [state, change], onclick) {
  return h(
    "div.row",
    h("span.grow", label),
    pill(isWrong ? "bad" : "good", state),
    h("button.small", { "aria-label": `${label}: ${change}`, onclick }, change),
  );
}
