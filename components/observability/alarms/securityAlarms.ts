import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmMaker } from "../../infrastructure/alarm";
import { physicalName } from "../../inlineFunction/physicalName";
import type { ObservabilityArgs } from "../args";

/** Alarms on signs of an attack, and the log of the events behind them. */
export interface SecurityAlarms {
  alarms: aws.cloudwatch.MetricAlarm[];
  /** Names of the EventBridge rules by what they detect. */
  rules: Record<string, pulumi.Output<string>>;
  log?: aws.cloudwatch.LogGroup;
}

/** A sign of an attack: the events that show it, and its alarm. */
interface Sign {
  page: string;
  description: string;
  pattern: pulumi.Input<object>;
}

/** CloudTrail's events of API calls. EventBridge receives them only while the account has a trail. */
const CALL = "AWS API Call via CloudTrail";

/** Changes by which a principal could use a key, or put it out of use. */
const KEY_CHANGES = ["DisableKey", "PutKeyPolicy", "ReplicateKey", "ScheduleKeyDeletion", "UpdatePrimaryRegion"];

const TRAIL_CHANGES = ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"];

/** Calls that switch detection off, by service. A release makes none of them but with its own rules, which it may remove. */
const SILENCING: Record<string, string[]> = {
  guardduty: ["DeleteDetector", "StopMonitoringMembers", "UpdateDetector"],
  monitoring: ["DisableAlarmActions"],
  securityhub: ["DisableSecurityHub"],
};
const RULE_CHANGES = ["DeleteRule", "DisableRule", "RemoveTargets"];

const BUCKET_CHANGES = [
  "DeleteBucket",
  "DeleteBucketPolicy",
  "PutBucketLifecycle",
  "PutBucketLifecycleConfiguration",
  "PutBucketObjectLockConfiguration",
  "PutBucketPolicy",
];

/**
 * Creates rules on the events of CloudTrail, GuardDuty and Security Hub, and an alarm on each. The alarm counts events instead of
 * forwarding them, so that a thousand refused calls page once; the events are in the log.
 */
export function createSecurityAlarms(
  name: string,
  prefix: string,
  alarms: AlarmMaker,
  { security, logRetentionDays = 30 }: Pick<ObservabilityArgs, "security" | "logRetentionDays">,
  parent: pulumi.Resource,
): SecurityAlarms {
  if (!security) return { alarms: [], rules: {} };
  // EventBridge writes to log groups below /aws/events/ only.
  const log = new aws.cloudwatch.LogGroup(
    `${name}-security-events`,
    { name: `/aws/events/${prefix}-security`, retentionInDays: logRetentionDays },
    { parent },
  );
  const nameOfRule = (sign: string) => physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-${sign}`);
  const signs = Object.entries(signsOf(security, nameOfRule));
  const rules = Object.fromEntries(
    signs.map(([sign, { description, pattern }]) => [
      sign,
      new aws.cloudwatch.EventRule(
        `${name}-${sign}`,
        {
          name: nameOfRule(sign),
          description,
          eventPattern: pulumi.jsonStringify(pattern),
          // Without this state, EventBridge leaves out calls that only read, such as Decrypt
          // (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html).
          state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        },
        { parent },
      ),
    ]),
  );
  const policy = allowWriting(name, prefix, log, Object.values(rules), parent);
  for (const [sign, rule] of Object.entries(rules)) {
    new aws.cloudwatch.EventTarget(
      `${name}-${sign}`,
      // The log group's ARN without the ending that covers its streams.
      { rule: rule.name, arn: log.arn.apply((arn) => arn.replace(/:\*$/, "")) },
      { parent, dependsOn: [policy] },
    );
  }
  return {
    log,
    rules: Object.fromEntries(Object.entries(rules).map(([sign, rule]) => [sign, rule.name])),
    alarms: signs.map(([sign, { page, description }]) =>
      alarms.on(
        sign,
        page,
        description,
        // Counts failed deliveries to the log too.
        {
          namespace: "AWS/Events",
          metricName: "Invocations",
          dimensions: { RuleName: rules[sign]!.name },
          statistic: "Sum",
        },
        { above: 0, period: 300, datapoints: 1, of: 1 },
      ),
    ),
  };
}

const SIGNS = ["decryption-refused", "root-used", "key-changed", "trail-changed", "threat-found"] as const;

function signsOf(
  { keyArns, auditBucketName }: NonNullable<ObservabilityArgs["security"]>,
  nameOfRule: (sign: string) => string,
): Record<(typeof SIGNS)[number], Sign> {
  const kms = (detail: object) => ({
    source: ["aws.kms"],
    "detail-type": [CALL],
    detail: { eventSource: ["kms.amazonaws.com"], ...detail },
  });
  const bucketChange = auditBucketName && {
    source: ["aws.s3"],
    detail: { eventName: BUCKET_CHANGES, requestParameters: { bucketName: [auditBucketName] } },
  };
  const trailChange = { source: ["aws.cloudtrail"], detail: { eventName: TRAIL_CHANGES } };
  const silenced = Object.entries(SILENCING).map(([service, eventName]) => ({
    detail: { eventSource: [`${service}.amazonaws.com`], eventName },
  }));
  // RemoveTargets names the rule otherwise.
  const ruleChanges = ["name", "rule"].map((parameter) => ({
    detail: {
      eventSource: ["events.amazonaws.com"],
      eventName: RULE_CHANGES,
      requestParameters: { [parameter]: SIGNS.map(nameOfRule) },
    },
  }));
  return {
    "decryption-refused": {
      page: "decryption-refused",
      description: "KMS refused to decrypt: a role lacks a permission that it uses, or is used for what it may not do.",
      // Of every key in the account: an event of a refused call need not name the key.
      pattern: kms({ eventName: ["Decrypt", "ReEncrypt"], errorCode: [{ prefix: "AccessDenied" }] }),
    },
    "root-used": {
      page: "root-used",
      description: "The account's root user signed in or called AWS.",
      pattern: {
        "detail-type": [CALL, "AWS Console Sign In via CloudTrail"],
        detail: {
          userIdentity: { type: ["Root"], invokedBy: [{ exists: false }] },
          eventType: [{ "anything-but": "AwsServiceEvent" }],
        },
      },
    },
    "key-changed": {
      page: "key-changed",
      description: "The policy or state of a key of the store was changed, or its use was granted.",
      pattern: kms({
        resources: { ARN: Object.values(keyArns) },
        // AWS services create grants for the tables and backups that they encrypt.
        $or: [
          { eventName: KEY_CHANGES },
          { eventName: ["CreateGrant"], userIdentity: { invokedBy: [{ exists: false }] } },
        ],
      }),
    },
    "trail-changed": {
      page: "trail-changed",
      description: "An audit trail or the bucket of its entries was changed, or what reports attacks was switched off.",
      pattern: {
        "detail-type": [CALL],
        $or: [trailChange, ...silenced, ...ruleChanges, ...(bucketChange ? [bucketChange] : [])],
      },
    },
    "threat-found": {
      page: "threat-found",
      description: "GuardDuty or Security Hub reports a new finding.",
      pattern: {
        $or: [
          // Medium and higher (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html).
          {
            source: ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            detail: { severity: [{ numeric: [">=", 4] }] },
          },
          {
            source: ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            detail: {
              findings: {
                Severity: { Label: ["HIGH", "CRITICAL"] },
                Workflow: { Status: ["NEW"] },
                RecordState: ["ACTIVE"],
              },
            },
          },
        ],
      },
    },
  };
}

/**
 * Allows EventBridge to write to the log, with the statements that AWS documents
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html): no condition on the source when it creates a stream.
 */
function allowWriting(
  name: string,
  prefix: string,
  log: aws.cloudwatch.LogGroup,
  rules: aws.cloudwatch.EventRule[],
  parent: pulumi.Resource,
): aws.cloudwatch.LogResourcePolicy {
  const group = log.arn.apply((arn) => arn.replace(/:\*$/, ""));
  const Principal = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
  return new aws.cloudwatch.LogResourcePolicy(
    `${name}-security-events`,
    {
      policyName: `${prefix}-security`,
      policyDocument: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal,
            Action: "logs:CreateLogStream",
            Resource: pulumi.interpolate`${group}:*`,
          },
          {
            Effect: "Allow",
            Principal,
            Action: "logs:PutLogEvents",
            Resource: pulumi.interpolate`${group}:*:*`,
            Condition: { ArnEquals: { "aws:SourceArn": rules.map(({ arn }) => arn) } },
          },
        ],
      }),
    },
    { parent },
  );
}
