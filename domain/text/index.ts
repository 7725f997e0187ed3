export { normalizeTexts } from "./normalizeTexts";
export { explainPattern, isLine, LINE_PATTERN, line, paragraphs, URL_TEXT } from "./patterns";
