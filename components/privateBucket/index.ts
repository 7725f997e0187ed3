export { reservedBucketName } from "../infrastructure/bucketName";
export {
  createPrivateBucket as privateBucket,
  type PrivateBucket,
  type PrivateBucketArgs,
  tlsOnly,
} from "../infrastructure/privateBucket";
