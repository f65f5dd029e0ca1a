import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/findings/result.ts';
import { htmlReport } from '../../src/report/html/index.ts';
import { plainReport } from '../../src/report/options.ts';
import { build } from '../cli/postlude.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { hostileResult, hostileText } from './hostile-page.ts';
import { incident } from './incident.ts';
import { manyFindings } from './many.ts';

// The page holds what the build makes of its code.
beforeAll(build, 180_000);

const page = (result: AuditResult, options: Partial<typeof plainReport> = {}): string =>
  [...htmlReport(result, { ...plainReport, ...options })].join('');

/** The scripts of a page as a browser tells them apart: each ends at the first closing tag. */
function scriptsOf(
  html: string,
): readonly { readonly id: string | null; readonly isData: boolean; readonly text: string }[] {
  return [...html.matchAll(/<script(?<attributes>[^>]*)>(?<text>.*?)<\/script>/gsu)].map(({ groups }) => ({
    id: /id="(?<id>[^"]*)"/u.exec(groups?.attributes ?? '')?.groups?.id ?? null,
    isData: (groups?.attributes ?? '').includes('type="application/json"'),
    text: groups?.text ?? '',
  }));
}

function dataOf(html: string, id: string) {
  const block = scriptsOf(html).find((script) => script.id === id);
  expect(block, id).toBeDefined();
  return JSON.parse(block?.text ?? 'null');
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the page', () => {
  test('lets nothing run but its own code and style, by their hashes, and nothing be loaded or sent', () => {
    const html = page(incident());
    const policy = /http-equiv="Content-Security-Policy" content="(?<policy>[^"]*)"/u.exec(html)?.groups?.policy ?? '';
    const directives = new Map(
      policy.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1).join(' ')]),
    );
    const code = scriptsOf(html).filter(({ isData }) => !isData);
    const styles = [...html.matchAll(/<style>(.*?)<\/style>/gsu)].map(([, text = '']) => text);
    expect(code).toHaveLength(1);
    expect(styles).toHaveLength(1);
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': hashOf(code[0]?.text ?? ''),
      'style-src': hashOf(styles[0] ?? ''),
      'base-uri': "'none'",
      'form-action': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    });
    // It stands before everything that it is about.
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style>'));
  });

  test('names nothing outside itself and holds no handlers', () => {
    const outside = page(incident()).replaceAll(/<(?<tag>script|style)[^>]*>.*?<\/\k<tag>>/gsu, '');
    expect(outside).not.toMatch(/\b(?:src|href|srcset|action)=/u);
    expect(outside).not.toMatch(/\son[a-z]+=/u);
    expect(outside).not.toMatch(/https?:/u);
  });

  test('is small: the code and style are below 300 kB, and what many findings add is their text', () => {
    expect(page(makeResult()).length).toBeLessThan(300_000);
    const result = manyFindings(1000);
    expect(page(result).length).toBeLessThan(JSON.stringify([result.findings, result.timelines?.events]).length * 1.2);
  });

  test('holds every finding in the order of the tree of causes, each with its details at the same place', () => {
    const result = incident();
    const html = page(result);
    const { findings } = dataOf(html, 'overview');
    const details = dataOf(html, 'details-0');
    expect(findings.map(({ fingerprint }: { fingerprint: string }) => fingerprint).toSorted()).toEqual(
      result.findings.map(({ fingerprint }) => fingerprint).toSorted(),
    );
    expect(findings[0]).toMatchObject({ ruleId: 'profile/store-outage', parent: null, depth: 0 });
    expect(findings[1]).toMatchObject({ ruleId: 'profile/creation-failed', parent: 0, depth: 1 });
    expect(details[0].hit).toMatchObject({ customers: 12, numbers: 12 });
    for (const [place, { fingerprint }] of findings.entries()) {
      const own = result.findings.find((finding) => finding.fingerprint === fingerprint);
      expect(details[place].evidence).toEqual(own?.evidence);
      expect(details[place].causedBy).toEqual(own?.causedBy);
    }
  });

  test('tells how many findings are below the least severity that is shown', () => {
    const result = incident();
    const { findings, hidden } = dataOf(page(result, { leastSeverity: 'error' }), 'overview');
    expect(findings.length + hidden).toBe(result.findings.length);
    expect(hidden).toBeGreaterThan(0);
  });

  test('says how long a list is that it does not hold whole', () => {
    const evidence = Array.from({ length: 700 }, (_, at) => makeEvidence(`log-${at}`));
    const [details] = dataOf(page(makeResult({ findings: [makeFinding({ evidence })] })), 'details-0');
    expect(details.evidence).toHaveLength(500);
    expect(details.counts.evidence).toBe(700);
  });

  test('shows numbers that JSON has no form for', () => {
    const data = { small: 12n, large: 12_345_678_901_234_567_890n };
    const [details] = dataOf(page(makeResult({ findings: [makeFinding({ data })] })), 'details-0');
    expect(details.data).toEqual({ small: 12, large: '12345678901234567890' });
  });

  test('cuts a text that nobody would read in it, and says so', () => {
    const { findings } = dataOf(
      page(makeResult({ findings: [makeFinding({ message: 'x'.repeat(1_000_000) })] })),
      'overview',
    );
    expect(findings[0].message).toHaveLength('x'.repeat(20_000).length + '… (980000 more characters)'.length);
  });
});

describe('hostile text', () => {
  test('closes no element and begins none', () => {
    const html = page(hostileResult());
    expect(scriptsOf(html).map(({ id }) => id)).toEqual(['overview', null, 'details-0', 'events-0']);
    const data = scriptsOf(html).filter(({ isData }) => isData);
    for (const { text } of data) expect(text).not.toContain('<');
    const rest = html.replaceAll(/<(?<tag>script|style)[^>]*>.*?<\/\k<tag>>/gsu, '');
    // What the result calls its tool stands in the head, as text: two of what the page itself says to the browser, and no more.
    expect(rest.match(/<[a-z/!][^>]*>/giu)?.filter((tag) => /alert|evil|refresh|onmouseover/u.test(tag))).toEqual([
      expect.stringMatching(/^<meta name="generator" content="[^"<>]*">$/u),
    ]);
    expect(rest).not.toMatch(/<(?:img|svg)/u);
  });

  test('stays readable, without what a reader could not see', () => {
    const { findings } = dataOf(page(hostileResult()), 'overview');
    expect(findings[0].message).toContain('</script><script>alert(1)</script>');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(JSON.stringify(findings)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/u);
    expect(hostileText).toContain('\u202e');
  });
});
