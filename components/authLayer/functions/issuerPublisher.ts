import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { allow, InlineFunction, reference, when } from "../../inlineFunction";
import type { RegionStateTable } from "../../regionalFailover";
import type { AuthFunctionArgs } from "../authFunctions";
import { documentClient, setting } from "../handlers/clients";
import { publishIssuer, retryPatiently } from "../handlers/publishIssuer";
import { type Customers, issuerItem } from "../resources/userPool";

/** The function that writes this Region's issuer into the table that all Regions share. */
export function createPublisherFunction(
  name: string,
  regions: RegionStateTable,
  customers: Customers,
  settings: AuthFunctionArgs,
  parent: pulumi.Resource,
): InlineFunction {
  return new InlineFunction(
    `${name}-publisher`,
    {
      description: "Publishes this Region's issuer and its keys to the peer Regions.",
      environment: { REGION_STATE: regions.tableName, ISSUER_ITEM: issuerItem(customers) },
      grants: [
        // Write access to another Region's issuer would allow signing in as any customer.
        when(allow(reference("dynamodb:table", regions.tableArn), "dynamodb:PutItem"), {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": customers.region.apply((own) => [own]) },
        }),
      ],
      timeoutSeconds: 60,
      ...settingsOf(settings, "publisher"),
      callbackFactory: () => {
        const publishing = {
          client: documentClient(),
          tableName: setting("REGION_STATE"),
          ...JSON.parse(setting("ISSUER_ITEM")),
        };
        return () => retryPatiently(() => publishIssuer(publishing));
      },
    },
    { parent },
  );
}
