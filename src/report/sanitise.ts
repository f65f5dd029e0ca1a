/*
 * Log text is written by strangers and ends up in a terminal, where escapes can clear the screen, set the title, write
 * to the clipboard, or make one id look like another. Everything that a terminal would obey, or that a reader could not
 * see, is shown as a visible name instead; nothing is removed, because the text is evidence.
 */

// C0, DEL and C1 (a lone U+009B begins an escape sequence as ESC [ does).
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const controls = /[\u0000-\u001f\u007f-\u009f]/gu;

// Bidirectional controls, line and paragraph separators, invisible spaces and joiners, interlinear annotations and tag
// characters. Zero-width joiner and non-joiner stay: Persian names and emoji need them.
const invisibles =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const loneSurrogates = /\p{Surrogate}/gu;

/** Text of unknown origin as one harmless line: control and invisible characters become visible, broken UTF-16 becomes U+FFFD. */
export function sanitise(text: string): string {
  return text.replace(loneSurrogates, '\ufffd').replace(controls, pictureOf).replace(invisibles, nameOf);
}

/**
 * Lines as a GitHub workflow prints them and nothing more: it obeys what begins with `::` or `##[` behind blanks, on either stream, and
 * where a line of ours ends text of a log can begin one.
 */
export function withoutCommands(lines: string): string {
  return lines.replaceAll(/^(\s*)(?=::|##\[)/gmu, '$1| ');
}

/** Text as it may stand in a JSON document on a terminal: the same value, with what a terminal would obey as `\u` escapes. */
export function escapeInJson(json: string): string {
  // JSON.stringify itself escapes only C0. These characters occur inside strings alone, so the value stays the same.
  return json.replace(/[\u007f-\u009f]/gu, escapeUnit).replace(invisibles, (text) => text.replace(/./gs, escapeUnit));
}

/** U+2400 to U+2421 are pictures of C0 and DEL; C1 has none. */
function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : nameOf(character);
}

function nameOf(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
