export { FORWARDED_BY, type ForwardDeps as Asking, forwardRequest as askOtherRegion, isForwarded } from "./ask";
export { createAddressLookup as ownAddresses } from "./ownAddresses";
