const usually = 3;

/** `a, b, c and 4 more`: enough to know what is meant, however many there are. */
export function firstFew(texts: readonly string[], most = usually): string {
  const rest = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
