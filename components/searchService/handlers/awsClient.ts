/** For AWS's own services: three attempts, each of at most two seconds, fit into an API function's time-out. */
export const awsClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
