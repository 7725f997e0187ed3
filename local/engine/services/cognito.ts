import {
  CognitoIdentityProvider,
  type CreateGroupRequest,
  type CreateUserPoolClientCommandInput,
  type CreateUserPoolCommandInput,
  type UserPoolMfaType,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  pascal,
  records,
  request,
  type ServiceHandlers,
  tagsOf,
  text,
  texts,
} from "../handler";
import { checkName, checkOneOf, checkRange, names } from "../rules";

export const cognito: ServiceHandlers = {
  "aws:cognito/userPool:UserPool": {
    autoName: { property: "name", maxLength: 128 },
    check: checkPool,
    async create({ inputs }, context) {
      const { UserPool: pool } = await context.client(CognitoIdentityProvider).createUserPool(poolInput(inputs));
      const id = pool?.Id ?? "";
      await setMfa(id, inputs, context);
      return await describe(id, context);
    },
    async update({ inputs }, earlier, context) {
      for (const fixed of ["usernameAttributes", "aliasAttributes", "usernameConfiguration", "schemas"]) {
        if (JSON.stringify(inputs[fixed]) !== JSON.stringify(earlier.inputs[fixed])) {
          throw new Error(`has another ${fixed} than the kept pool: start with --fresh, or take the change back.`);
        }
      }
      const { PoolName, UsernameAttributes, AliasAttributes, UsernameConfiguration, Schema, ...rest } =
        poolInput(inputs);
      await context.client(CognitoIdentityProvider).updateUserPool({ UserPoolId: earlier.id, ...rest });
      await setMfa(earlier.id, inputs, context);
      return await describe(earlier.id, context);
    },
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    autoName: { property: "name", maxLength: 128 },
    required: ["userPoolId"],
    check: checkClient,
    async create({ inputs }, context) {
      const { UserPoolClient: made } = await context.client(CognitoIdentityProvider).createUserPoolClient({
        ...clientInput(inputs),
        GenerateSecret: optionalBoolean(inputs, "generateSecret"),
      });
      return { id: made?.ClientId ?? "", outputs: { clientSecret: made?.ClientSecret } };
    },
    async update({ inputs }, earlier, context) {
      await context
        .client(CognitoIdentityProvider)
        .updateUserPoolClient({ ...clientInput(inputs), ClientId: earlier.id });
      return { id: earlier.id, outputs: { ...earlier.outputs, ...inputs } };
    },
    remove: ({ id, inputs }, context) =>
      context
        .client(CognitoIdentityProvider)
        .deleteUserPoolClient({ UserPoolId: text(inputs, "userPoolId"), ClientId: id }),
  },
  "aws:cognito/userGroup:UserGroup": {
    autoName: { property: "name", maxLength: 128 },
    required: ["userPoolId"],
    check: (inputs) => checkName(inputs, "name", names.group),
    async create({ inputs }, context) {
      await context.client(CognitoIdentityProvider).createGroup(groupInput(inputs));
      return { id: `${text(inputs, "userPoolId")}/${text(inputs, "name")}` };
    },
    async update({ inputs }, earlier, context) {
      await context.client(CognitoIdentityProvider).updateGroup(groupInput(inputs));
      return { id: earlier.id };
    },
    remove: ({ outputs }, context) =>
      context
        .client(CognitoIdentityProvider)
        .deleteGroup({ UserPoolId: text(outputs, "userPoolId"), GroupName: text(outputs, "name") }),
  },
};

function groupInput(inputs: Inputs) {
  return request<CreateGroupRequest>(inputs, ["userPoolId", "description", "roleArn"], {
    GroupName: text(inputs, "name"),
    Precedence: optionalNumber(inputs, "precedence"),
  });
}

function checkPool(inputs: Inputs): string[] {
  const password = optionalRecord(inputs, "passwordPolicy") ?? {};
  const template = optionalRecord(inputs, "verificationMessageTemplate") ?? {};
  const faults = [
    ...checkName(inputs, "name", names.pool),
    ...checkOneOf(inputs, "mfaConfiguration", ["ON", "OFF", "OPTIONAL"]),
    ...checkOneOf(inputs, "deletionProtection", ["ACTIVE", "INACTIVE"]),
    ...checkOneOf(inputs, "userPoolTier", ["LITE", "ESSENTIALS", "PLUS"]),
    ...checkRange(password, "minimumLength", 6, 99),
    ...checkRange(password, "temporaryPasswordValidityDays", 0, 365),
  ];
  if (inputs["usernameAttributes"] && inputs["aliasAttributes"]) {
    faults.push("Only one of usernameAttributes and aliasAttributes can be given.");
  }
  const mfa = inputs["mfaConfiguration"];
  if (
    (mfa === "ON" || mfa === "OPTIONAL") &&
    !inputs["softwareTokenMfaConfiguration"] &&
    !inputs["smsConfiguration"] &&
    !inputs["emailMfaConfiguration"]
  ) {
    faults.push(`mfaConfiguration ${mfa} needs a second factor, such as softwareTokenMfaConfiguration.`);
  }
  for (const key of ["emailMessage", "smsMessage"]) {
    const message = optionalText(template, key);
    if (message !== undefined && !message.includes("{####}"))
      faults.push(`The ${key} has no {####}, where the code goes.`);
  }
  const email = optionalRecord(inputs, "emailConfiguration") ?? {};
  if (email["emailSendingAccount"] === "DEVELOPER" && !email["sourceArn"]) {
    faults.push("An emailSendingAccount DEVELOPER needs a sourceArn.");
  }
  return faults;
}

const authFlows = [
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
  "ALLOW_USER_AUTH",
];

function checkClient(inputs: Inputs): string[] {
  const flows = texts(inputs, "explicitAuthFlows");
  const rotation = optionalRecord(inputs, "refreshTokenRotation");
  const faults = [
    ...checkName(inputs, "name", names.pool),
    ...checkOneOf(inputs, "preventUserExistenceErrors", ["ENABLED", "LEGACY"]),
    ...flows
      .filter((flow) => !authFlows.includes(flow))
      .map((flow) => `${flow} is not one of Cognito's authentication flows.`),
  ];
  if (rotation?.["feature"] === "ENABLED" && flows.includes("ALLOW_REFRESH_TOKEN_AUTH")) {
    faults.push("A client whose refresh tokens rotate cannot allow ALLOW_REFRESH_TOKEN_AUTH.");
  }
  const units = optionalRecord(inputs, "tokenValidityUnits") ?? {};
  const seconds: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
  const limits = {
    accessToken: [300, 86_400, "hours"],
    idToken: [300, 86_400, "hours"],
    refreshToken: [3600, 315_360_000, "days"],
  } as const;
  for (const [token, [least, most, unit]] of Object.entries(limits)) {
    const value = optionalNumber(inputs, `${token}Validity`);
    if (!value) continue;
    const length = value * (seconds[String(units[token] ?? unit)] ?? Number.NaN);
    if (!(length >= least && length <= most))
      faults.push(
        `${token}Validity is ${value} ${String(units[token] ?? unit)}; Cognito allows ${least} s to ${most} s.`,
      );
  }
  return faults;
}

/** Builds the API's request for a pool, with AWS's spelling of arguments that differ in more than a capital first letter. */
function poolInput(inputs: Inputs): CreateUserPoolCommandInput {
  const policy = optionalRecord(inputs, "passwordPolicy");
  const username = optionalRecord(inputs, "usernameConfiguration");
  const recovery = optionalRecord(inputs, "accountRecoverySetting");
  const updates = optionalRecord(inputs, "userAttributeUpdateSettings");
  const email = optionalRecord(inputs, "emailConfiguration");
  const admin = optionalRecord(inputs, "adminCreateUserConfig");
  const triggers = optionalRecord(inputs, "lambdaConfig");
  const preToken = optionalRecord(triggers ?? {}, "preTokenGenerationConfig");
  const input = {
    PoolName: text(inputs, "name"),
    UsernameAttributes: inputs["usernameAttributes"],
    AliasAttributes: inputs["aliasAttributes"],
    AutoVerifiedAttributes: inputs["autoVerifiedAttributes"],
    UsernameConfiguration: username && { CaseSensitive: optionalBoolean(username, "caseSensitive") },
    UserAttributeUpdateSettings: pascal(updates),
    AccountRecoverySetting: recovery && {
      RecoveryMechanisms: records(recovery, "recoveryMechanisms").map((each) => ({
        Name: each["name"],
        Priority: optionalNumber(each, "priority"),
      })),
    },
    Policies: policy && { PasswordPolicy: pascal(policy) },
    MfaConfiguration: inputs["mfaConfiguration"],
    VerificationMessageTemplate: pascal(inputs["verificationMessageTemplate"]),
    EmailConfiguration: email && {
      EmailSendingAccount: email["emailSendingAccount"],
      SourceArn: email["sourceArn"],
      From: email["fromEmailAddress"],
      ReplyToEmailAddress: email["replyToEmailAddress"],
      ConfigurationSet: email["configurationSet"],
    },
    AdminCreateUserConfig: admin && {
      AllowAdminCreateUserOnly: optionalBoolean(admin, "allowAdminCreateUserOnly"),
      InviteMessageTemplate: pascal(admin["inviteMessageTemplate"]),
    },
    LambdaConfig: triggers && {
      ...(pascal({ ...triggers, preTokenGenerationConfig: undefined }) as object),
      PreTokenGenerationConfig: preToken && {
        LambdaArn: preToken["lambdaArn"],
        LambdaVersion: preToken["lambdaVersion"],
      },
    },
    Schema: inputs["schemas"] && pascal(inputs["schemas"]),
    DeletionProtection: inputs["deletionProtection"],
    UserPoolTier: inputs["userPoolTier"],
    UserPoolTags: tagsOf(inputs),
  };
  return input as CreateUserPoolCommandInput;
}

async function setMfa(UserPoolId: string, inputs: Inputs, context: DeployContext): Promise<void> {
  const token = optionalRecord(inputs, "softwareTokenMfaConfiguration");
  const MfaConfiguration = optionalText(inputs, "mfaConfiguration") as UserPoolMfaType | undefined;
  if (!token || MfaConfiguration === undefined) return;
  await context.client(CognitoIdentityProvider).setUserPoolMfaConfig({
    UserPoolId,
    MfaConfiguration,
    SoftwareTokenMfaConfiguration: { Enabled: optionalBoolean(token, "enabled") },
  });
}

async function describe(id: string, context: DeployContext): Promise<Made> {
  const { UserPool: pool } = await context.client(CognitoIdentityProvider).describeUserPool({ UserPoolId: id });
  return {
    id,
    outputs: {
      arn: pool?.Arn,
      endpoint: `cognito-idp.${context.region}.amazonaws.com/${id}`,
      creationDate: pool?.CreationDate?.toISOString(),
      lastModifiedDate: pool?.LastModifiedDate?.toISOString(),
    },
  };
}

function clientInput(inputs: Inputs): CreateUserPoolClientCommandInput {
  const rotation = optionalRecord(inputs, "refreshTokenRotation");
  const input = {
    UserPoolId: text(inputs, "userPoolId"),
    ClientName: text(inputs, "name"),
    ExplicitAuthFlows: inputs["explicitAuthFlows"],
    PreventUserExistenceErrors: inputs["preventUserExistenceErrors"],
    EnableTokenRevocation: optionalBoolean(inputs, "enableTokenRevocation"),
    AccessTokenValidity: optionalNumber(inputs, "accessTokenValidity"),
    IdTokenValidity: optionalNumber(inputs, "idTokenValidity"),
    RefreshTokenValidity: optionalNumber(inputs, "refreshTokenValidity"),
    AuthSessionValidity: optionalNumber(inputs, "authSessionValidity"),
    TokenValidityUnits: pascal(inputs["tokenValidityUnits"]),
    RefreshTokenRotation: rotation && {
      Feature: rotation["feature"],
      RetryGracePeriodSeconds: optionalNumber(rotation, "retryGracePeriodSeconds"),
    },
    ReadAttributes: inputs["readAttributes"],
    WriteAttributes: inputs["writeAttributes"],
    SupportedIdentityProviders: inputs["supportedIdentityProviders"],
    CallbackURLs: inputs["callbackUrls"],
    LogoutURLs: inputs["logoutUrls"],
    AllowedOAuthFlows: inputs["allowedOauthFlows"],
    AllowedOAuthScopes: inputs["allowedOauthScopes"],
    AllowedOAuthFlowsUserPoolClient: optionalBoolean(inputs, "allowedOauthFlowsUserPoolClient"),
  };
  return input as CreateUserPoolClientCommandInput;
}
