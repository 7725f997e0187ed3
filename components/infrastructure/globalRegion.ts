/** Region of CloudFront's certificates, and the only Region with the metrics of CloudFront and Route 53. */
export const GLOBAL_REGION = "us-east-1";
