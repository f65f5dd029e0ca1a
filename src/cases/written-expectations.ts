import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';

export type NewExpectation = { readonly subject: string } & Readonly<Record<string, unknown>>;

/**
 * The text of a file of cases with other expectations for some of its cases, by name. All else stays as it was written; within the lists, too,
 * whatever is still found keeps its comments. A case stays as it is where the file would no longer say the same of everything else.
 */
export function withExpectations(
  text: string,
  wanted: ReadonlyMap<string, readonly NewExpectation[]>,
): { readonly text: string; readonly left: ReadonlyMap<string, string> } {
  let now = text;
  let left = new Map<string, string>();
  let open = [...wanted];
  // What one case lends to another may be free once that one has expectations of its own.
  for (let before = open.length + 1; open.length < before; open = open.filter(([name]) => left.has(name))) {
    before = open.length;
    left = new Map();
    for (const [name, expectations] of open) {
      const edited = withOne(now, name, expectations);
      if ('reason' in edited) left.set(name, edited.reason);
      else now = edited.text;
    }
  }
  return { text: now, left };
}

function withOne(
  text: string,
  name: string,
  wanted: readonly NewExpectation[],
): { readonly text: string } | { readonly reason: string } {
  const document = parseDocument(text);
  const cases = document.get('cases');
  const items = isSeq(cases) ? cases.items : [];
  const at = items.findIndex((item) => isMap(item) && item.get('name') === name);
  const item = items[at];
  const pair = isMap(item)
    ? item.items.find((each) => isPair(each) && isScalar(each.key) && each.key.value === 'expect')
    : undefined;
  if (pair === undefined || !isScalar(pair.key) || !isNode(pair.value)) {
    return { reason: 'its expect is written elsewhere, and only taken over with << or *' };
  }
  const lent = lentTo(document, pair.value);
  if (lent !== undefined) return { reason: `what it expects is used elsewhere, as *${lent}: write it out there first` };

  const before: unknown = document.toJS();
  const [, keyEnd = 0] = pair.key.range ?? [];
  const [, valueEnd = 0] = pair.value.range ?? [];
  const lineStart = text.lastIndexOf('\n', keyEnd) + 1;
  const column = (pair.key.range?.[0] ?? lineStart) - lineStart;
  const isInFlow = [document.contents, cases, item].some((node) => (isMap(node) || isSeq(node)) && node.flow === true);
  const from = text.indexOf(':', keyEnd) + 1;
  // The range of a block goes on to where the next one begins.
  const to = text.slice(0, valueEnd).trimEnd().length;
  for (const isAnew of [false, true]) {
    const list = isAnew ? newList(wanted) : changedList(document, pair, wanted);
    const block = list === null ? null : written(list, { column, isInFlow });
    if (block === null) continue;
    const edited =
      text.slice(0, from) + (text.includes('\r\n') ? block.replaceAll('\n', '\r\n') : block) + text.slice(to);
    if (saysTheSame(edited, before, at, wanted)) return { text: edited };
  }
  return { reason: 'the file would not be right afterwards: change what it expects by hand' };
}

/** The name of an anchor in there that something elsewhere refers to. */
function lentTo(document: Document, value: Node): string | undefined {
  const anchors = new Set<string>();
  const inside = new Set<unknown>();
  visit(value, (_, node) => {
    inside.add(node);
    if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
  });
  let used: string | undefined;
  visit(document, {
    Alias(_, alias) {
      if (!inside.has(alias) && anchors.has(alias.source)) used ??= alias.source;
    },
  });
  return used;
}

function newList(wanted: readonly NewExpectation[]): Document<Node> {
  return new Document<Node>(wanted, { aliasDuplicateObjects: false });
}

/** The list as it was written, with other values where these are others; `null` where it is none. */
function changedList(document: Document, pair: Pair, wanted: readonly NewExpectation[]): Document<Node> | null {
  const list = pair.value;
  if (!isSeq(list) || list.items.length === 0 || wanted.length === 0) return null;
  const old = list.items.filter((item) => isMap(item));
  list.items = wanted.map((expectation) => {
    const at = old.findIndex((item) => item.get('subject') === expectation.subject);
    const [item] = at < 0 ? [] : old.splice(at, 1);
    if (item === undefined) return document.createNode(expectation, { aliasDuplicateObjects: false });
    change(document, item, expectation);
    return item;
  });
  // Lines of comments behind the list are not part of its text, and stay.
  list.comment = null;
  const [first] = list.items;
  if (isMap(first)) first.spaceBefore = false;
  const part = new Document<Node>();
  part.contents = list;
  return part;
}

function change(document: Document, map: YAMLMap, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    const there = map.get(key, true);
    const plain: unknown = isNode(there) ? there.toJS(document) : undefined;
    if (isDeepStrictEqual(plain, value)) continue;
    // The comment behind it belongs to the node.
    if (isScalar(there) && (value === null || typeof value !== 'object')) there.value = value;
    else if (isMap(there) && isRecord(value)) change(document, there, value);
    else map.set(key, document.createNode(value, { aliasDuplicateObjects: false }));
  }
}

/** Behind the colon. `null` where it refers to what is elsewhere in the file. */
function written(
  list: Document<Node>,
  { column, isInFlow }: { readonly column: number; readonly isInFlow: boolean },
): string | null {
  const { contents } = list;
  if (!isSeq(contents)) return null;
  if (contents.items.length === 0) return ' []';
  let isAlone = true;
  visit(contents, {
    Alias() {
      isAlone = false;
    },
  });
  if (!isAlone) return null;
  if (isInFlow) contents.flow = true;
  const text = list.toString({ lineWidth: 0, collectionStyle: isInFlow ? 'flow' : 'any' }).trimEnd();
  const indent = ' '.repeat(column + 2);
  if (contents.flow === true) return ` ${text.replaceAll(/\n(?=.)/gu, `\n${indent}`)}`;
  return `\n${text.replaceAll(/^(?=.)/gmu, indent)}`;
}

/** Whether an edited file says of everything but one list what it said before. */
function saysTheSame(text: string, before: unknown, at: number, wanted: readonly NewExpectation[]): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.warnings.length > 0) return false;
  try {
    const after: unknown = document.toJS();
    return isDeepStrictEqual(after, withExpect(before, at, wanted));
  } catch {
    // An alias without its anchor is found out only here.
    return false;
  }
}

function withExpect(file: unknown, at: number, expect: readonly NewExpectation[]): unknown {
  if (!isRecord(file) || !Array.isArray(file.cases)) return file;
  return {
    ...file,
    cases: file.cases.map((each: unknown, place) => (place === at && isRecord(each) ? { ...each, expect } : each)),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
