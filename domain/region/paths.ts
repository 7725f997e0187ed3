/**
 * Path of an API of one Region below the site's own address. CloudFront forwards it to that Region alone; without it, the path leads
 * to the Region that the API's name resolves to.
 *
 * @example
 * regionPath("us-west-2", "/api/orders"); // "/regions/us-west-2/api/orders"
 */
export const regionPath = (region: string, path: string): string => `/regions/${region}${path}`;
