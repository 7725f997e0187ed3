import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CODES_PATH, type CognitoSettings, GROUPS, PASSWORD_POLICY, signInPath } from "../../../domain/auth";
import { applyTransform } from "../../arguments/overrides";
import { protectionOf } from "../../infrastructure/protection";
import { allow, type InlineFunction, reference } from "../../inlineFunction";
import { policyOf } from "../../inlineFunction/role";
import type { AuthLayerArgs, CognitoArgs, ExistingUserPool } from "../args";
import type { TrustedPool } from "../handlers/trustedIssuer";

/** The user pool, its client and groups, and their public settings. */
export interface Customers {
  userPool: aws.cognito.UserPool;
  client: aws.cognito.UserPoolClient;
  groups: aws.cognito.UserGroup[];
  region: pulumi.Output<string>;
  settings: pulumi.Output<CognitoSettings>;
  trusted: pulumi.Output<TrustedPool>;
}

/** Reads the part that the layer needs of a user pool that it does not create. */
export function readExistingPool(pool: ExistingUserPool): Pick<Customers, "region" | "settings" | "trusted"> {
  const ids = { userPoolId: pulumi.output(pool.id), clientId: pulumi.output(pool.clientId) };
  const region = regionOf(ids.userPoolId);
  return {
    region,
    settings: pulumi.output({ kind: "cognito" as const, path: region.apply(signInPath), region, ...ids }),
    trusted: pulumi.output({ kind: "cognito" as const, ...ids }),
  };
}

/** A pool's id starts with its Region. */
const regionOf = (id: pulumi.Output<string>): pulumi.Output<string> =>
  id.apply((text) => text.slice(0, text.indexOf("_")));

/** The content of a Region's issuer item, as JSON. */
export function issuerItem({ region, settings, trusted }: Customers): pulumi.Output<string> {
  return pulumi.jsonStringify({ region, settings, trusted });
}

type UserPoolArgs = CognitoArgs & Pick<AuthLayerArgs, "transform" | "protectData">;

/** Functions that the pool calls. */
interface Triggers {
  /** Refuses unusable texts at sign-up, adds the customer to each token, and stores new customers. */
  customer: InlineFunction;
  /** Asks for a mailed code and checks it. Without it, codes are not accepted. */
  challenge?: InlineFunction;
}

/** Creates the user pool with its client, groups and the permissions of its triggers. */
export function createUserPool(
  name: string,
  args: UserPoolArgs,
  triggers: Triggers,
  peerRegions: string[],
  parent: pulumi.Resource,
): Customers {
  const userPool = userPoolOf(name, args, triggers, parent);
  allowPool(`${name}-customer`, triggers.customer, userPool, parent);
  allowReadingAccounts(`${name}-customer-accounts`, triggers.customer, userPool, peerRegions, parent);
  if (triggers.challenge) allowPool(`${name}-challenge`, triggers.challenge, userPool, parent);
  const groups = GROUPS.map(
    (group) =>
      new aws.cognito.UserGroup(
        `${name}-${group}`,
        { name: group, userPoolId: userPool.id, description: roles[group] },
        { parent },
      ),
  );
  const client = clientOf(name, args, triggers, userPool, parent);

  const region = regionOf(userPool.id);
  const codes = triggers.challenge && ({ codes: CODES_PATH } as const);
  const ids = { userPoolId: userPool.id, clientId: client.id };
  return {
    userPool,
    client,
    groups,
    region,
    settings: pulumi.output({ kind: "cognito" as const, path: region.apply(signInPath), region, ...ids, ...codes }),
    trusted: pulumi.output({ kind: "cognito" as const, ...ids }),
  };
}

const roles = {
  customers: "Order, and see their own orders. Accounts without a group are customers.",
  merchandisers: "Change the catalogue.",
};

function userPoolOf(
  name: string,
  args: UserPoolArgs,
  { customer, challenge }: Triggers,
  parent: pulumi.Resource,
): aws.cognito.UserPool {
  const mfa = args.mfa ?? "optional";
  return new aws.cognito.UserPool(
    `${name}-customers`,
    applyTransform<aws.cognito.UserPoolArgs>(
      {
        usernameAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ["email"],
        // A typing error in a new address must not lock the customer out.
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        passwordPolicy: { ...PASSWORD_POLICY, temporaryPasswordValidityDays: 3 },
        mfaConfiguration: mfa === "required" ? "ON" : mfa === "optional" ? "OPTIONAL" : "OFF",
        softwareTokenMfaConfiguration: mfa === "off" ? undefined : { enabled: true },
        verificationMessageTemplate: {
          defaultEmailOption: "CONFIRM_WITH_CODE",
          emailSubject: args.confirmation?.subject ?? "Your code for the store",
          emailMessage: args.confirmation?.message ?? "Your code is {####}. The store will never ask you for it.",
        },
        emailConfiguration: args.email && {
          emailSendingAccount: "DEVELOPER",
          sourceArn: args.email.identityArn,
          fromEmailAddress: args.email.from,
        },
        lambdaConfig: {
          preTokenGenerationConfig: { lambdaArn: customer.arn, lambdaVersion: "V2_0" },
          preSignUp: customer.arn,
          postConfirmation: customer.arn,
          defineAuthChallenge: challenge?.arn,
          createAuthChallenge: challenge?.arn,
          verifyAuthChallengeResponse: challenge?.arn,
        },
        // The plan with rotation of refresh tokens and custom claims in access tokens.
        userPoolTier: "ESSENTIALS",
        deletionProtection: (args.protectData ?? true) ? "ACTIVE" : "INACTIVE",
      },
      args.transform?.userPool,
    ),
    { parent, ...protectionOf(args.protectData) },
  );
}

/** The storefront's client. It is public, so it has no secret; the password's proof (SRP) protects a sign-in. */
function clientOf(
  name: string,
  args: UserPoolArgs,
  { challenge }: Triggers,
  userPool: aws.cognito.UserPool,
  parent: pulumi.Resource,
): aws.cognito.UserPoolClient {
  const tokenMinutes = args.tokenMinutes ?? 30;
  return new aws.cognito.UserPoolClient(
    `${name}-storefront`,
    applyTransform<aws.cognito.UserPoolClientArgs>(
      {
        userPoolId: userPool.id,
        generateSecret: false,
        // Rotation replaces ALLOW_REFRESH_TOKEN_AUTH: Cognito refuses a client that has both.
        explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", ...(challenge ? ["ALLOW_CUSTOM_AUTH"] : [])],
        // Two tabs may refresh at once; the earlier token stays valid for this long.
        refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 30 },
        // The same answer for a wrong password and an unknown address, also to a forgotten password.
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        accessTokenValidity: tokenMinutes,
        idTokenValidity: tokenMinutes,
        refreshTokenValidity: args.staySignedInDays ?? 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
        // Customers may not write `email_verified`, nor attributes that a later release trusts.
        readAttributes: ["email", "email_verified"],
        writeAttributes: ["email"],
        supportedIdentityProviders: ["COGNITO"],
      },
      args.transform?.client,
    ),
    { parent },
  );
}

/**
 * Allows the trigger to read the accounts of this pool and of the pools in the peer Regions, whose ids this stack can't
 * know. A separate policy: the pool is created with its trigger, and so after the trigger's other permissions.
 */
function allowReadingAccounts(
  name: string,
  trigger: InlineFunction,
  userPool: aws.cognito.UserPool,
  peerRegions: string[],
  parent: pulumi.Resource,
): aws.iam.RolePolicy {
  const peers = peerRegions.map((region) => userPool.arn.apply((arn) => poolsIn(region, arn)));
  return new aws.iam.RolePolicy(
    name,
    {
      role: trigger.role.id,
      policy: policyOf([allow(reference("cognito-idp:userPool", userPool.arn, ...peers), "cognito-idp:AdminGetUser")]),
    },
    { parent },
  );
}

/** `arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbC` → all pools of another Region in the account. */
function poolsIn(region: string, poolArn: string): string {
  const [arn, partition, service, , account] = poolArn.split(":");
  return [arn, partition, service, region, account, `userpool/${region}_*`].join(":");
}

/** Allows a user pool, and no other caller, to invoke a trigger. */
function allowPool(
  name: string,
  trigger: InlineFunction,
  userPool: aws.cognito.UserPool,
  parent: pulumi.Resource,
): aws.lambda.Permission {
  return new aws.lambda.Permission(
    name,
    {
      action: "lambda:InvokeFunction",
      function: trigger.name,
      qualifier: trigger.qualifier,
      principal: "cognito-idp.amazonaws.com",
      sourceArn: userPool.arn,
    },
    { parent },
  );
}
