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

/** The client's pool of connections, without the other parts of `Client`. */
declare module "@opensearch-project/opensearch/lib/pool/index.js" {
  export { ConnectionPool } from "@opensearch-project/opensearch";
}

/** Single operations of the client. */
declare module "@opensearch-project/opensearch/api/_core/count.js" {
  const operation: import("@opensearch-project/opensearch").Client["count"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/_core/search.js" {
  const operation: import("@opensearch-project/opensearch").Client["search"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/create.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["create"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/delete.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["delete"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/getAlias.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["getAlias"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/getMapping.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["getMapping"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/refresh.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["refresh"];
  export default operation;
}
declare module "@opensearch-project/opensearch/api/indices/updateAliases.js" {
  const operation: import("@opensearch-project/opensearch").Client["indices"]["updateAliases"];
  export default operation;
}
