/**
 * A test for names made of parts between slashes: `*` and `?` stay within a part, `**` crosses parts, `{a,b}` chooses.
 * Everything else stands for itself, and the whole name has to match.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${source(pattern)}$`, 'u');
  return (name) => expression.test(name);
}

function source(pattern: string): string {
  let text = '';
  let depth = 0;
  // An opening brace without its closing one stands for itself.
  const braces = closedBraces(pattern);
  for (let i = 0; i < pattern.length; ) {
    const char = pattern[i] ?? '';
    if (pattern.startsWith('**/', i)) {
      text += '(?:.*/)?';
      i += 3;
      continue;
    }
    if (pattern.startsWith('**', i)) {
      text += '.*';
      i += 2;
      continue;
    }
    if (char === '*') text += '[^/]*';
    else if (char === '?') text += '[^/]';
    else if (char === '{' && braces.has(i)) {
      text += '(?:';
      depth++;
    } else if (char === '}' && braces.has(i)) {
      text += ')';
      depth--;
    } else if (char === ',' && depth > 0) text += '|';
    else text += char.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
    i++;
  }
  return text;
}

function closedBraces(pattern: string): ReadonlySet<number> {
  const open: number[] = [];
  const closed = new Set<number>();
  for (const [i, char] of [...pattern.matchAll(/[{}]/gu)].map((match) => [match.index, match[0]] as const)) {
    if (char === '{') open.push(i);
    else {
      const start = open.pop();
      if (start !== undefined) closed.add(start).add(i);
    }
  }
  return closed;
}
