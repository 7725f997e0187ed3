import { type DeployedResource, resourcesOfType } from "../deployment/deployment";
import type { RegionClients } from "./regionClients";
import type { MessageView, QueueView } from "./state";

const shownMessages = 100;
const shownDeadLetters = 10;

interface SesMessages {
  messages: Record<
    string,
    {
      MessageId: string;
      Source: string;
      To: string[];
      Subject: string;
      BodyText: string;
      BodyHtml?: string;
      Timestamp: number | string;
    }[]
  >;
}
interface SmsMessages {
  sms_messages: Record<string, { MessageId: string; PhoneNumber: string; Message: string }[]>;
}
interface SqsMessages {
  messages: Record<string, Record<string, Record<string, { Body: string; SentTimestamp: number }[]>>>;
}

/** Mail and SMS as a Region has sent them. The emulator keeps no time for an SMS. */
export async function sentMessages({ deployment: { region }, ministack }: RegionClients): Promise<MessageView[]> {
  const [mail, sms] = await Promise.all([
    ministack<SesMessages>("/ses/messages"),
    ministack<SmsMessages>("/sns/sms-messages"),
  ]);
  const mails = Object.values(mail.messages)
    .flat()
    .map(
      (one): MessageView => ({
        kind: "mail",
        id: one.MessageId,
        to: one.To.join(", "),
        from: one.Source,
        subject: one.Subject,
        text: one.BodyText || textOf(one.BodyHtml ?? ""),
        at: isoTime(one.Timestamp),
        region,
      }),
    );
  const texts = Object.values(sms.sms_messages)
    .flat()
    .map((one): MessageView => ({ kind: "sms", id: one.MessageId, to: one.PhoneNumber, text: one.Message, region }));
  return [...mails.slice(-shownMessages), ...texts.slice(-shownMessages)];
}

/** Messages of all Regions, newest first. */
export function newestFirst(messages: MessageView[]): MessageView[] {
  return messages.sort((a, b) => (b.at ?? "").localeCompare(a.at ?? ""));
}

/** A Region's queues with their newest messages. */
export async function queues({ deployment, ministack }: RegionClients): Promise<QueueView[]> {
  const { messages } = await ministack<SqsMessages>("/sqs/messages");
  const byName = new Map(
    Object.values(messages)
      .flatMap((regionsOf) => Object.values(regionsOf))
      .flatMap((queuesOf) => Object.entries(queuesOf))
      .map(([url, list]) => [url.split("/").at(-1) ?? url, list]),
  );
  const dead = deadLetterArns(deployment.resources);
  return resourcesOfType(deployment, "aws:sqs/queue:Queue").map(({ outputs, id }): QueueView => {
    const name = String(outputs["name"] ?? id);
    const list = byName.get(name) ?? [];
    return {
      name,
      region: deployment.region,
      deadLetters: dead.has(String(outputs["arn"])),
      count: list.length,
      messages: list
        .slice(-shownDeadLetters)
        .reverse()
        .map(({ Body: body, SentTimestamp: sentAt }) => ({ body, at: isoTime(sentAt) ?? "" })),
    };
  });
}

/** Queues of all Regions, those for dead letters first. */
export function deadLettersFirst(all: QueueView[]): QueueView[] {
  return all.sort((a, b) => Number(b.deadLetters) - Number(a.deadLetters) || a.name.localeCompare(b.name));
}

/** Queues that something names as the place for what it could not process. */
function deadLetterArns(resources: readonly DeployedResource[]): Set<string> {
  const arns = resources.flatMap(({ inputs }) => {
    const redrive = inputs["redrivePolicy"];
    const policy =
      typeof redrive === "string" && redrive !== "" ? (JSON.parse(redrive) as { deadLetterTargetArn?: string }) : {};
    const deadLetter = inputs["deadLetterConfig"] as { targetArn?: string; arn?: string } | undefined;
    const destination = inputs["destinationConfig"] as
      | { onFailure?: { destinationArn?: string; destination?: string } }
      | undefined;
    const target = inputs["target"] as { deadLetterConfig?: { arn?: string } } | undefined;
    return [
      policy.deadLetterTargetArn,
      deadLetter?.targetArn,
      deadLetter?.arn,
      destination?.onFailure?.destinationArn,
      destination?.onFailure?.destination,
      target?.deadLetterConfig?.arn,
    ];
  });
  return new Set(arns.filter((arn): arn is string => arn !== undefined));
}

function isoTime(value: number | string): string | undefined {
  const milliseconds = typeof value === "number" ? (value < 1e11 ? value * 1000 : value) : Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}

function textOf(html: string): string {
  return html
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
