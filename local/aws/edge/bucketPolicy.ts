import { matchesWildcards } from "../wildcards";

/** Request to evaluate against a bucket policy. */
export interface BucketRequest {
  action: "s3:GetObject" | "s3:ListBucket";
  /** ARN of the object or the bucket. */
  resource: string;
  /** ARN of the calling distribution; absent for other callers. */
  sourceArn?: string;
}

interface Statement {
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * Returns true if a bucket policy allows the request to CloudFront's service principal: an explicit deny overrides an allow, and the
 * default is deny. Conditions on the source, the account and TLS are evaluated; a statement with any other condition allows nothing.
 *
 * @example
 * allows(policy, { action: "s3:GetObject", resource: "arn:aws:s3:::b/site/index.html", sourceArn: distribution.arn });
 */
export function allows(policy: string | undefined, request: BucketRequest): boolean {
  if (policy === undefined) return false;
  const { Statement: list = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  const statements = Array.isArray(list) ? list : [list];
  const applying = statements.filter(
    (statement) =>
      isCloudFront(statement.Principal, request) &&
      listOf(statement.Action).some((pattern) =>
        matchesWildcards(pattern.toLowerCase(), request.action.toLowerCase()),
      ) &&
      listOf(statement.Resource).some((pattern) => matchesWildcards(pattern, request.resource)) &&
      conditionsHold(statement, request),
  );
  return applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny");
}

function isCloudFront(principal: unknown, { sourceArn }: BucketRequest): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  const { Service: service, AWS: aws } = principal as { Service?: string | string[]; AWS?: string | string[] };
  if (listOf(aws).includes("*")) return true;
  return sourceArn !== undefined && listOf(service).includes("cloudfront.amazonaws.com");
}

function conditionsHold({ Condition: conditions = {} }: Statement, request: BucketRequest): boolean {
  const known: Record<string, string | undefined> = {
    "aws:sourcearn": request.sourceArn,
    "aws:sourceaccount": request.sourceArn?.split(":")[4],
    // CloudFront uses TLS to a bucket; this edge replaces that connection.
    "aws:securetransport": "true",
  };
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => {
      const actual = known[key.toLowerCase()];
      if (actual === undefined) return false;
      const values = listOf(expected).map(String);
      switch (operator) {
        case "StringEquals":
        case "Bool":
          return values.includes(actual);
        case "StringLike":
        case "ArnLike":
        case "ArnEquals":
          return values.some((value) => matchesWildcards(value, actual));
        default:
          return false;
      }
    }),
  );
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
