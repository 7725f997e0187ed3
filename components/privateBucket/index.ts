export { reservedBucketName } from "./bucketName";
export { type PrivateBucket, type PrivateBucketArgs, privateBucket, tlsOnly } from "./privateBucket";
