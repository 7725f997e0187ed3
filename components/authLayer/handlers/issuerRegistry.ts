import type { Logger } from "@aws-lambda-powertools/logger";
import { type DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { ISSUER, type IssuerItem } from "../../../domain/region";
import { IssuerUnavailableError } from "./fetchDocument";
import { addressesOf, type TrustedIssuer, type Verifier, verifierWithKeys } from "./trustedIssuer";

/** Milliseconds for which the table's content is cached. */
const BELIEVED_MS = 60_000;

/** Shortest time in milliseconds between two reads because of unknown issuers. */
const READ_AGAIN_MS = 5_000;

/** The user pools of the peer Regions, as each publishes its own in the table that all Regions share. */
export interface IssuerRegistry {
  /** Returns the verifier of an issuer, or `undefined` if no Region has it. Rejects if the table is unavailable. */
  verifierOf(issuer: string): Promise<Verifier | undefined>;
}

export type ReadIssuers = () => Promise<IssuerItem<TrustedIssuer>[]>;

/**
 * Reads the issuers from this Region's replica only, so that a cold start works while the peer Regions are lost.
 *
 * @example
 * const registry = createIssuerRegistry(readIssuersFrom(documentClient(), "regions-state"), logger);
 * await (await registry.verifierOf(iss))?.verify(token);
 */
export function createIssuerRegistry(read: ReadIssuers, logger: Pick<Logger, "warn">): IssuerRegistry {
  let known = new Map<string, { jwks: string; clientId: string; verifier: Verifier }>();
  let readAt = Number.NEGATIVE_INFINITY;

  const refresh = async () => {
    const items = await read();
    readAt = Date.now();
    const next: typeof known = new Map();
    for (const item of items) {
      const { trusted, jwks, subject } = item;
      // A Region may publish its own pool only; an OpenID Connect issuer is the same in each Region and needs no item.
      if (trusted.kind !== "cognito" || !trusted.userPoolId.startsWith(`${subject}_`)) continue;
      try {
        const { issuer } = addressesOf(trusted);
        const earlier = known.get(issuer);
        const same = earlier?.jwks === jwks && earlier.clientId === trusted.clientId;
        const verifier = same ? earlier.verifier : verifierWithKeys(trusted, jwks);
        next.set(issuer, { jwks, clientId: trusted.clientId, verifier });
      } catch (error) {
        logger.warn("Ignored the invalid issuer of a Region", { region: subject, error: error as Error });
      }
    }
    known = next;
  };

  return {
    verifierOf: async (issuer) => {
      const age = Date.now() - readAt;
      if (age > BELIEVED_MS || (!known.has(issuer) && age > READ_AGAIN_MS)) {
        try {
          await refresh();
        } catch (error) {
          // Cached keys stay valid; an unknown issuer can't be verified.
          if (!known.has(issuer)) {
            throw new IssuerUnavailableError("The Regions' issuers can't be read.", { cause: error });
          }
          logger.warn("Reading the Regions' issuers failed; using the cached ones", { error: error as Error });
        }
      }
      return known.get(issuer)?.verifier;
    },
  };
}

/** The table has a handful of items, so all of them are read. */
export function readIssuersFrom(client: DynamoDBDocumentClient, tableName: string): ReadIssuers {
  return async () => {
    const items: IssuerItem<TrustedIssuer>[] = [];
    const pages = paginateScan(
      { client },
      {
        TableName: tableName,
        FilterExpression: "entry = :issuer",
        ExpressionAttributeValues: { ":issuer": ISSUER },
      },
    );
    for await (const { Items = [] } of pages) items.push(...(Items as IssuerItem<TrustedIssuer>[]));
    return items;
  };
}
