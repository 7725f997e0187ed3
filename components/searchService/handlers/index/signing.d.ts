/**
 * The part of the client's own signer that needs no AWS SDK. The documented entry (`…/aws-v3`) includes the whole chain
 * of credential providers, 115 KB zipped; a Lambda function needs only its environment.
 */
declare module "@opensearch-project/opensearch/lib/aws/shared.js" {
  import type { AwsSigv4SignerOptions, AwsSigv4SignerResponse } from "@opensearch-project/opensearch/aws-v3";

  type CredentialProvider = () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  export function giveAwsV4Signer(
    defaultProvider: CredentialProvider,
  ): (options: AwsSigv4SignerOptions) => AwsSigv4SignerResponse;
}
