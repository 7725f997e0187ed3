export {
  FORWARDED_BY,
  type ForwardDeps as Asking,
  forwardRequest as askOtherRegion,
  isForwarded,
} from "./forwardRequest";
export { createAddressLookup as ownAddresses } from "./regionAddresses";
