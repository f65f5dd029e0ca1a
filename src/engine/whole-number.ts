/** BIGINT has no form of its own in JSON: a number where it is exact, else its digits. */
export function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
