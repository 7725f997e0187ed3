export { begin } from "./subsegment";
export { traced, traceFetch } from "./traced";
