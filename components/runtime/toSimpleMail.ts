import type { Message } from "@aws-sdk/client-sesv2";

/** Converts a mail to the content that SES takes. */
export function toSimpleMail({ subject, text, html }: { subject: string; text: string; html?: string }): Message {
  const encoded = (Data: string) => ({ Data, Charset: "UTF-8" });
  return {
    Subject: encoded(subject),
    Body: { Text: encoded(text), ...(html !== undefined && { Html: encoded(html) }) },
  };
}
