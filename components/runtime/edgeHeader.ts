/** Header with the secret by which CloudFront proves to the APIs that a request came through it. */
export const EDGE_HEADER = "x-stayopen-edge";
