/**
 * Normalizes parsed JSON in place, before it is checked and stored. Texts are trimmed and composed (NFC), so that a word has
 * one spelling; -0 becomes 0, as tables and JSON store it. Member names stay.
 *
 * Composing can lengthen a text, so check lengths afterwards. Without recursion, because JSON may nest deeper than the stack.
 *
 * @returns the value, or the normalized text if the value is a text.
 */
export function normalizeTexts(value: unknown): unknown {
  const root = { value };
  const pending: Record<string, unknown>[] = [root];
  for (let object = pending.pop(); object; object = pending.pop()) {
    for (const [key, member] of Object.entries(object)) {
      if (typeof member === "string") object[key] = member.normalize("NFC").trim();
      else if (member === 0) object[key] = 0;
      // Arrays included: their indices are keys.
      else if (typeof member === "object" && member !== null) pending.push(member as Record<string, unknown>);
    }
  }
  return root.value;
}
