import { randomInt, timingSafeEqual } from "node:crypto";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type CodeAnswer, countMail, type Mailed, SIGN_IN_CODE } from "../../../domain/auth";
import { conditionHolds, isConditionFailed } from "../../runtime/conditionalWrites";
import type { Hash } from "./customerDirectory";

interface CodeItem {
  id: string;
  /** The account that the code signs in. */
  sub: string;
  codeHash: string;
  attemptsLeft: number;
  /** Seconds since 1970; DynamoDB deletes the item some time later. */
  expiresAt: number;
}

/** Sign-in codes and the number of mails sent, of this Region only; never replicated. */
export class CodeStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly hash: Hash,
  ) {}

  /** Creates a code for an account; `undefined` if the challenge has one already, because the request was delivered twice. */
  async make(challengeId: string, sub: string, nowMs = Date.now()): Promise<string | undefined> {
    const code = randomInt(10 ** SIGN_IN_CODE.digits)
      .toString()
      .padStart(SIGN_IN_CODE.digits, "0");
    const item: CodeItem = {
      id: codeKey(challengeId),
      sub,
      codeHash: await this.hashOf({ challengeId, code }),
      attemptsLeft: SIGN_IN_CODE.attempts,
      expiresAt: Math.floor(nowMs / 1000) + SIGN_IN_CODE.goodForSeconds,
    };
    return (await this.put(item)) ? code : undefined;
  }

  /** Returns true for a correct answer, once: each attempt counts, and a correct one uses the code up. */
  async use(answer: CodeAnswer, sub: string, nowMs = Date.now()): Promise<boolean> {
    const key = { id: codeKey(answer.challengeId) };
    const item = await this.countTry(key, sub, Math.floor(nowMs / 1000));
    // Always hashed: the response time must not reveal whether there was a code to compare with.
    const codeHash = await this.hashOf(answer);
    if (!item || !sameText(item.codeHash, codeHash)) return false;
    return conditionHolds(
      this.client.send(
        new DeleteCommand({ TableName: this.tableName, Key: key, ConditionExpression: "attribute_exists(id)" }),
      ),
    );
  }

  /** Counts one more mail to a person and one more in this hour; false if either limit is reached. */
  async mayMail(person: string, anHour: number, nowMs = Date.now()): Promise<boolean> {
    const now = new Date(nowMs).toISOString();
    const id = `person#${person}`;
    const { Item: earlier } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { id }, ConsistentRead: true }),
    );
    const next = countMail(earlier as Mailed | undefined, now);
    if (!next) return false;
    const expiresAt = Math.floor(nowMs / 1000) + 2 * 3600;
    // Of two concurrent counts only one succeeds.
    const counted = await conditionHolds(
      this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: { id, ...next, expiresAt },
          ...(earlier
            ? { ConditionExpression: "lastAt = :lastAt", ExpressionAttributeValues: { ":lastAt": earlier["lastAt"] } }
            : { ConditionExpression: "attribute_not_exists(id)" }),
        }),
      ),
    );
    return counted && this.countOfHour(`hour#${now.slice(0, 13)}`, anHour, expiresAt);
  }

  /** Notes that a person's account is being removed and made again, so that the next request continues after an interruption. */
  async noteReplacement(person: string, state: "begun" | "done", nowMs = Date.now()): Promise<void> {
    const expiresAt = Math.floor(nowMs / 1000) + (state === "begun" ? REPLACEMENT_SECONDS : 0);
    await this.client.send(
      new PutCommand({ TableName: this.tableName, Item: { id: replacementKey(person), expiresAt } }),
    );
  }

  /** Returns true if a replacement was begun in the last day and is not done. */
  async isReplacing(person: string, nowMs = Date.now()): Promise<boolean> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { id: replacementKey(person) }, ConsistentRead: true }),
    );
    return Item !== undefined && (Item as { expiresAt: number }).expiresAt > nowMs / 1000;
  }

  private countOfHour(id: string, most: number, expiresAt: number): Promise<boolean> {
    return conditionHolds(
      this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { id },
          UpdateExpression: "SET expiresAt = :expiresAt ADD mails :one",
          ConditionExpression: "attribute_not_exists(mails) OR mails < :most",
          ExpressionAttributeValues: { ":one": 1, ":most": most, ":expiresAt": expiresAt },
        }),
      ),
    );
  }

  private async countTry(key: { id: string }, sub: string, now: number): Promise<CodeItem | undefined> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: key,
          UpdateExpression: "SET attemptsLeft = attemptsLeft - :one",
          ConditionExpression: "#sub = :sub AND attemptsLeft > :none AND expiresAt > :now",
          ExpressionAttributeNames: { "#sub": "sub" },
          ExpressionAttributeValues: { ":one": 1, ":none": 0, ":sub": sub, ":now": now },
          ReturnValues: "ALL_NEW",
        }),
      );
      return Attributes as CodeItem;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  private put(item: CodeItem): Promise<boolean> {
    return conditionHolds(
      this.client.send(
        new PutCommand({ TableName: this.tableName, Item: item, ConditionExpression: "attribute_not_exists(id)" }),
      ),
    );
  }

  private hashOf({ challengeId, code }: CodeAnswer): Promise<string> {
    return this.hash(`code:${challengeId}:${code}`);
  }
}

/** Time in which a request continues an interrupted replacement. */
const REPLACEMENT_SECONDS = 24 * 3600;

const replacementKey = (person: string) => `replacement#${person}`;

const codeKey = (challengeId: string) => `code#${challengeId}`;

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
