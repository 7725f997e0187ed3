import { SESv2 } from "@aws-sdk/client-sesv2";
import { optionalText, type ServiceHandlers, text, unavailable } from "../handler";
import { checkName } from "../rules";

const setName = { form: /^[A-Za-z0-9_-]+$/, maxLength: 64, allowed: "letters, digits, - and _" };

export const ses: ServiceHandlers = {
  "aws:sesv2/emailIdentity:EmailIdentity": {
    required: ["emailIdentity"],
    check: (inputs) =>
      /^([^\s@<>]+@)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(String(inputs["emailIdentity"]))
        ? []
        : [`The emailIdentity "${String(inputs["emailIdentity"])}" is neither an address nor a domain.`],
    async create({ inputs }, context) {
      const EmailIdentity = text(inputs, "emailIdentity");
      await context.client(SESv2).createEmailIdentity({
        EmailIdentity,
        ConfigurationSetName: optionalText(inputs, "configurationSetName"),
      });
      const arn = `arn:aws:ses:${context.region}:${context.accountId}:identity/${EmailIdentity}`;
      const identityType = EmailIdentity.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN";
      return {
        id: EmailIdentity,
        outputs: { arn, identityType, verifiedForSendingStatus: true, verificationStatus: "SUCCESS" },
      };
    },
    remove: ({ id }, context) => context.client(SESv2).deleteEmailIdentity({ EmailIdentity: id }),
  },
  "aws:sesv2/configurationSet:ConfigurationSet": {
    required: ["configurationSetName"],
    check: (inputs) => checkName(inputs, "configurationSetName", setName),
    async create({ inputs }, context) {
      const ConfigurationSetName = text(inputs, "configurationSetName");
      await context.client(SESv2).createConfigurationSet({ ConfigurationSetName });
      const arn = `arn:aws:ses:${context.region}:${context.accountId}:configuration-set/${ConfigurationSetName}`;
      return { id: ConfigurationSetName, outputs: { arn } };
    },
    remove: ({ id }, context) => context.client(SESv2).deleteConfigurationSet({ ConfigurationSetName: id }),
  },
  "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": unavailable(
    "Bounces and complaints do not happen here, so nothing is published about them.",
    ({ name }) => ({ id: name }),
  ),
};
