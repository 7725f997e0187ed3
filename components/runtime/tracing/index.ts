export { beginSubsegment as begin } from "./subsegment";
export { traced, traceFetch } from "./traced";
