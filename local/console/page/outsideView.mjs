import { h, time } from "./dom.mjs";

/** The providers as a whole. While one is down, every call is answered with 503. */
const systems = [
  { system: "payment", label: "Payment provider" },
  { system: "shipping", label: "Shipping provider" },
];

/** Provider switches and active faults. */
export function outsideView(outside, page) {
  const { settings, act } = page;
  return [
    h(
      "section.card",
      {},
      h("h2", {}, "Providers"),
      systems.map(({ system, label }) => {
        const down = outside.faults.filter(
          (fault) => fault.system === system && fault.kind === "unavailable" && fault.left === "always",
        );
        const calls = settings.operations[system].filter((operation) => operation !== "webhook");
        const isDown = down.length >= calls.length;
        const toggle = async () => {
          if (isDown) for (const { id } of down) await act({ action: "clear-faults", id });
          else
            for (const operation of calls)
              await act({ action: "fault", order: { system, operation, kind: "unavailable", times: "always" } });
        };
        return switchRow(label, isDown, isDown ? ["down", "Bring up"] : ["up", "Take down"], toggle);
      }),
      switchRow("Parcels", outside.holds.all, outside.holds.all ? ["held", "Let move"] : ["moving", "Hold all"], () =>
        act({ action: outside.holds.all ? "release" : "hold" }),
      ),
      h(
        "div.row",
        {},
        h("label.grow", { for: "pace" }, "Time per parcel step"),
        h(
          "select",
          {
            id: "pace",
            onchange: (event) => act({ action: "pace", pace: { shipmentStepMs: Number(event.target.value) } }),
          },
          paces(outside.pace.shipmentStepMs).map((ms) =>
            h(
              "option",
              { value: ms, selected: ms === outside.pace.shipmentStepMs },
              ms < 1000 ? `${ms} ms` : `${ms / 1000} s`,
            ),
          ),
        ),
      ),
    ),
    h(
      "section.card",
      {},
      h("h2", {}, "Active faults"),
      outside.faults.length === 0 && h("p.soft", {}, "None."),
      outside.faults.map((fault) =>
        h(
          "div.row",
          {},
          h(
            "span.grow",
            {},
            `${fault.system} ${fault.operation}: ${fault.kind}`,
            h("span.soft", {}, fault.left === "always" ? " always" : ` ${fault.left}×`),
          ),
          h("button.small", { onclick: () => act({ action: "clear-faults", id: fault.id }) }, "Clear"),
        ),
      ),
      outside.faults.length > 1 && h("button", { onclick: () => act({ action: "clear-faults" }) }, "Clear all"),
    ),
  ];
}

/** The form that injects a fault. It is drawn once, so that an update does not reset a choice. */
export function faultForm(page) {
  const { operations, faultKinds } = page.settings;
  const what = h(
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
    ["1", "3", "10", "always"].map((one) => h("option", { value: one }, one === "always" ? "always" : `${one}×`)),
  );
  const ms = h("input", {
    type: "number",
    min: 0,
    step: 100,
    value: 2000,
    "aria-label": "Milliseconds",
    title: "Milliseconds, for slow and late faults",
  });
  const fillKinds = () =>
    kind.replaceChildren(...faultKinds[what.value.split(" ")[1]].map((one) => h("option", { value: one }, one)));
  fillKinds();
  const submit = (event) => {
    event.preventDefault();
    const [system, operation] = what.value.split(" ");
    page.act({
      action: "fault",
      order: {
        system,
        operation,
        kind: kind.value,
        times: times.value === "always" ? "always" : Number(times.value),
        ms: Number(ms.value),
      },
    });
  };
  return h(
    "section.card",
    {},
    h("h2", {}, "Inject a fault"),
    h(
      "form",
      { onsubmit: submit },
      what,
      kind,
      h("div.row", {}, times, ms, h("span.soft", {}, "ms"), h("button.primary", { type: "submit" }, "Inject")),
    ),
  );
}

export function testCards({ settings }) {
  return h(
    "section.card",
    {},
    h("h2", {}, "Test cards"),
    h("p.soft", {}, "Any future month and any three digits. Postcode 00000 is undeliverable."),
    h(
      "div.facts",
      {},
      settings.testCards.map((card) => [
        h("code", {}, card.number.replace(/(.{4})(?=.)/g, "$1 ")),
        h("span.soft", {}, card.about),
      ]),
    ),
  );
}

export function callList(outside) {
  return h(
    "section.card",
    {},
    h("h2", {}, "Recent calls"),
    outside.calls.length === 0 && h("p.soft", {}, "None yet."),
    outside.calls
      .slice(0, 8)
      .map((call) =>
        h(
          "div.row",
          {},
          h("span.mono.soft", {}, time(call.at)),
          h("span.grow.cut", { title: call.orderId }, `${call.system} ${call.operation}`),
          h(
            `span.pill${call.fault ? ".bad" : call.status < 300 ? ".good" : ".busy"}`,
            {},
            call.fault ?? call.status ?? "…",
          ),
        ),
      ),
  );
}

function switchRow(label, wrong, [state, change], toggle) {
  return h(
    "div.row",
    {},
    h("span.grow", {}, label),
    h(`span.pill.${wrong ? "bad" : "good"}`, {}, state),
    h("button.small", { "aria-label": `${label}: ${change}`, onclick: toggle }, change),
  );
}

function paces(current) {
  return [...new Set([250, 1000, 4000, 15000, 60000, current])].sort((a, b) => a - b);
}
