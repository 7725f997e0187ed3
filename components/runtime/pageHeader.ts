/** Header in which CloudFront sends the address of a page, whose path it has rewritten to a file of the build. */
export const PAGE_HEADER = "x-stayopen-page";
