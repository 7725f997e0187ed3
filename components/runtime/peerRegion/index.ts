export {
  FORWARDED_BY,
  type ForwardDeps,
  forwardRequest,
  isForwarded,
} from "./forwardRequest";
export { createAddressLookup } from "./regionAddresses";
