import { BACKUP_ACTIONS_WITHOUT_RESOURCE } from "../components/backups/rights";
import { ACTIONS_OF_COMPOSITE_ALARMS, VALIDATE_DEFINITION } from "../components/deliveryPipeline/rights";
import { ACTIONS_WITHOUT_RESOURCE, STATE_MACHINE_LOGS_AND_TRACES } from "../components/inlineFunction/actions";

/** A resource that the engine is about to create or update, with its inputs. */
export interface Candidate {
  type: string;
  name: string;
  props: Record<string, unknown>;
}

/** A rule. `check` returns one sentence per violation. */
export interface Rule {
  name: string;
  description: string;
  /** Type tokens that the rule applies to. */
  types: string[];
  check: (resource: Candidate) => string[];
}

/** Actions without a resource in AWS: of functions, state machines' roles, backups, composite alarms and previews. */
const ACTIONS_ON_EVERYTHING = new Set([
  ...Object.keys(ACTIONS_WITHOUT_RESOURCE),
  ...STATE_MACHINE_LOGS_AND_TRACES,
  ...BACKUP_ACTIONS_WITHOUT_RESOURCE,
  ...ACTIONS_OF_COMPOSITE_ALARMS,
  VALIDATE_DEFINITION,
]);

const TABLE = "aws:dynamodb/table:Table";
const FUNCTION = "aws:lambda/function:Function";
const DOMAIN = "aws:opensearch/domain:Domain";

/** Rules for every release of the store. Each prevents a mistake that only an audit would find later. */
export const RULES: Rule[] = [
  {
    name: "buckets-block-public-access",
    description: "All four settings of S3 Block Public Access are on.",
    types: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
    check: ({ props }) =>
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
        .filter((setting) => props[setting] !== true)
        .map((setting) => `${setting} must be true, because only CloudFront serves objects to the public.`),
  },
  {
    name: "policies-name-actions-and-resources",
    description: "Policies name their actions and resources, except for actions without a resource in AWS.",
    types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"],
    check: ({ props }) => statements(props["policy"]).flatMap(wildcards),
  },
  {
    name: "resource-policies-name-principals",
    description:
      "Policies of queues, topics, buckets, keys and search domains name their principals or have a condition.",
    types: [
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:kms/key:Key",
      "aws:kms/keyPolicy:KeyPolicy",
      DOMAIN,
      "aws:opensearch/domainPolicy:DomainPolicy",
    ],
    check: ({ props }) =>
      [...statements(props["policy"]), ...statements(props["accessPolicies"])]
        .filter(({ Effect, Principal, Condition }) => Effect === "Allow" && isEveryPrincipal(Principal) && !Condition)
        .map(() => "A statement allows every principal without a condition. Name the principal or add a condition."),
  },
  {
    name: "functions-have-tracing-and-timeout",
    description: "Functions run Node.js 24 on arm64, are traced, and have a timeout.",
    types: [FUNCTION],
    check: ({ props }) => [
      ...unless(props["runtime"] === "nodejs24.x", "runtime must be nodejs24.x."),
      ...unless(
        includes(props["architectures"], "arm64"),
        "architectures must be arm64, which costs a fifth less and is not slower.",
      ),
      ...unless(field(props["tracingConfig"], "mode") === "Active", "tracingConfig.mode must be Active."),
      ...unless(
        typeof props["timeout"] === "number",
        "timeout must be set, because the default of 3 seconds is too short for most functions.",
      ),
    ],
  },
  {
    name: "no-secrets-in-environments",
    description: "Environments of functions have names of secrets, not their values.",
    types: [FUNCTION],
    check: ({ props }) =>
      Object.entries((field(props["environment"], "variables") as Record<string, unknown>) ?? {})
        .filter(([key, value]) => typeof value === "string" && looksSecret(key, value))
        .map(
          ([key]) =>
            `The environment variable ${key} looks like a secret. Store the secret in a parameter and pass the parameter's name.`,
        ),
  },
  {
    name: "log-groups-have-retention",
    description: "Log groups have a retention.",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    check: ({ props }) =>
      unless(
        Number(props["retentionInDays"]) > 0,
        "retentionInDays must be set, otherwise logs are kept and charged forever.",
      ),
  },
  {
    name: "tables-are-on-demand",
    description: "Tables are charged per request and need no capacity plan.",
    types: [TABLE],
    check: ({ props }) => unless(props["billingMode"] === "PAY_PER_REQUEST", "billingMode must be PAY_PER_REQUEST."),
  },
  {
    name: "keys-of-tables-cover-replicas",
    description: "Replicas of a table with a customer-managed key have one of their own Region.",
    types: [TABLE],
    check: ({ props }) =>
      typeof field(props["serverSideEncryption"], "kmsKeyArn") === "string"
        ? list(props["replicas"])
            .filter((replica) => {
              const key = field(replica, "kmsKeyArn");
              return typeof key === "string" ? key.split(":")[3] !== field(replica, "regionName") : key === undefined;
            })
            .map(
              (replica) =>
                `The replica in ${field(replica, "regionName")} needs a kmsKeyArn of that Region, because the table has its own key.`,
            )
        : [],
  },
  {
    name: "cards-have-no-backups",
    description:
      "The card table has no backups: a verification code must not outlive the authorization (PCI DSS 3.3.1).",
    types: [TABLE],
    check: ({ props, name }) =>
      /cards/i.test(name)
        ? [
            ...unless(
              field(props["pointInTimeRecovery"], "enabled") !== true,
              "pointInTimeRecovery must be off for cards, because it keeps them for 35 days.",
            ),
            ...unless(
              list(props["replicas"]).every((replica) => field(replica, "pointInTimeRecovery") !== true),
              "pointInTimeRecovery must be off for cards in every replica, because it keeps them for 35 days.",
            ),
            ...unless(field(props["ttl"], "enabled") === true, "ttl must be on for cards, so that they expire."),
          ]
        : [],
  },
  {
    name: "backups-name-their-resources",
    description: "Backup plans select resources by name, and never the card table.",
    types: ["aws:backup/selection:Selection"],
    check: ({ props }) => {
      const resources = list(props["resources"] as string | string[] | undefined);
      const broad = ["conditions", "notResources", "selectionTags"].filter((by) => list(props[by]).length > 0);
      return [
        ...unless(resources.length > 0, "resources must name the resources to back up."),
        ...broad.map(
          (by) => `${by} selects resources without naming them. Name the resources to back up in resources.`,
        ),
        // The component checks ARNs that are known during the update only.
        ...resources
          .filter((arn) => /[*?]/.test(arn))
          .map((arn) => `${arn} is a pattern, which may match the card table. Name the resources to back up.`),
        ...resources
          .filter((arn) => /cards/i.test(arn))
          .map((arn) => `${arn} is the card table, which must have no backup (PCI DSS 3.3.1). Remove it.`),
      ];
    },
  },
  {
    name: "queues-are-encrypted",
    description: "Queues are encrypted at rest.",
    types: ["aws:sqs/queue:Queue"],
    check: ({ props }) =>
      unless(
        props["sqsManagedSseEnabled"] === true || typeof props["kmsMasterKeyId"] === "string",
        "sqsManagedSseEnabled must be true, or kmsMasterKeyId must be set.",
      ),
  },
  {
    name: "topics-are-encrypted",
    description: "Topics are encrypted at rest.",
    types: ["aws:sns/topic:Topic"],
    check: ({ props }) =>
      unless(
        typeof props["kmsMasterKeyId"] === "string",
        "kmsMasterKeyId must be set: alias/aws/sns, or a key whose policy admits the services that publish.",
      ),
  },
  {
    name: "queues-and-topics-require-tls",
    description: "Policies of queues and topics deny requests without TLS.",
    types: ["aws:sqs/queuePolicy:QueuePolicy", "aws:sns/topicPolicy:TopicPolicy"],
    check: ({ props }) =>
      unless(
        // A policy that is unknown in a preview is checked during the update.
        typeof props["policy"] !== "string" || statements(props["policy"]).some(deniesWithoutTls),
        'The policy must deny requests with aws:SecureTransport "false".',
      ),
  },
  {
    name: "distributions-require-https",
    description: "CloudFront distributions require HTTPS.",
    types: ["aws:cloudfront/distribution:Distribution"],
    check: ({ props }) =>
      [props["defaultCacheBehavior"], ...((props["orderedCacheBehaviors"] as unknown[]) ?? [])]
        .filter((behaviour) => field(behaviour, "viewerProtocolPolicy") === "allow-all")
        .map(() => "viewerProtocolPolicy must be redirect-to-https or https-only in every behaviour."),
  },
  {
    name: "web-acls-block-and-are-observed",
    description: "Web ACLs use the blocking actions of rule groups, and publish metrics.",
    types: ["aws:wafv2/webAcl:WebAcl"],
    check: ({ props }) => [
      ...list(props["rules"])
        .filter((rule) => field(field(rule, "overrideAction"), "count") !== undefined)
        .map((rule) => `The rule ${field(rule, "name")} only counts. Override single rules of its group instead.`),
      ...[props, ...list(props["rules"])]
        .filter((observed) => field(field(observed, "visibilityConfig"), "cloudwatchMetricsEnabled") !== true)
        .map(() => "visibilityConfig.cloudwatchMetricsEnabled must be true in the ACL and in every rule."),
    ],
  },
  {
    name: "search-domains-are-encrypted",
    description: "Search domains are encrypted and require TLS 1.2 or later.",
    types: [DOMAIN],
    check: ({ props }) => [
      ...unless(field(props["encryptAtRest"], "enabled") === true, "encryptAtRest.enabled must be true."),
      ...unless(field(props["nodeToNodeEncryption"], "enabled") === true, "nodeToNodeEncryption.enabled must be true."),
      ...unless(
        field(props["domainEndpointOptions"], "enforceHttps") === true,
        "domainEndpointOptions.enforceHttps must be true.",
      ),
      ...unless(
        /TLS-1-[23]/.test(String(field(props["domainEndpointOptions"], "tlsSecurityPolicy"))),
        "domainEndpointOptions.tlsSecurityPolicy must require TLS 1.2 or later, such as Policy-Min-TLS-1-2-2019-07.",
      ),
    ],
  },
  {
    name: "sign-in-hides-accounts",
    description: "Sign-in does not reveal which accounts exist.",
    types: ["aws:cognito/userPoolClient:UserPoolClient"],
    check: ({ props }) => [
      ...unless(props["preventUserExistenceErrors"] === "ENABLED", "preventUserExistenceErrors must be ENABLED."),
      ...unless(props["enableTokenRevocation"] !== false, "enableTokenRevocation must not be false."),
    ],
  },
];

interface Statement {
  Effect?: string;
  Principal?: unknown;
  Action?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: unknown;
}

/** Statements of a policy document; none if it is known during the update only. */
function statements(policy: unknown): Statement[] {
  if (typeof policy !== "string") return [];
  const { Statement } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return list(Statement);
}

function wildcards({ Effect, Action, Resource, NotResource }: Statement): string[] {
  if (Effect !== "Allow") return [];
  const actions = list(Action);
  const broad = actions.filter((action) => action.includes("*"));
  // NotResource allows every other resource.
  const everywhere =
    list(Resource).includes("*") || NotResource !== undefined
      ? actions.filter((action) => !broad.includes(action) && !ACTIONS_ON_EVERYTHING.has(action))
      : [];
  return [
    ...broad.map((action) => `The action ${action} is a wildcard. Name the actions.`),
    ...everywhere.map((action) => `${action} is allowed on every resource. Name the resources.`),
  ];
}

const deniesWithoutTls = ({ Effect, Principal, Condition }: Statement): boolean =>
  Effect === "Deny" &&
  isEveryPrincipal(Principal) &&
  String(field(field(Condition, "Bool"), "aws:SecureTransport")) === "false";

function isEveryPrincipal(principal: unknown): boolean {
  return principal === "*" || includes(field(principal, "AWS"), "*");
}

/** Does the variable's name or value suggest a secret? ARNs, paths, URLs and numbers are none. */
function looksSecret(key: string, value: string): boolean {
  if (/^(arn:|\/|https?:|\d+$|$)/.test(value)) return false;
  return /(password|api_?key|private_?key|secret)$/i.test(key) || /^(whsec_|sk_live_|AKIA)/.test(value);
}

const unless = (fine: boolean, sentence: string): string[] => (fine ? [] : [sentence]);
const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const includes = (value: unknown, wanted: string): boolean => list(value as string | string[]).includes(wanted);
const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
