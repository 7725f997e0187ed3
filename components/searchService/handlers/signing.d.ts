/**
 * The part of the client's own signer that needs no AWS SDK. The documented entry (`…/aws-v3`) brings the whole chain of
 * credential providers along, 115 KB zipped, of which a Lambda function uses its environment only.
 */
declare module "@opensearch-project/opensearch/lib/aws/shared.js" {
  import type { AwsSigv4SignerOptions, AwsSigv4SignerResponse } from "@opensearch-project/opensearch/aws-v3";

  type CredentialProvider = () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  export function giveAwsV4Signer(
    defaultProvider: CredentialProvider,
  ): (options: AwsSigv4SignerOptions) => AwsSigv4SignerResponse;
}
