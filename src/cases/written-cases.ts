import { isMap, isNode, isPair, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { textOfFile } from '../rules/rule-files.ts';

/** A case as it stands in its file, for people to read. */
export type WrittenCase = {
  readonly name: string;
  /** The causes that it expects. */
  readonly causes: readonly string[];
  /** Its lines, beginning at the left. */
  readonly yaml: string;
};

export type WrittenCases = {
  /** What every case begins with, or `null`. */
  readonly given: string | null;
  readonly cases: readonly WrittenCase[];
};

/** The cases of a file in their order. Those that cannot be read, or are not written as they should be, are passed over: `rules test` tells of them. */
export async function writtenCases(casesFile: string): Promise<WrittenCases> {
  const read = await textOfFile(casesFile);
  const text = 'text' in read ? read.text : '';
  const document = parseDocument(text);
  const given = isMap(document.contents)
    ? document.contents.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === 'given')
    : undefined;
  const cases = document.get('cases');
  return {
    given: given !== undefined && isNode(given.value) ? linesOf(text, given.value) : null,
    cases: (isSeq<Node>(cases) ? cases.items : []).flatMap((item) => {
      const name = isMap(item) ? item.get('name') : undefined;
      return isMap(item) && typeof name === 'string'
        ? [{ name, causes: causesIn(item.get('expect')), yaml: linesOf(text, item) }]
        : [];
    }),
  };
}

function causesIn(expect: unknown): readonly string[] {
  return (isSeq<Node>(expect) ? expect.items : []).flatMap((finding) => {
    const cause = isMap(finding) ? finding.get('cause') : undefined;
    return typeof cause === 'string' ? [cause] : [];
  });
}

/** The text of a node without the indentation of its first line, and without comments that belong to what follows. */
function linesOf(text: string, node: Node): string {
  const [begin, end] = node.range ?? [0, 0];
  const column = begin - (text.lastIndexOf('\n', begin - 1) + 1);
  const lines = text.slice(begin, end).trimEnd().split('\n');
  while (lines.length > 1 && /^\s*(?:#.*)?$/u.test(lines.at(-1) ?? '')) lines.pop();
  return lines.map((line, at) => (at === 0 ? line : line.slice(Math.min(column, line.search(/\S|$/u))))).join('\n');
}
