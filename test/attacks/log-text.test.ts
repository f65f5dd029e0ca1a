import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { marked } from 'marked';
import { beforeAll, describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { build, postlude } from '../cli/postlude.ts';
import { fixtures, folderWith } from './audit-with.ts';

/*
 * Text of a log that wants to be more than text: in every field of entries and side records, through every command and format as a
 * user calls them. What a format makes of each attack has its own tests beside it; here nothing may come through anywhere.
 */

const poison = [
  '\u001b]8;;http://evil.example\u0007\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001bc\u009b31m\u0090q\u009c',
  '\u202egnp.exe\u2066\u200b\ufeff\u{e0041}',
  '</script><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>',
  '[click](javascript:alert(1)) ![i](http://evil.example/i.png) | a | `b` | <http://evil.example>',
  '\r\n::error file=x::injected\n::stop-commands::x\n##[error]injected\n',
  ']]></failure><error/>&lt;<!--',
  '\u0001\u0008\u000c\u2028\u2029 \ufffe\uffff',
].join(' ');

/** What a spreadsheet takes for a formula, or a GitHub workflow for a command, has to stand first. */
const beginnings = [
  ...['=cmd|calc!A1', '+1+1', '-1+1', '@SUM(1)', '\t=1', '\r=1', '＝1', ''],
  ...['::error file=x::', '##[error]'],
];

/** Words and times that say what an entry is: hostile ones make it one of no known shape, which other tests look at. */
const structure =
  /^(eventTime|eventType|timestamp|level|createdAt|updatedAt|created_at|.*date.*|.*time|type|channel|direction|errorCode|accountId|account_?sid|.*capture.*|conversationGroupingType|status)$/iu;

/** Every text in it with an attack around it; the same text always becomes the same, so that what belongs together still does. */
function poisoned(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, name)]));
  }
  if (typeof value !== 'string' || structure.test(key) || key === 'source') return value;
  return `${beginnings[value.length % beginnings.length] ?? ''}${value}${poison}`;
}

/** Half of a character makes it no entry at all, which other tests look at. */
const hostileJson = (value: unknown) => JSON.stringify(poisoned(value, ''));

async function hostileExport(): Promise<string> {
  const files: Record<string, string> = {};
  for (const fixture of ['shared-profile', 'store-outage', 'silent-call', 'mixed']) {
    for (const name of await readdir(join(fixtures, fixture))) {
      if (!/\.(ndjson|json)$/u.test(name)) continue;
      const text = await readFile(join(fixtures, fixture, name), 'utf8');
      const file = `${fixture}/${name.replace('.', '.<b>=1.')}`;
      try {
        files[file] = name.endsWith('.ndjson')
          ? text
              .trimEnd()
              .split('\n')
              .map((line) => hostileJson(JSON.parse(line)))
              .join('\n')
          : hostileJson(JSON.parse(text));
      } catch {
        // Several arrays in a row, as the command line of Twilio writes them.
      }
    }
  }
  return folderWith(files);
}

/** First and last code point of what a terminal obeys, or nobody sees: controls, half characters, directions, tags. */
const active = [
  [0x00, 0x09],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0x200b, 0x200b],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
] as const;

/** Nothing in it that a terminal would obey, or that nobody sees. */
function expectHarmless(text: string, what: string): void {
  const at = [...text].findIndex((char) => {
    const code = char.codePointAt(0) ?? 0;
    return code !== 0x20 && active.some(([first, last]) => code >= first && code <= last);
  });
  expect(
    at < 0 ? null : `${what}: ${JSON.stringify([...text].slice(Math.max(0, at - 80), at + 20).join(''))}`,
  ).toBeNull();
}

/** No line of it is a command for a GitHub workflow, which has blanks before it as well. */
function expectNoCommand(text: string): void {
  expect(text.split('\n').filter((line) => /^\s*(::|##\[)/u.test(line))).toEqual([]);
}

/** The cells of a CSV text. */
function cellsOf(csv: string): readonly string[] {
  return [...csv.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/gu)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
}

function expectNoFormula(csv: string): void {
  expect(cellsOf(csv).filter((cell) => /^\s*[=+\-@＝＋－＠]/u.test(cell) && !/^-?\d+(\.\d+)?$/u.test(cell))).toEqual(
    [],
  );
}

let exported: string;
let out: string;
const file = (name: string) => readFile(join(out, name), 'utf8');
const formats = ['terminal', 'html', 'json', 'ndjson', 'csv', 'markdown', 'sarif', 'junit', 'github'] as const;

beforeAll(async () => {
  await build();
  exported = await hostileExport();
  out = await folderWith({});
}, 240_000);

describe('an audit of hostile text', () => {
  let answer: Awaited<ReturnType<typeof postlude>>;
  beforeAll(async () => {
    const targets = formats.flatMap((format) => ['--format', `${format}=${join(out, `report.${format}`)}`]);
    answer = await postlude(['audit', exported, '--tree', 'full', '--by', 'account', ...targets], { cwd: out });
  }, 120_000);

  test('finds what it would find otherwise, and says nothing active', async () => {
    expect(answer.code, answer.stderr.slice(0, 1_000)).toBe(1);
    expectHarmless(answer.stderr, 'standard error');
    const { findings } = JSON.parse(await file('report.json'));
    expect(new Set(findings.map(({ ruleId }: { ruleId: string }) => ruleId)).size).toBeGreaterThan(2);
    // The attack is in there, as text.
    expect(JSON.stringify(findings)).toContain('onerror=alert(1)');
  });

  // The page of html has code of its own in it.
  test.each(formats.filter((format) => format !== 'html'))('%s holds nothing that anything obeys', async (format) => {
    const text = await file(`report.${format}`);
    expect(text.length).toBeGreaterThan(500);
    expectHarmless(text, format);
  });

  test('terminal and standard error command no workflow', async () => {
    const text = await file('report.terminal');
    expect(text).toMatch(/^ *\| (::|##\[)/mu);
    expectNoCommand(text);
    expectNoCommand(answer.stderr);
  });

  test('csv has no formula', async () => expectNoFormula(await file('report.csv')));

  test('html has no element of the log in it', async () => {
    const text = await file('report.html');
    expect(text).not.toMatch(/<img|<svg\/|<script>alert|<\/script><script/iu);
    expect(text.match(/<script/gu)?.length).toBe(text.match(/<\/script>/gu)?.length);
    expect(text).toMatch(/Content-Security-Policy/iu);
    const [, data = ''] = /<script[^>]*application\/json[^>]*>([\s\S]*?)<\/script>/u.exec(text) ?? [];
    expect(data).toContain('alert(1)');
    expectHarmless(data, 'the data of html');
  });

  test('markdown renders to text', async () => {
    const html = await marked.parse(await file('report.markdown'));
    expect(html).not.toMatch(/<(img|svg|script)\b|(href|src)="(javascript:|https?:\/\/evil)/iu);
  });

  test('junit is well-formed', async () => {
    const xml = await file('report.junit');
    const checked = await validateXML({ xml: [{ fileName: 'a.xml', contents: xml }], schema: anything });
    expect(checked.errors.filter(({ rawMessage }) => /parser error/u.test(rawMessage))).toEqual([]);
    expect(xml).not.toContain('<error/>');
  });

  test('github says only commands of its own', async () => {
    for (const line of (await file('report.github')).split('\n')) {
      expect(line).not.toMatch(/^\s*##\[|^\s*::(?!(?:error|warning|notice) [a-z]+=[^:]*::|group|endgroup)|injected$/u);
      expect(line).not.toMatch(/^\s*::error file=x::/u);
    }
  });

  test('sarif and json are JSON, in one document', async () => {
    const texts = await Promise.all(['report.sarif', 'report.json'].map(file));
    for (const text of texts) expect(typeof JSON.parse(text)).toBe('object');
  });
});

/** For those of `xmllint`, which wants a schema; what is no XML is told before it is looked at. */
const anything = [
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="testsuites" type="xs:anyType"/></xs:schema>',
];

describe('other commands over hostile text', () => {
  const request = '51c549b2-ac3b-4b4f-b82a-89be7379f250';
  const id = () => `${beginnings[request.length % beginnings.length] ?? ''}${request}${poison}`;

  test.each([['terminal'], ['json']])('trace as %s', async (format) => {
    const { code, stdout, stderr } = await postlude(['trace', id(), exported, '--format', format, '--all'], {
      cwd: out,
    });
    expect(code, stderr.slice(0, 500)).toBeLessThan(2);
    expect(stdout).toContain('onerror=alert(1)');
    expectHarmless(stdout, format);
    expectHarmless(stderr, 'standard error');
    expectNoCommand(stdout + stderr);
  });

  test.each([['table'], ['csv'], ['json']])('sql as %s', async (format) => {
    const statement = 'SELECT * EXCLUDE (body, file), body::VARCHAR AS body FROM events ORDER BY ALL';
    const { code, stdout, stderr } = await postlude(['sql', exported, '-c', statement, '--format', format], {
      cwd: out,
    });
    expect(code, stderr.slice(0, 500)).toBe(0);
    expect(stdout).toContain('alert(1)');
    expectHarmless(stdout, format);
    if (format === 'csv') expectNoFormula(stdout);
    if (format !== 'table') return;
    expectNoCommand(stdout);
    // What stands first in a row is the likeliest to be obeyed.
    const first = await postlude(['sql', exported, '-c', 'SELECT error_reason FROM events ORDER BY 1 DESC'], {
      cwd: out,
    });
    expectNoCommand(first.stdout);
  });

  test.each([['table'], ['csv'], ['json']])('rules run as %s', async (format) => {
    const { code, stdout, stderr } = await postlude(
      ['rules', 'run', 'merge/shared-profile', exported, '--format', format],
      { cwd: out },
    );
    expect(code, stderr.slice(0, 500)).toBe(0);
    expectHarmless(stdout, format);
    expectHarmless(stderr, 'standard error');
    if (format === 'csv') expectNoFormula(stdout);
  });

  test('load, then an audit and a support text of the store', async () => {
    const loaded = await postlude(['load', exported, '--db', 'store.duckdb'], { cwd: out });
    expect(loaded.code, loaded.stderr).toBe(0);
    expectHarmless(loaded.stdout + loaded.stderr, 'load');
    const audited = await postlude(['audit', '--db', 'store.duckdb'], { cwd: out });
    expectHarmless(audited.stdout + audited.stderr, 'audit of a store');
    const [finding] = JSON.parse(await file('report.json')).findings;
    const support = await postlude(['report', 'report.json', '--support', finding.fingerprint, '--logs', exported], {
      cwd: out,
    });
    expect(support.code, support.stderr).toBe(0);
    // What follows is the log itself, which support wants as it is; on a terminal it is not (test/cli/report.test.ts).
    const [told = ''] = support.stdout.split('\nRaw log entries');
    expectHarmless(told + support.stderr, 'support');
  });

  test('rules new from a hostile id', async () => {
    const made = await postlude(
      ['rules', 'new', 'mine/x', '--rules-dir', 'mine', '--from', exported, '--subject', id()],
      {
        cwd: out,
      },
    );
    expect(made.code).toBeLessThan(3);
    expectHarmless(made.stdout + made.stderr, 'rules new');
    expect(made.stderr).not.toMatch(/^\s*(::|##\[)/mu);
    if (made.code !== 0) return;
    for (const name of ['mine/mine/x.sql', 'mine/mine/x.cases.yaml']) expectHarmless(await file(name), name);
  });
});
