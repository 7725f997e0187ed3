import { expect } from "chai";
import { LIMITS, nearLimits } from "./kit/awsLimits";

const resource = (type: string, inputs: Record<string, unknown>, name = "thing") => ({
  type: `aws:${type}`,
  name,
  inputs,
});
const text = (length: number) => "x".repeat(length);

/** For each kind of limit, resources of a given size. */
const OF_SIZE: [limit: number, (size: number) => ReturnType<typeof resource>[]][] = [
  [6_144, (size) => [resource("iam/policy:Policy", { policy: ` ${text(size)}\n` })]],
  [2_048, (size) => [resource("iam/role:Role", { name: "x", assumeRolePolicy: text(size) })]],
  [
    10_240,
    (size) => [
      resource("iam/rolePolicy:RolePolicy", { role: "a", policy: text(size - 100) }),
      resource("iam/rolePolicy:RolePolicy", { role: "a", policy: text(100) }),
      resource("iam/rolePolicy:RolePolicy", { role: "b", policy: text(100) }),
    ],
  ],
  [
    10,
    (size) =>
      Array.from({ length: size }, () => resource("iam/rolePolicyAttachment:RolePolicyAttachment", { role: "a" })),
  ],
  [10_240, (size) => [resource("cloudwatch/compositeAlarm:CompositeAlarm", { alarmName: "x", alarmRule: text(size) })]],
  [1_024, (size) => [resource("cloudwatch/metricAlarm:MetricAlarm", { alarmDescription: text(size) })]],
  [
    4_096,
    (size) => [resource("lambda/function:Function", { name: "x", environment: { variables: { A: text(size - 8) } } })],
  ],
  [10_240, (size) => [resource("cloudfront/function:Function", { code: text(size) })]],
  [1_048_576, (size) => [resource("sfn/stateMachine:StateMachine", { definition: text(size) })]],
  [30_720, (size) => [resource("sns/topicPolicy:TopicPolicy", { policy: text(size) })]],
  [8_192, (size) => [resource("sqs/queuePolicy:QueuePolicy", { policy: text(size) })]],
  [64, (size) => [resource("lambda/function:Function", { name: text(size) })]],
  [63, (size) => [resource("s3/bucket:Bucket", { bucket: text(size) })]],
  // The provider adds eight characters to a generated name.
  [64, (size) => [resource("iam/role:Role", {}, text(size - 8))]],
  [28, (size) => [resource("opensearch/domain:Domain", { domainName: text(size) })]],
];

describe("A resource near a limit of AWS", () => {
  for (const [limit, ofSize] of OF_SIZE) {
    const [first] = ofSize(limit);
    const nearest = Math.ceil(limit * 0.9);

    it(`is named with its figure: ${first!.type}, ${limit}`, () => {
      const [resource] = ofSize(nearest);
      const near = nearLimits(ofSize(nearest));
      expect(near).to.have.length(1);
      expect(near[0]).to.include(`${first!.type} "${resource!.name}": `).and.include(` is ${nearest} of ${limit}.`);
    });

    it(`is not named below nine tenths: ${first!.type}, ${limit}`, () => {
      expect(nearLimits(ofSize(nearest - 1))).to.deep.equal([]);
    });
  }

  it("is compared with limits that each have a source", () => {
    for (const [name, { source }] of Object.entries(LIMITS)) {
      expect(source, name).to.match(/^https:\/\/docs\.aws\.amazon\.com\//);
    }
  });
});
