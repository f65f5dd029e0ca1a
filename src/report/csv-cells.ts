/*
 * CSV as RFC 4180 has it: lines end in CR LF, and there are quotes around what holds a comma, a quote or a line end. Empty text is a
 * pair of quotes, so that it differs from nothing. Text that a spreadsheet would run as a formula gets an apostrophe in front,
 * which keeps it text there; which text that is, is told by OWASP's page on CSV injection.
 */
import { sanitise } from './sanitise.ts';

export function csvLine(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** Text of any origin as a cell that stays text. */
export function textCell(text: string): string {
  return quotedCell(harmless(text));
}

/**
 * A number, or a telephone number as logs have them: spreadsheets work out `+15550100` to a number, which harms nobody, and an
 * apostrophe in front of each number would harm every program that reads them.
 */
const plainNumber = /^[+-][0-9 ().-]*$/u;

/** The full-width signs are the same to a spreadsheet in Japanese or Chinese. */
const formula = /^\s*[=@+\-＝＠＋－]|^[\t\r]/u;

function harmless(text: string): string {
  const lines = text
    .split('\n')
    .map((each) => sanitise(each.replace(/\r$/u, '')))
    .join('\n');
  return formula.test(text) && !plainNumber.test(text) ? `'${lines}` : lines;
}

/** A cell with what is known to be no formula. */
export function quotedCell(text: string): string {
  return text === '' || /[",\n\r]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
