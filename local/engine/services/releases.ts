import { type ServiceHandlers, text, unavailable } from "../handler";
import { checkArn, checkName, checkOneOf, checkRange } from "../rules";

const NO_RELEASE = "Releases are for AWS: a local run is deployed from its working folder.";
const projectName = {
  form: /^[A-Za-z0-9][A-Za-z0-9_-]+$/,
  minLength: 2,
  maxLength: 255,
  allowed: "letters, digits, - and _",
};
const pipelineName = { form: /^[A-Za-z0-9.@_-]+$/, maxLength: 100, allowed: "letters, digits and .@-_" };

/** CodeBuild and CodePipeline: not emulated, but their arguments are checked. */
export const releases: ServiceHandlers = {
  "aws:codebuild/project:Project": {
    ...unavailable(NO_RELEASE, ({ inputs }, { region, accountId }) => {
      const arn = `arn:aws:codebuild:${region}:${accountId}:project/${text(inputs, "name")}`;
      return { id: arn, outputs: { arn } };
    }),
    autoName: { property: "name", maxLength: 255 },
    required: ["artifacts", "environment", "serviceRole", "source"],
    check: (inputs) => [
      ...checkName(inputs, "name", projectName),
      ...checkArn(inputs, "serviceRole"),
      ...checkRange(inputs, "buildTimeout", 5, 2160),
      ...checkRange(inputs, "queuedTimeout", 5, 480),
    ],
  },
  "aws:codepipeline/pipeline:Pipeline": {
    ...unavailable(NO_RELEASE, ({ inputs }, { region, accountId }) => {
      const name = text(inputs, "name");
      return { id: name, outputs: { arn: `arn:aws:codepipeline:${region}:${accountId}:${name}` } };
    }),
    autoName: { property: "name", maxLength: 100 },
    required: ["artifactStores", "roleArn", "stages"],
    check: (inputs) => [
      checkName(inputs, "name", pipelineName),
      checkArn(inputs, "roleArn"),
      checkOneOf(inputs, "pipelineType", ["V1", "V2"]),
      checkOneOf(inputs, "executionMode", ["QUEUED", "SUPERSEDED", "PARALLEL"]),
      (inputs["stages"] as unknown[]).length < 2 && "A pipeline has at least two stages.",
    ],
  },
  "aws:codeconnections/connection:Connection": unavailable(NO_RELEASE, ({ name }, { region, accountId }) => {
    const arn = `arn:aws:codeconnections:${region}:${accountId}:connection/${name}`;
    return { id: arn, outputs: { arn, connectionStatus: "PENDING" } };
  }),
};
