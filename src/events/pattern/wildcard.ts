/**
 * The literal parts of a wildcard text, split at its stars; `\*` and `\\` are a star and a backslash themselves.
 * Returns what is wrong with it instead, as the end of a sentence.
 */
export function parseWildcard(text: string): readonly string[] | { readonly fault: string } {
  const parts: string[] = [];
  let part = '';
  let wasStar = false;
  for (let i = 0; i < text.length; i += 1) {
    const mark = text.charAt(i);
    if (mark === '*') {
      if (wasStar) return { fault: 'has no two stars in a row' };
      parts.push(part);
      part = '';
      wasStar = true;
      continue;
    }
    wasStar = false;
    if (mark !== '\\') {
      part += mark;
      continue;
    }
    i += 1;
    const escaped = text.charAt(i);
    if (escaped !== '*' && escaped !== '\\') return { fault: 'escapes only \\* and \\\\' };
    part += escaped;
  }
  parts.push(part);
  return parts;
}

/**
 * Whether a text consists of the parts with anything between them. The parts in the middle are sought from the left,
 * each at its first place: taking a later place could only leave less for those that follow.
 */
export function matchesWildcard(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  if (parts.length === 1) return text === first;
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let position = first.length;
  const end = text.length - last.length;
  for (let i = 1; i < parts.length - 1; i += 1) {
    const part = parts[i] ?? '';
    const found = text.indexOf(part, position);
    if (found < 0 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
