const mark = '// Written by `postlude rules types';

/** Whether a file is one that `postlude rules types` has written, and may write again. */
export function isWrittenTypes(text: string): boolean {
  return text.startsWith(mark);
}
