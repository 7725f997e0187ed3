/**
 * Normalizes parsed JSON in place, before it is checked and stored: texts are trimmed and composed (NFC), so that one
 * word is one sequence of characters, and -0 becomes 0, as tables and JSON keep it. Names of members stay as they are.
 *
 * Composing can lengthen a text, so a length is checked afterwards. There is no recursion: JSON nests deeper than a stack.
 *
 * @returns the value, or the normalized text if it is one.
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
