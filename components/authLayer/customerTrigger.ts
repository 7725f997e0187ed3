import type { Logger } from "@aws-lambda-powertools/logger";
import type { PostConfirmationTriggerEvent, PreTokenGenerationV2TriggerEvent } from "aws-lambda";
import { CUSTOMER_CLAIM } from "../../domain/auth";
import type { CustomerDirectory } from "./customerDirectory";

export type CustomerEvent = PostConfirmationTriggerEvent | PreTokenGenerationV2TriggerEvent;

/**
 * Puts into each access token which customer the account is, and remembers new customers: when they confirm their address,
 * and again with their first token, since that is where it must be right.
 */
export function customerTriggerOf(directory: CustomerDirectory, logger: Pick<Logger, "warn">) {
  return async (event: CustomerEvent): Promise<CustomerEvent> => {
    if (isConfirmation(event)) {
      // The address is confirmed whatever happens here; the first token remembers what is not remembered now.
      await customerOf(event).catch((error: unknown) =>
        logger.warn("A new customer is not in the directory yet", { error: error as Error }),
      );
      return event;
    }
    // Without the directory's word somebody could order under another id than yesterday: then there is no token.
    const customerId = await customerOf(event);
    event.response = {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { [CUSTOMER_CLAIM]: customerId } },
      },
    };
    return event;
  };

  async function customerOf({ region, request: { userAttributes } }: CustomerEvent): Promise<string> {
    const { sub, email } = userAttributes;
    if (!sub) throw new Error("The account has no subject.");
    if (!email) return sub;
    return directory.customerOf(email, { region, sub, verified: String(userAttributes["email_verified"]) === "true" });
  }
}

function isConfirmation(event: CustomerEvent): event is PostConfirmationTriggerEvent {
  return event.triggerSource.startsWith("PostConfirmation_");
}
