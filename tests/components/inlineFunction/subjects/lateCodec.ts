import * as codec from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Loads Pulumi, and has another module under the name `codec` than withPulumi.ts. */
export const region = pulumi.output("here");
export const fileOf = (path: string): string => codec.basename(path);
