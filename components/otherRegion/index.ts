export { type Asking, askOtherRegion, FORWARDED_BY, isForwarded } from "./ask";
export { ownAddresses } from "./ownAddresses";
