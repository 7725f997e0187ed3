import { expect } from "chai";
import { namesIn } from "../../../kit/dashboardWidgets";
import { matches } from "../../../kit/eventPatterns";
import { observe, observePrimary, primary } from "../../../kit/observabilityStand";

describe("Security alarms", function () {
  this.timeout(120_000);
  let all: Awaited<ReturnType<typeof observe>>;
  before(async () => {
    all = await observePrimary();
  });

  describe("signs of an attack", () => {
    const pattern = (sign: string) => JSON.parse(String(all.one("EventRule", `observability-${sign}`)["eventPattern"]));
    const arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-cards";
    const call = (source: string, eventName: string, detail: object = {}) => ({
      source: `aws.${source}`,
      "detail-type": "AWS API Call via CloudTrail",
      detail: { eventSource: `${source}.amazonaws.com`, eventName, userIdentity: { type: "AssumedRole" }, ...detail },
    });
    const root = (more: object = {}, detail: object = {}) =>
      call("iam", "ListUsers", { userIdentity: { type: "Root", ...more }, eventType: "AwsApiCall", ...detail });
    const key = (eventName: string, detail: object = {}) =>
      call("kms", eventName, { resources: [{ ARN: arn }], ...detail });
    const finding = (label: string, status = "NEW") => ({
      source: "aws.securityhub",
      "detail-type": "Security Hub Findings - Imported",
      detail: { findings: [{ Severity: { Label: label }, Workflow: { Status: status }, RecordState: "ACTIVE" }] },
    });
    const guardDuty = (severity: number) => ({
      source: "aws.guardduty",
      "detail-type": "GuardDuty Finding",
      detail: { severity },
    });

    const SIGNS: [sign: string, shown: object[], not: object[]][] = [
      [
        "decryption-refused",
        [
          call("kms", "Decrypt", { errorCode: "AccessDenied", errorMessage: "is not authorized" }),
          call("kms", "ReEncrypt", { errorCode: "AccessDeniedException" }),
        ],
        [call("kms", "Decrypt"), call("kms", "Decrypt", { errorCode: "ThrottlingException" })],
      ],
      [
        "root-used",
        [
          root(),
          {
            source: "aws.signin",
            "detail-type": "AWS Console Sign In via CloudTrail",
            detail: { eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", userIdentity: { type: "Root" } },
          },
        ],
        [
          root({ invokedBy: "support.amazonaws.com" }),
          root({}, { eventType: "AwsServiceEvent" }),
          call("iam", "ListUsers", { eventType: "AwsApiCall" }),
        ],
      ],
      [
        "key-changed",
        [key("PutKeyPolicy"), key("ScheduleKeyDeletion"), key("DisableKey"), key("ReplicateKey"), key("CreateGrant")],
        [
          key("Decrypt"),
          key("CreateGrant", { userIdentity: { type: "AssumedRole", invokedBy: "dynamodb.amazonaws.com" } }),
          call("kms", "PutKeyPolicy", { resources: [{ ARN: `${arn}-of-another` }] }),
        ],
      ],
      [
        "trail-changed",
        [
          call("cloudtrail", "StopLogging"),
          call("cloudtrail", "PutEventSelectors"),
          call("s3", "PutBucketPolicy", { requestParameters: { bucketName: "store-audit" } }),
          call("monitoring", "DisableAlarmActions"),
          call("events", "DisableRule", { requestParameters: { name: "store-prod-east-observability-root-used" } }),
          call("events", "RemoveTargets", {
            requestParameters: { rule: "store-prod-east-observability-trail-changed" },
          }),
          call("guardduty", "DeleteDetector"),
          call("securityhub", "DisableSecurityHub"),
        ],
        [
          call("monitoring", "PutMetricAlarm"),
          call("events", "DisableRule", { requestParameters: { name: "another" } }),
          call("guardduty", "GetDetector"),
          call("cloudtrail", "GetTrail"),
          call("s3", "PutBucketPolicy", { requestParameters: { bucketName: "another" } }),
        ],
      ],
      [
        "threat-found",
        [guardDuty(4), guardDuty(8.5), finding("HIGH"), finding("CRITICAL")],
        [guardDuty(3.9), finding("LOW"), finding("HIGH", "SUPPRESSED")],
      ],
    ];

    for (const [sign, shown, not] of SIGNS) {
      it(`raise ${sign}, by its events alone`, () => {
        const { state, name } = all.one("EventRule", `observability-${sign}`);
        expect(state).to.equal("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
        expect(shown.filter((event) => !matches(pattern(sign), event))).to.deep.equal([]);
        expect(not.filter((event) => matches(pattern(sign), event))).to.deep.equal([]);
        const alarm = all.one("MetricAlarm", `observability-${sign}`);
        expect(alarm).to.include({ namespace: "AWS/Events", metricName: "Invocations", threshold: 0 });
        expect(alarm["dimensions"]).to.deep.equal({ RuleName: name });
      });
    }

    it("page at once, silenced by no other alarm, and are on the dashboard", () => {
      const composite = all.one("CompositeAlarm", "observability-security");
      expect(namesIn(composite["alarmRule"])).to.have.members(SIGNS.map(([sign]) => `observability-${sign}-1a2b3c4`));
      expect(composite["actionsSuppressor"]).to.equal(undefined);
      expect(composite["alarmActions"]).to.have.length(1);
      const dashboard = all.of("Dashboard").find(({ name }) => name === "observability")!;
      for (const [sign] of SIGNS)
        expect(String(dashboard.inputs["dashboardBody"])).to.include(
          `"Invocations","RuleName","store-prod-east-observability-${sign}"`,
        );
    });

    it("are kept as events in a log that EventBridge alone may write, on behalf of these rules", () => {
      const group = "arn:aws:test:us-east-1:123456789012:observability-security-events";
      const targets = all.of("EventTarget").map(({ inputs }) => inputs["arn"]);
      expect(targets).to.deep.equal(SIGNS.map(() => group));
      const policy = JSON.parse(
        String(all.one("LogResourcePolicy", "observability-security-events")["policyDocument"]),
      );
      const [stream, events] = policy.Statement;
      expect([stream.Resource, events.Resource]).to.deep.equal([`${group}:*`, `${group}:*:*`]);
      expect(events.Condition.ArnEquals["aws:SourceArn"]).to.have.length(SIGNS.length);
    });

    it("are not watched without being asked for", async () => {
      const { security: _none, ...others } = primary;
      const { of } = await observe(others);
      expect(of("EventRule")).to.deep.equal([]);
      expect(of("CompositeAlarm").map(({ name }) => name)).not.to.include("observability-security");
    });
  });
});
