export { beginSubsegment } from "./subsegment";
export { traced, traceFetch } from "./traced";
