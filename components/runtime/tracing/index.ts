export { beginSubsegment } from "./subsegment";
export { beginRequest, traced, traceFetch } from "./traced";
