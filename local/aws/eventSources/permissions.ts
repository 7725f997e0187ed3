import type { IAM } from "@aws-sdk/client-iam";
import type { StreamMapping } from "./mapping";

const readActions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];

/**
 * Lists the permissions that the function's role lacks for its mapping. Lambda reads the stream and writes to the destination under
 * that role, and refuses to create a mapping without them.
 */
export async function missingPermissions(mapping: StreamMapping, iam: IAM): Promise<string[]> {
  const { roleArn, streamArn, destinationArn } = mapping;
  if (roleArn === undefined) return [];
  const denied = async (actions: string[], resource: string): Promise<string[]> => {
    const { EvaluationResults: results = [] } = await iam.simulatePrincipalPolicy({
      PolicySourceArn: roleArn,
      ActionNames: actions,
      ResourceArns: [resource],
    });
    return results
      .filter((result) => result.EvalDecision !== "allowed")
      .map((result) => `${result.EvalActionName} on ${resource}`);
  };
  const lacking = await denied(readActions, streamArn);
  // ListStreams needs a permission on the account's streams, not on one of them.
  const [arnOfAll] = streamArn.split("/stream/");
  const listing = await Promise.all(
    ["*", streamArn, `${arnOfAll}/stream/*`].map((one) => denied(["dynamodb:ListStreams"], one)),
  );
  if (listing.every((result) => result.length > 0)) lacking.push("dynamodb:ListStreams");
  if (destinationArn) {
    const action = destinationArn.split(":")[2] === "sns" ? "sns:Publish" : "sqs:SendMessage";
    lacking.push(...(await denied([action], destinationArn)));
  }
  return lacking;
}
