import { createHmac } from "node:crypto";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Hash } from "../../components/authLayer/handlers/customerDirectory";

type Item = Record<string, unknown>;

interface Command {
  constructor: { name: string };
  input: {
    Item?: Item;
    Key?: Item;
    ConditionExpression?: string;
    UpdateExpression?: string;
    ExpressionAttributeValues?: Item;
  };
}

/** A table that implements the conditions and updates of sign-in, and refuses others. */
export class FakeTable {
  readonly items = new Map<string, Item>();
  /** Called before each command; throws the error of a broken table. */
  before: (command: string) => void = () => {};

  constructor(private readonly keys: string[]) {}

  /** A document client that answers from the table. */
  get client(): DynamoDBDocumentClient {
    return Object.create(DynamoDBDocumentClient.prototype, {
      send: { value: async (command: Command) => this.answer(command) },
    });
  }

  add(item: Item): void {
    this.items.set(this.keyOf(item), item);
  }

  private answer({ constructor: { name }, input }: Command): object {
    this.before(name);
    const values = input.ExpressionAttributeValues ?? {};
    switch (name) {
      case "PutCommand": {
        this.check(input, this.items.get(this.keyOf(input.Item!)));
        this.add({ ...input.Item });
        return {};
      }
      case "GetCommand":
        return { Item: this.items.get(this.keyOf(input.Key!)) };
      case "QueryCommand":
        return { Items: [...this.items.values()].filter(({ person }) => person === values[":person"]) };
      case "ScanCommand":
        return { Items: [...this.items.values()].filter(({ entry }) => entry === values[":issuer"]) };
      case "DeleteCommand":
        this.check(input, this.items.get(this.keyOf(input.Key!)));
        this.items.delete(this.keyOf(input.Key!));
        return {};
      case "UpdateCommand": {
        const earlier = this.items.get(this.keyOf(input.Key!));
        this.check(input, earlier);
        const Attributes = { ...input.Key, ...earlier, ...change(input.UpdateExpression!, earlier ?? {}, values) };
        this.add(Attributes);
        return { Attributes };
      }
      default:
        throw new Error(`The fake has no ${name}.`);
    }
  }

  private check({ ConditionExpression, ExpressionAttributeValues: values = {} }: Command["input"], item?: Item): void {
    const number = (name: string) => Number(item?.[name]);
    const holds: Record<string, () => boolean> = {
      "attribute_not_exists(person)": () => !item,
      "attribute_not_exists(id)": () => !item,
      "attribute_exists(id)": () => item !== undefined,
      "#sub = :earlier": () => item?.["sub"] === values[":earlier"],
      "lastAt = :lastAt": () => item?.["lastAt"] === values[":lastAt"],
      "attribute_not_exists(mails) OR mails < :most": () =>
        item?.["mails"] === undefined || number("mails") < Number(values[":most"]),
      "#sub = :sub AND attemptsLeft > :none AND expiresAt > :now": () =>
        item?.["sub"] === values[":sub"] && number("attemptsLeft") > 0 && number("expiresAt") > Number(values[":now"]),
    };
    if (ConditionExpression === undefined) return;
    const condition = holds[ConditionExpression];
    if (!condition) throw new Error(`The fake does not know the condition ${ConditionExpression}.`);
    if (!condition()) throw named("ConditionalCheckFailedException");
  }

  private keyOf(item: Item): string {
    return this.keys.map((key) => String(item[key])).join("|");
  }
}

function change(expression: string, earlier: Item, values: Item): Item {
  if (expression === "SET attemptsLeft = attemptsLeft - :one") {
    return { attemptsLeft: Number(earlier["attemptsLeft"]) - 1 };
  }
  if (expression === "SET expiresAt = :expiresAt ADD mails :one") {
    return { expiresAt: values[":expiresAt"], mails: Number(earlier["mails"] ?? 0) + 1 };
  }
  throw new Error(`The fake does not know the update ${expression}.`);
}

/** An error as the SDK throws it. */
export function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

export const fakeHash: Hash = async (text) => createHmac("sha256", "only for tests").update(text).digest("base64url");

export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It resolved.");
}
