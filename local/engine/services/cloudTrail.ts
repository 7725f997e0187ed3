import { records, type ServiceHandlers, text, texts, unavailable } from "../handler";

export const cloudTrail: ServiceHandlers = {
  "aws:cloudtrail/trail:Trail": {
    ...unavailable("Calls of AWS's API are not recorded here.", ({ inputs }, { region, accountId }) => {
      const arn = `arn:aws:cloudtrail:${region}:${accountId}:trail/${text(inputs, "name")}`;
      return { id: arn, outputs: { arn, homeRegion: region } };
    }),
    autoName: { property: "name", maxLength: 128 },
    required: ["s3BucketName"],
    check: (inputs) =>
      records(inputs, "advancedEventSelectors")
        .flatMap((selector) => records(selector, "fieldSelectors"))
        .filter((field) => field["equals"] !== undefined && texts(field, "equals").length > 500)
        .map((field) => `The selector of ${String(field["field"])} has more than 500 values.`),
  },
};
