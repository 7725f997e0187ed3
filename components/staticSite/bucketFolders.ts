/** The build; each Region's own. */
export const SITE = "site/";
/** What others put there; the same in both Regions. */
export const MEDIA = "media/";
