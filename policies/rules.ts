import { BACKUP_ACTIONS_WITHOUT_RESOURCE } from "../components/backups/rights";
import { ACTIONS_OF_COMPOSITE_ALARMS, VALIDATE_DEFINITION } from "../components/deliveryPipeline/rights";
import { ACTIONS_WITHOUT_RESOURCE, STATE_MACHINE_LOGS_AND_TRACES } from "../components/inlineFunction/actions";

/** A resource as the engine is about to make it: its type token and its inputs. */
export interface Candidate {
  type: string;
  name: string;
  props: Record<string, unknown>;
}

/** One rule; `check` returns a sentence for each violation. */
export interface Rule {
  name: string;
  description: string;
  /** Type tokens that the rule is about. */
  types: string[];
  check: (resource: Candidate) => string[];
}

/** The actions that AWS offers no resource for, or no use of one: of functions, a state machine's own role, backups, alarms, previews. */
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

/** Everything that no release of the store may contain. Each rule stands for a mistake that only an audit finds later. */
export const RULES: Rule[] = [
  {
    name: "buckets-stay-private",
    description: "Public access to S3 is blocked in all four ways.",
    types: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
    check: ({ props }) =>
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
        .filter((setting) => props[setting] !== true)
        .map((setting) => `${setting} must be true: nothing in a bucket is public but through CloudFront.`),
  },
  {
    name: "roles-name-what-they-use",
    description: "A policy names its actions and resources, but for the actions that AWS has no resource for.",
    types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"],
    check: ({ props }) => statements(props["policy"]).flatMap(wildcards),
  },
  {
    name: "resource-policies-name-their-callers",
    description: "A queue, topic, bucket, key or search domain lets in named callers, or any caller under a condition.",
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
        .filter(({ Effect, Principal, Condition }) => Effect === "Allow" && isAnybody(Principal) && !Condition)
        .map(() => "A statement allows every principal without a condition. Name the principal or add a condition."),
  },
  {
    name: "functions-are-traced-and-bounded",
    description: "Functions run a current Node on arm64, are traced, and end within 15 minutes.",
    types: [FUNCTION],
    check: ({ props }) => [
      ...unless(props["runtime"] === "nodejs24.x", "runtime must be nodejs24.x."),
      ...unless(includes(props["architectures"], "arm64"), "architectures must be arm64: a fifth cheaper, not slower."),
      ...unless(field(props["tracingConfig"], "mode") === "Active", "tracingConfig.mode must be Active."),
      ...unless(
        typeof props["timeout"] === "number",
        "timeout must be set: the default of 3 seconds is nobody's choice.",
      ),
    ],
  },
  {
    name: "no-secrets-in-environments",
    description: "A function's environment holds names of secrets, not secrets.",
    types: [FUNCTION],
    check: ({ props }) =>
      Object.entries((field(props["environment"], "variables") as Record<string, unknown>) ?? {})
        .filter(([key, value]) => typeof value === "string" && looksSecret(key, value))
        .map(
          ([key]) => `The environment variable ${key} looks like a secret. Store it as a parameter and pass its name.`,
        ),
  },
  {
    name: "logs-end",
    description: "Every log group has a retention.",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    check: ({ props }) =>
      unless(
        Number(props["retentionInDays"]) > 0,
        "retentionInDays must be set: logs would be kept, and paid, for ever.",
      ),
  },
  {
    name: "tables-are-on-demand",
    description: "Tables are paid by request: a sale needs no plan.",
    types: [TABLE],
    check: ({ props }) => unless(props["billingMode"] === "PAY_PER_REQUEST", "billingMode must be PAY_PER_REQUEST."),
  },
  {
    name: "cards-have-no-backups",
    description:
      "No backup of the table of cards: a verification code may not outlive the authorization (PCI DSS 3.3.1).",
    types: [TABLE],
    check: ({ props, name }) =>
      /cards/i.test(name)
        ? [
            ...unless(
              field(props["pointInTimeRecovery"], "enabled") !== true,
              "pointInTimeRecovery must be off for cards: it would keep them for 35 days.",
            ),
            ...unless(
              list(props["replicas"]).every((replica) => field(replica, "pointInTimeRecovery") !== true),
              "pointInTimeRecovery must be off for cards in every replica: it would keep them for 35 days there.",
            ),
            ...unless(field(props["ttl"], "enabled") === true, "ttl must be on for cards: none may stay for ever."),
          ]
        : [],
  },
  {
    name: "backups-name-what-they-take",
    description: "A backup plan takes named resources, and never the cards.",
    types: ["aws:backup/selection:Selection"],
    check: ({ props }) => {
      const resources = list(props["resources"] as string | string[] | undefined);
      const broad = ["conditions", "notResources", "selectionTags"].filter((by) => list(props[by]).length > 0);
      return [
        ...unless(resources.length > 0, "resources must name what is backed up."),
        ...broad.map((by) => `${by} would take along what nobody named. Name what is backed up in resources.`),
        // What is known during the update only is looked at by the component.
        ...resources
          .filter((arn) => /[*?]/.test(arn))
          .map((arn) => `${arn} is a pattern, which may fit the table of cards. Name what is backed up.`),
        ...resources
          .filter((arn) => /cards/i.test(arn))
          .map((arn) => `${arn} holds cards, which no backup may keep (PCI DSS 3.3.1). Leave it out.`),
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
        "sqsManagedSseEnabled must be true (or kmsMasterKeyId be set).",
      ),
  },
  {
    name: "sites-speak-https",
    description: "CloudFront never answers in clear.",
    types: ["aws:cloudfront/distribution:Distribution"],
    check: ({ props }) =>
      [props["defaultCacheBehavior"], ...((props["orderedCacheBehaviors"] as unknown[]) ?? [])]
        .filter((behaviour) => field(behaviour, "viewerProtocolPolicy") === "allow-all")
        .map(() => "viewerProtocolPolicy must be redirect-to-https or https-only in every behaviour."),
  },
  {
    name: "search-is-closed",
    description: "The search domain is encrypted and speaks TLS 1.2 at least.",
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
        "domainEndpointOptions.tlsSecurityPolicy must be of TLS 1.2 at least, such as Policy-Min-TLS-1-2-2019-07.",
      ),
    ],
  },
  {
    name: "directories-tell-nobody",
    description: "Sign-in does not reveal who has an account.",
    types: ["aws:cognito/userPoolClient:UserPoolClient"],
    check: ({ props }) => [
      ...unless(props["preventUserExistenceErrors"] === "ENABLED", "preventUserExistenceErrors must be ENABLED."),
      ...unless(props["enableTokenRevocation"] !== false, "enableTokenRevocation must not be off."),
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

/** The statements of a policy document; none where it is only known during the update. */
function statements(policy: unknown): Statement[] {
  if (typeof policy !== "string") return [];
  const { Statement } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return list(Statement);
}

function wildcards({ Effect, Action, Resource, NotResource }: Statement): string[] {
  if (Effect !== "Allow") return [];
  const actions = list(Action);
  const broad = actions.filter((action) => action.includes("*"));
  // What is not named is everything else.
  const everywhere =
    list(Resource).includes("*") || NotResource !== undefined
      ? actions.filter((action) => !broad.includes(action) && !ACTIONS_ON_EVERYTHING.has(action))
      : [];
  return [
    ...broad.map((action) => `The action ${action} is a wildcard. Name the actions.`),
    ...everywhere.map((action) => `${action} is allowed on every resource. Name the resources.`),
  ];
}

function isAnybody(principal: unknown): boolean {
  return principal === "*" || includes(field(principal, "AWS"), "*");
}

/** A key word in the name and a value that is no name, ARN, path or number. */
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
