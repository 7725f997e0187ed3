import { type DeployedResource, resourcesOfType } from "../deployment/deployment";
import type { ReceivedWebhook } from "../providers";
import type { RegionClients } from "./regionClients";
import type { MessageView, QueueView } from "./state";

const shownMessages = 100;
const shownQueueMessages = 10;
/** The emulator returns all mail: megabytes after a thousand orders, which take seconds on a busy machine. */
const mailLimitMs = 15_000;

interface SesMessage {
  MessageId: string;
  Source: string;
  To: string[];
  Subject: string;
  BodyText: string;
  BodyHtml?: string;
  Timestamp: number | string;
}
interface SmsMessage {
  MessageId: string;
  PhoneNumber: string;
  Message: string;
}
interface SqsMessage {
  Body: string;
  SentTimestamp: number;
}

/** Reads the mails and text messages that a Region has sent. The emulator keeps no time for text messages. */
export async function readMessages({ deployment: { region }, ministack }: RegionClients): Promise<MessageView[]> {
  const [mails, texts] = await Promise.all([
    ministack<{ messages: Record<string, SesMessage[]> }>("/ses/messages", mailLimitMs),
    ministack<{ sms_messages: Record<string, SmsMessage[]> }>("/sns/sms-messages"),
  ]);
  return [
    ...Object.values(mails.messages)
      .flat()
      .slice(-shownMessages)
      .map(
        (mail): MessageView => ({
          kind: "mail",
          id: mail.MessageId,
          to: mail.To.join(", "),
          from: mail.Source,
          subject: mail.Subject,
          text: mail.BodyText || stripHtml(mail.BodyHtml ?? ""),
          at: toIsoTime(mail.Timestamp),
          region,
        }),
      ),
    ...Object.values(texts.sms_messages)
      .flat()
      .slice(-shownMessages)
      .map((sms): MessageView => ({ kind: "sms", id: sms.MessageId, to: sms.PhoneNumber, text: sms.Message, region })),
  ];
}

/** The webhooks that the customer's system has accepted. Each may come from either Region. */
export function toWebhookMessages(webhooks: readonly ReceivedWebhook[]): MessageView[] {
  return webhooks.slice(-shownMessages).map(({ id, type, body, at }) => ({
    ...{ kind: "webhook", id, to: "the customer's system", subject: type, at, region: "" },
    text: JSON.stringify(JSON.parse(body), undefined, 2),
  }));
}

/** Sorts messages of all Regions, newest first. */
export function newestFirst(messages: MessageView[]): MessageView[] {
  return messages.sort((a, b) => (b.at ?? "").localeCompare(a.at ?? ""));
}

/** Reads a Region's queues with their newest messages. */
export async function readQueues({ deployment, ministack }: RegionClients): Promise<QueueView[]> {
  // By account, Region and URL.
  const answer = await ministack<{ messages: Record<string, Record<string, Record<string, SqsMessage[]>>> }>(
    "/sqs/messages",
  );
  const byName = new Map(
    Object.values(answer.messages)
      .flatMap((regions) => Object.values(regions))
      .flatMap((queues) => Object.entries(queues))
      .map(([url, list]) => [url.split("/").at(-1) ?? url, list]),
  );
  const deadLetterArns = findDeadLetterArns(deployment.resources);
  return resourcesOfType(deployment, "aws:sqs/queue:Queue").map(({ outputs, id }): QueueView => {
    const name = String(outputs["name"] ?? id);
    const list = byName.get(name) ?? [];
    return {
      name,
      region: deployment.region,
      deadLetters: deadLetterArns.has(String(outputs["arn"])),
      count: list.length,
      messages: list
        .slice(-shownQueueMessages)
        .reverse()
        .map(({ Body: body, SentTimestamp: sentAt }) => ({ body, at: toIsoTime(sentAt) ?? "" })),
    };
  });
}

/** Sorts queues of all Regions, dead-letter queues first. */
export function deadLettersFirst(all: QueueView[]): QueueView[] {
  return all.sort((a, b) => Number(b.deadLetters) - Number(a.deadLetters) || a.name.localeCompare(b.name));
}

/** Queues that a resource names for what it could not process. */
function findDeadLetterArns(resources: readonly DeployedResource[]): Set<string> {
  interface Inputs {
    redrivePolicy?: string;
    deadLetterConfig?: { targetArn?: string; arn?: string };
    destinationConfig?: { onFailure?: { destinationArn?: string; destination?: string } };
    target?: { deadLetterConfig?: { arn?: string } };
  }
  const arns = resources.flatMap((resource) => {
    const { redrivePolicy, deadLetterConfig, destinationConfig, target } = resource.inputs as Inputs;
    const redrive = JSON.parse(redrivePolicy || "{}") as { deadLetterTargetArn?: string };
    return [
      redrive.deadLetterTargetArn,
      deadLetterConfig?.targetArn,
      deadLetterConfig?.arn,
      destinationConfig?.onFailure?.destinationArn,
      destinationConfig?.onFailure?.destination,
      target?.deadLetterConfig?.arn,
    ];
  });
  return new Set(arns.filter((arn) => arn !== undefined));
}

/** The emulator gives seconds, milliseconds or ISO 8601. */
function toIsoTime(value: number | string): string | undefined {
  const milliseconds = typeof value === "number" ? (value < 1e11 ? value * 1000 : value) : Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}

function stripHtml(html: string): string {
  return html
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
