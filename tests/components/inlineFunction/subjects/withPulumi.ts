import * as codec from "node:querystring";
import * as pulumi from "@pulumi/pulumi";

/** Loads Pulumi, so its functions are copied. */
export const stage = pulumi.output("test");
export const decode = (text: string): string => JSON.stringify(codec.parse(text));
export const later = { count: 1 };
export class Plain {
  public constructor(public readonly text: string) {}
  public shout(): string {
    return this.text.toUpperCase();
  }
}
export let counter = 0;
export const increase = (): number => {
  counter += 1;
  return counter;
};
