import type { Logger } from "@aws-lambda-powertools/logger";
import { type DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { ISSUER, type IssuerItem } from "../../../domain/region";
import { IssuerUnavailableError } from "./fetchDocument";
import { addressesOf, type TrustedIssuer, type Verifier, verifierWithKeys } from "./trustedIssuer";

/** Milliseconds for which what the table says is believed. */
const BELIEVED_MS = 60_000;

/** An issuer that nobody has heard of makes the table be read again, but not at every such token. */
const READ_AGAIN_MS = 5_000;

/** The user pools of the other Regions, as each has written about itself in the table that all Regions share. */
export interface IssuerRegistry {
  /** Verifies that issuer's tokens, or `undefined` if no Region has it. Rejects if that can't be known now. */
  verifierOf(issuer: string): Promise<Verifier | undefined>;
}

export type ReadIssuers = () => Promise<IssuerItem<TrustedIssuer>[]>;

/**
 * Reads the issuers from this Region's replica, and asks no other Region anything: a cold start works while they are dead.
 *
 * @example
 * const book = issuerBook(issuersIn(documentClient(), "regions-state"), logger);
 * await (await book.verifierOf(iss))?.verify(token);
 */
export function createIssuerRegistry(read: ReadIssuers, logger: Pick<Logger, "warn">): IssuerRegistry {
  let known = new Map<string, { jwks: string; clientId: string; verifier: Verifier }>();
  let readAt = Number.NEGATIVE_INFINITY;

  const readAnew = async () => {
    const items = await read();
    readAt = Date.now();
    const next: typeof known = new Map();
    for (const item of items) {
      const { trusted, jwks, subject } = item;
      // A Region speaks for its own pool only; an issuer of one's own is the same in each Region and needs no item.
      if (trusted.kind !== "cognito" || !trusted.userPoolId.startsWith(`${subject}_`)) continue;
      try {
        const { issuer } = addressesOf(trusted);
        const earlier = known.get(issuer);
        const same = earlier?.jwks === jwks && earlier.clientId === trusted.clientId;
        const verifier = same ? earlier.verifier : verifierWithKeys(trusted, jwks);
        next.set(issuer, { jwks, clientId: trusted.clientId, verifier });
      } catch (error) {
        logger.warn("What a Region says about its issuer can't be used", { region: subject, error: error as Error });
      }
    }
    known = next;
  };

  return {
    verifierOf: async (issuer) => {
      const age = Date.now() - readAt;
      if (age > BELIEVED_MS || (!known.has(issuer) && age > READ_AGAIN_MS)) {
        try {
          await readAnew();
        } catch (error) {
          // Keys known so far stay good; of an unknown issuer nothing can be said.
          if (!known.has(issuer)) {
            throw new IssuerUnavailableError("The Regions' issuers can't be read.", { cause: error });
          }
          logger.warn("The Regions' issuers can't be read; those known so far stay in use", { error: error as Error });
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
