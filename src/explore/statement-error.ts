/** What is wrong with a statement, on one line, and where: in characters from its beginning, null where that is not known. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly offset: number | null;

  constructor(message: string, offset: number | null) {
    super(message);
    this.offset = offset;
  }
}
