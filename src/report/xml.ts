/** An XML element: attributes, and then either elements or text. */
export type Element = {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Element[];
  readonly text?: string;
};

/** A document in pieces, one element a line. Text of any origin is text in it, whatever it holds. */
export function* xmlDocument(root: Element): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield* lines(root, '');
}

function* lines({ name, attributes = {}, children = [], text }: Element, indent: string): Generator<string> {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapedAttribute(value)}"`);
  const open = `${indent}<${name}${given.join('')}`;
  if (text !== undefined) yield `${open}>${escapedText(text)}</${name}>\n`;
  else if (children.length === 0) yield `${open}/>\n`;
  else {
    yield `${open}>\n`;
    for (const child of children) yield* lines(child, `${indent}  `);
    yield `${indent}</${name}>\n`;
  }
}

// XML 1.0 has no way at all to write most control characters, nor half of a surrogate pair.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escapedText(text: string): string {
  return (
    text
      .replaceAll(unwritable, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Readers take it for a line end.
      .replaceAll('\r', '&#13;')
  );
}

/** An attribute would lose its line ends as well. */
export function escapedAttribute(text: string): string {
  return escapedText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
