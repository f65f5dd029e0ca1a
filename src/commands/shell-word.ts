/** A text as one word of a shell, for calls that people copy: in quotes where it has blanks, brackets or the like. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_./@%+=:,-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
