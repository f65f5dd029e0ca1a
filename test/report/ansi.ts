/** Turns what a terminal shows in colours into HTML, for pictures of it. Knows what `postlude` prints: bold, dim, inverse and the sixteen colours. */

const esc = String.fromCharCode(27);
const sequence = new RegExp(`${esc}\\[([\\d;]*)m`, 'u');

type Pen = { readonly colour: number | null; readonly bold: boolean; readonly dim: boolean; readonly inverse: boolean };
const plain: Pen = { colour: null, bold: false, dim: false, inverse: false };

export function ansiToHtml(text: string): string {
  let pen = plain;
  // Between two texts stands what a sequence says.
  return text
    .split(sequence)
    .map((part, at) => {
      if (at % 2 === 0) return part === '' ? '' : `<span class="${classesOf(pen)}">${escaped(part)}</span>`;
      for (const code of part.split(';')) pen = changed(pen, Number(code));
      return '';
    })
    .join('');
}

function changed(pen: Pen, code: number): Pen {
  if (code === 0) return plain;
  if (code === 1) return { ...pen, bold: true };
  if (code === 2) return { ...pen, dim: true };
  if (code === 7) return { ...pen, inverse: true };
  if (code === 22) return { ...pen, bold: false, dim: false };
  if (code === 27) return { ...pen, inverse: false };
  if (code === 39) return { ...pen, colour: null };
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...pen, colour: code };
  return pen;
}

function classesOf({ colour, bold, dim, inverse }: Pen): string {
  return [colour === null ? '' : `c${colour}`, bold ? 'bold' : '', dim ? 'dim' : '', inverse ? 'inverse' : '']
    .filter((name) => name !== '')
    .join(' ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export const terminalStyle = `
body { margin: 0; background: #16181d; }
pre { margin: 0; padding: 20px 24px; display: inline-block; color: #d6dae1; font: 13px/1.42 "DejaVu Sans Mono", monospace; }
.bold { font-weight: bold; } .dim { color: #8b93a1; }
.c31, .c91 { color: #ff7b6b; } .c32, .c92 { color: #7fce8b; } .c33, .c93 { color: #e8b44c; } .c34, .c94 { color: #7fb0ff; }
.c35, .c95 { color: #d9a0f0; } .c36, .c96 { color: #69c9d6; } .c90 { color: #8b93a1; }
.inverse { background: #ff7b6b; color: #16181d; }
`;
