import * as codec from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Loads Pulumi, and imports another module as `codec` than withPulumi.ts. */
export const region = pulumi.output("here");
export const fileOf = (path: string): string => codec.basename(path);
