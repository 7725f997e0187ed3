/** A code to sign in with that comes by mail. */
export const SIGN_IN_CODE = {
  /** Six would let somebody who asks for codes of a hundred thousand people hit one within the hour. */
  digits: 8,
  /** From the moment it is made, mail included. */
  goodForSeconds: 300,
  /** Wrong answers after which the code is worth nothing. */
  attempts: 3,
  /** To one address. */
  mailsAnHour: 5,
  secondsBetweenMails: 30,
} as const;

/** What is remembered of the mails to one address. */
export interface Mailed {
  /** When the first of `count` mails went out. ISO 8601 UTC. */
  since: string;
  lastAt: string;
  count: number;
}

/**
 * What to remember when one more mail goes to an address; `undefined` if none may, for now.
 *
 * @example
 * const next = oneMoreMail(await store.mailed(person), now);
 * if (!next) return; // nothing is sent, and nobody is told
 */
export function oneMoreMail(mailed: Mailed | undefined, now: string): Mailed | undefined {
  if (!mailed || secondsBetween(mailed.since, now) >= 3600) return { since: now, lastAt: now, count: 1 };
  if (secondsBetween(mailed.lastAt, now) < SIGN_IN_CODE.secondsBetweenMails) return undefined;
  if (mailed.count >= SIGN_IN_CODE.mailsAnHour) return undefined;
  return { since: mailed.since, lastAt: now, count: mailed.count + 1 };
}

/** What the page answers Cognito's challenge with: which code was asked for, and the code. */
export interface CodeAnswer {
  challengeId: string;
  code: string;
}

/** As one text, since a challenge has one answer. */
export function answerText({ challengeId, code }: CodeAnswer): string {
  return `${challengeId}.${code}`;
}

/** The answer in a text, or `undefined` if there is none in it. */
export function answerIn(text: string): CodeAnswer | undefined {
  const [, challengeId, code] = /^([\w-]{22})\.(\d{8})$/.exec(text) ?? [];
  return challengeId && code ? { challengeId, code } : undefined;
}

/** The mail that brings a code. */
export function codeMail(code: string, storeName: string): { subject: string; text: string } {
  const spaced = `${code.slice(0, 4)} ${code.slice(4)}`;
  return {
    subject: `${spaced} is your code for ${storeName}`,
    text: [
      `Your code to sign in: ${spaced}`,
      `It is good once, and for ${SIGN_IN_CODE.goodForSeconds / 60} minutes, in the window where you asked for it.`,
      `You did not ask for it? Then do nothing: without the code nobody gets in. Nobody from ${storeName} will ever ask you for it.`,
    ].join("\n\n"),
  };
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
