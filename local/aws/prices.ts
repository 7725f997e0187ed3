/**
 * AWS's list prices in US dollars, us-east-1, without free tiers, discounts and volume prices, each with its source and date. AWS's pages
 * have few prices in their text, so most come from copies of AWS's Price List. No source was found for those marked "from memory". Check
 * prices before you decide by them: https://aws.amazon.com/pricing
 *
 * CALC is https://github.com/FahadMustafa/aws-calc/tree/main/references/service-modules, which quotes the Price List of us-east-2
 * (2026-05 to 2026-09); these services cost the same there.
 */
export const PRICES_AS_OF = "2026";

export const PRICES = {
  /** HTTP API, a request of the first 300 million a month. Price List, SKU FC2TWT2UEPTBKVBX, effective 2025-07-01. */
  apiRequest: 1.0 / 1e6,
  /** https://cloudchipr.com/blog/aws-lambda-pricing (2024), and the same in copies of 2026-05. */
  lambdaRequest: 0.2 / 1e6,
  /** arm64, a GB-second of the first 7.5 billion a month; as above. */
  lambdaGbSecond: 0.0000133334,
  /** Step Functions Standard, a state transition: https://aws.amazon.com/step-functions/pricing/ (an undated copy). */
  transition: 0.025 / 1_000,
  /** DynamoDB on demand, a unit; a replicated write costs the same in each Region. CALC, dynamodb.md; us-east-1 on 2026-07-31. */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** A GB and month; point-in-time recovery besides. CALC, dynamodb.md. */
  tableGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  /** RSA 2048, a decryption (every other asymmetric key: five times as much). Price List, usage type KMS-Requests-Asymmetric-RSA_2048. */
  kmsAsymmetric: 0.03 / 1e4,
  /** CALC, sns.md; what SNS delivers to SQS costs nothing. */
  snsPublish: 0.5 / 1e6,
  /** CALC, sqs.md. */
  sqsRequest: 0.4 / 1e6,
  /** A recipient. Price List, usage type USE1-Recipients, published 2026-09-11. */
  mail: 0.1 / 1_000,
  /** A text message in the United States, carriers' fees not included; elsewhere up to fifteen times as much. From memory. */
  textMessage: 0.00645,
  /** CALC, cloudwatch.md, checked there on 2026-09-24. */
  logGb: 0.5,
  /** S3 Standard. Price List of 2026-09-28 the first; the second from memory, and so in many copies. */
  objectPut: 0.005 / 1e3,
  objectGbMonth: 0.023,
  /** X-Ray, a recorded trace. Price List, usage type XRay-TracesStored; a bill of 2026-08 has it too. */
  trace: 5.0 / 1e6,
  /** CloudTrail, a data event. From memory. */
  dataEvent: 0.1 / 1e5,
  /** us-east-1 to us-west-2. Price List, usage type USE1-USW2-AWS-Out-Bytes. */
  betweenRegionsGb: 0.02,
} as const;

/** Assumptions for what an emulator cannot measure, in round figures; used in the bench of costs and on the console. */
export const ASSUMED = {
  /** A call of DynamoDB, Step Functions, SNS … from a function, in milliseconds. */
  awsCallMs: 6,
  /** A call of a payment or shipping provider. */
  providerCallMs: 250,
  /** Memory that buys a function one whole processor. */
  processorMb: 1_769,
  /** A line of the API's access log, with what CloudWatch adds. */
  accessLogBytes: 420,
} as const;
