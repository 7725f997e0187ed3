export { reservedBucketName } from "./bucketName";
export {
  createPrivateBucket as privateBucket,
  type PrivateBucket,
  type PrivateBucketArgs,
  tlsOnly,
} from "./privateBucket";
