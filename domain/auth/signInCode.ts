import { DEFAULT_LANGUAGE, type Language } from "../text/language";

/** Limits of mailed sign-in codes. */
export const SIGN_IN_CODE = {
  /** With six, an attacker who requests codes for a hundred thousand people would guess one within the hour. */
  digits: 8,
  /** Counted from its creation; includes the delivery of the mail. */
  goodForSeconds: 300,
  /** Wrong answers after which the code is invalid. */
  attempts: 3,
  /** To one address. */
  mailsAnHour: 5,
  secondsBetweenMails: 30,
} as const;

/** Record of the mails to one address. */
export interface Mailed {
  /** Time of the first of `count` mails. ISO 8601 UTC. */
  since: string;
  lastAt: string;
  count: number;
}

/**
 * Returns the record with one more mail to an address; `undefined` if the limit is reached.
 *
 * @example
 * const next = countMail(await store.mailed(person), now);
 * if (!next) return; // nothing is sent
 */
export function countMail(mailed: Mailed | undefined, now: string): Mailed | undefined {
  if (!mailed || secondsBetween(mailed.since, now) >= 3600) return { since: now, lastAt: now, count: 1 };
  if (secondsBetween(mailed.lastAt, now) < SIGN_IN_CODE.secondsBetweenMails) return undefined;
  if (mailed.count >= SIGN_IN_CODE.mailsAnHour) return undefined;
  return { since: mailed.since, lastAt: now, count: mailed.count + 1 };
}

/** The page's answer to Cognito's challenge: the requested challenge and its code. */
export interface CodeAnswer {
  challengeId: string;
  code: string;
}

/** Encodes the answer as one text, since a challenge has one answer. */
export function encodeAnswer({ challengeId, code }: CodeAnswer): string {
  return `${challengeId}.${code}`;
}

/** Decodes an answer; `undefined` if the text is none. */
export function decodeAnswer(text: string): CodeAnswer | undefined {
  const [, challengeId, code] = /^([\w-]{22})\.(\d{8})$/.exec(text) ?? [];
  return challengeId && code ? { challengeId, code } : undefined;
}

/** A mail with a code. */
export interface CodeMail {
  subject: string;
  text: string;
  /** Default: plain text only. */
  html?: string;
}

/** Composers of other words, further languages or HTML. */
export interface CodeTexts {
  /** Changes or replaces the store's own mail; `code` has eight digits. Default: it is sent as it is. */
  mail?: (mail: CodeMail, sent: { code: string; store: string; language: Language }) => CodeMail;
}

/** Composes the mail with a code. */
export function composeCodeMail(code: string, storeName: string, language: Language = DEFAULT_LANGUAGE): CodeMail {
  const { subject, paragraphs } = CODE_TEXTS[language];
  const spaced = `${code.slice(0, 4)} ${code.slice(4)}`;
  const minutes = SIGN_IN_CODE.goodForSeconds / 60;
  return { subject: subject(spaced, storeName), text: paragraphs(spaced, minutes, storeName).join("\n\n") };
}

interface CodeWords {
  subject: (code: string, store: string) => string;
  paragraphs: (code: string, minutes: number, store: string) => string[];
}

const CODE_TEXTS: Record<Language, CodeWords> = {
  en: {
    subject: (code, store) => `${code} is your code for ${store}`,
    paragraphs: (code, minutes, store) => [
      `Your code to sign in: ${code}`,
      `It works once, within ${minutes} minutes, in the browser window where you requested it.`,
      `If you did not request it, ignore this email. Without the code, no one can sign in. ${store} will never ask you for this code.`,
    ],
  },
  de: {
    subject: (code, store) => `${code} ist Ihr Code für ${store}`,
    paragraphs: (code, minutes, store) => [
      `Ihr Code zum Anmelden: ${code}`,
      `Er gilt einmal, ${minutes} Minuten lang, in dem Browserfenster, in dem Sie ihn angefordert haben.`,
      `Haben Sie ihn nicht angefordert, ist nichts zu tun: Ohne den Code kann sich niemand anmelden. ${store} fragt Sie nie nach diesem Code.`,
    ],
  },
};

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
