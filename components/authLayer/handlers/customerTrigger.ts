import type { Logger } from "@aws-lambda-powertools/logger";
import { AdminGetUserCommand, type CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { PostConfirmationTriggerEvent, PreSignUpTriggerEvent, PreTokenGenerationV2TriggerEvent } from "aws-lambda";
import { CUSTOMER_CLAIM, SECOND_FACTOR_CLAIM } from "../../../domain/auth";
import { explainPattern, isLine, LINE_PATTERN } from "../../../domain/text";
import type { CustomerDirectory } from "./customerDirectory";

export type CustomerEvent = PreSignUpTriggerEvent | PostConfirmationTriggerEvent | PreTokenGenerationV2TriggerEvent;

/**
 * Adds the customer to each access token, and stores new customers: when they confirm their address, and again with their
 * first token, which must be correct. Refuses a sign-up whose attributes hold text that no API accepts.
 */
export function createCustomerTrigger(
  directory: Pick<CustomerDirectory, "customerOf">,
  accounts: Pick<CognitoIdentityProviderClient, "send">,
  logger: Pick<Logger, "warn">,
) {
  return async (event: CustomerEvent): Promise<CustomerEvent> => {
    if (isSignUp(event)) {
      refuseUnusableTexts(event.request.userAttributes);
      return event;
    }
    if (isConfirmation(event)) {
      // The address is confirmed in any case; if storing fails now, the first token stores the customer.
      await customerOf(event).catch((error: unknown) =>
        logger.warn("Storing a new customer failed; the first token stores it", { error: error as Error }),
      );
      return event;
    }
    // Without the directory, the customer could get another id than before; so no token is issued.
    const secondFactor = await secondFactorOf(event);
    const customerId = await customerOf(event, secondFactor);
    const known: Record<string, string> =
      secondFactor === undefined ? {} : { [SECOND_FACTOR_CLAIM]: secondFactor ? "yes" : "no" };
    event.response = {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: {
          claimsToAddOrOverride: { [CUSTOMER_CLAIM]: customerId, ...known },
          // Only a token of a sign-in, not a renewed one, may change password, second factor and address.
          ...(isRenewal(event) && { scopesToSuppress: [ACCOUNT_SCOPE] }),
        },
      },
    };
    return event;
  };

  async function customerOf(
    { region, userPoolId, request: { userAttributes } }: CustomerEvent,
    secondFactor?: boolean,
  ): Promise<string> {
    const { sub, email } = userAttributes;
    if (!sub) throw new Error("The account has no subject.");
    if (!email) return sub;
    const verified = String(userAttributes["email_verified"]) === "true";
    return directory.customerOf(email, { region, sub, pool: userPoolId, verified, secondFactor });
  }

  /** Reads the second factor for the peer Regions, whose pools don't know it; `undefined` leaves the stored value. */
  async function secondFactorOf({ userPoolId, userName }: CustomerEvent): Promise<boolean | undefined> {
    try {
      const user = await accounts.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: userName }));
      return (user.UserMFASettingList ?? []).length > 0;
    } catch (error) {
      logger.warn("Reading the second factor of an account failed", { error: error as Error });
      return undefined;
    }
  }
}

/** Scope that Cognito requires for every change by the account's owner. */
const ACCOUNT_SCOPE = "aws.cognito.signin.user.admin";

function isRenewal(event: PreTokenGenerationV2TriggerEvent): boolean {
  return event.triggerSource === "TokenGeneration_RefreshTokens";
}

function isSignUp(event: CustomerEvent): event is PreSignUpTriggerEvent {
  return event.triggerSource.startsWith("PreSignUp_");
}

/** Cognito appends the message to its own text. */
function refuseUnusableTexts(attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== "" && !isLine(value))
      throw new Error(`${name} ${explainPattern(LINE_PATTERN)}. Correct it and sign up again.`);
  }
}

function isConfirmation(event: CustomerEvent): event is PostConfirmationTriggerEvent {
  return event.triggerSource.startsWith("PostConfirmation_");
}
