import * as pulumi from "@pulumi/pulumi";
import { InlineFunction } from "../../../../components/inlineFunction";
import { checkPieces, checkShape } from "./limits";

const shop = pulumi.output("tea");

/** Captured by value, because this file loads Pulumi. */
function refuse(why: string): never {
  throw new Error(`${why}, says ${shop.get()}`);
}

const order = new InlineFunction("order", {
  callbackFactory: () => async (event: { pieces?: number; shape?: true }) => {
    if (event.shape) checkShape(event);
    checkPieces(event.pieces ?? 0);
    refuse("closed");
  },
});

export const functionName = order.name;
export const logGroup = order.logGroup.name;
