import { time } from "./format";
import type { PageModel } from "./model";
import { Card, Empty, Pill } from "./parts";

const KINDS = {
  mail: { look: "accent", name: "Email" },
  sms: { look: "busy", name: "SMS" },
  webhook: { look: "good", name: "Webhook" },
} as const;

/** Sent mails, text messages and webhooks, newest first. */
export function MessagesView({ page }: { page: PageModel }) {
  const { messages } = page.state;
  if (!messages) return <Empty>Loading…</Empty>;
  return (
    <>
      <p class="soft">The emulator sends no mail when someone signs up. Every confirmation code is 123456.</p>
      {messages.length === 0 && (
        <Empty>
          <p>No messages yet.</p>
          <p>Every change of an order's status sends an email.</p>
        </Empty>
      )}
      {messages.map(({ id, kind, subject, to, from, at, text }) => (
        <article class="card" key={id}>
          <div class="row">
            <Pill look={KINDS[kind].look}>{KINDS[kind].name}</Pill>
            <h2 class="grow cut">{subject ?? to}</h2>
            <span class="soft mono">{time(at)}</span>
          </div>
          <p class="soft">
            to {to}
            {from && ` from ${from}`}
          </p>
          <pre>{text}</pre>
        </article>
      ))}
    </>
  );
}

/** Queues with their newest messages; dead-letter queues first. */
export function QueuesView({ page }: { page: PageModel }) {
  const { queues } = page.state;
  if (!queues) return <Empty>Loading…</Empty>;
  if (queues.length === 0) return <Empty>The program has no queues.</Empty>;
  return (
    <>
      {queues.map(({ name, region, deadLetters, count, messages }) => (
        <article class="card" key={`${region} ${name}`}>
          <div class="row">
            <h2 class="grow cut mono">{name}</h2>
            <span class="soft">{region}</span>
            {deadLetters && <Pill>dead-letter queue</Pill>}
            <Pill look={deadLetters ? (count > 0 ? "bad" : "good") : ""}>
              {count === 0 ? "empty" : `${count} waiting`}
            </Pill>
          </div>
          {messages.map(({ at, body }) => (
            <pre key={`${at} ${body}`}>{`${time(at)}  ${indent(body)}`}</pre>
          ))}
        </article>
      ))}
    </>
  );
}

/** Limitations of the local run. */
export function LimitationsView({ page }: { page: PageModel }) {
  const { notEmulated } = page.state;
  if (!notEmulated) return <Empty>Loading…</Empty>;
  if (notEmulated.length === 0) return <Empty>The local run emulates everything in the program.</Empty>;
  return (
    <Card title="Limitations of the local run">
      {notEmulated.map(({ type, name, why }) => (
        <div key={`${name} ${why}`}>
          {name && <strong>{name}</strong>}
          {type && <span class="soft mono"> {type}</span>}
          <p>{why}</p>
        </div>
      ))}
    </Card>
  );
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
