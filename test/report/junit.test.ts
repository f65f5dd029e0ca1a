import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { audit } from '../../src/audit.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { junitReport } from '../../src/report/junit.ts';
import { account, makeFinding, makeResult, otherAccount } from '../findings/make.ts';
import { hostile } from './hostile.ts';
import { incident } from './incident.ts';

const schema = readFileSync(new URL('./official/junit-10.xsd', import.meta.url), 'utf8');

const junit = (result: AuditResult) => [...junitReport(result, { leastSeverity: 'info' })].join('');

async function errorsOf(contents: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'report.xml', contents }], schema: [schema] });
  return errors.map(({ message }) => message);
}

let mixed: AuditResult;
beforeAll(async () => {
  mixed = await audit({ paths: ['fixtures/mixed'] });
}, 60_000);

test.each<readonly [string, () => AuditResult]>([
  ['the mixed fixture', () => mixed],
  ['an incident', () => incident()],
  ['hostile text in every field', hostile],
  ['nothing at all', () => makeResult({ files: [], rules: [], accounts: [] })],
])('is valid by the schema of Jenkins: %s', async (_, make) => {
  expect(await errorsOf(junit(make()))).toEqual([]);
});

test('the schema is one that can refuse', async () => {
  expect(await errorsOf('<testsuites><testcase/></testsuites>')).not.toEqual([]);
  expect(await errorsOf('<testsuites>')).not.toEqual([]);
});

test('a rule is a suite, an account a case', () => {
  const finding = makeFinding({ message: 'Nothing <was> transcribed.', fix: 'Speak.' });
  const rule = { reason: null, findings: 0, durationMs: 1500 };
  const text = junit(
    makeResult({
      findings: [finding],
      accounts: [
        { id: account, skippedRules: [] },
        { id: otherAccount, skippedRules: ['voice/silent-call'] },
      ],
      rules: [
        { ...rule, id: 'memory/broken', status: 'failed', reason: 'rules/broken.sql:1:1: no' },
        { ...rule, id: 'memory/needy', status: 'skipped', reason: 'needs operations' },
        { ...rule, id: 'merge/clean', status: 'clean' },
        { ...rule, id: 'voice/silent-call', status: 'matched', reason: `skipped for ${otherAccount}: needs calls` },
      ],
    }),
  );
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="postlude" tests="8" failures="1" errors="2" time="1.234">
  <testsuite name="memory/broken" tests="2" failures="0" errors="2" skipped="0" time="1.500">
    <testcase classname="memory/broken" name="${account}">
      <error type="failed" message="rules/broken.sql:1:1: no"/>
    </testcase>
    <testcase classname="memory/broken" name="${otherAccount}">
      <error type="failed" message="rules/broken.sql:1:1: no"/>
    </testcase>
  </testsuite>
  <testsuite name="memory/needy" tests="2" failures="0" errors="0" skipped="2" time="1.500">
    <testcase classname="memory/needy" name="${account}">
      <skipped message="needs operations"/>
    </testcase>
    <testcase classname="memory/needy" name="${otherAccount}">
      <skipped message="needs operations"/>
    </testcase>
  </testsuite>
  <testsuite name="merge/clean" tests="2" failures="0" errors="0" skipped="0" time="1.500">
    <testcase classname="merge/clean" name="${account}"/>
    <testcase classname="merge/clean" name="${otherAccount}"/>
  </testsuite>
  <testsuite name="voice/silent-call" tests="2" failures="1" errors="0" skipped="1" time="1.500">
    <testcase classname="voice/silent-call" name="${account}">
      <failure type="warning" message="Nothing &lt;was&gt; transcribed.">warning (confirmed): Voice conversation has no communications
Nothing &lt;was&gt; transcribed.
fix: Speak.
conversation conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k, cause no-transcription
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting
fingerprint: ${finding.fingerprint}</failure>
    </testcase>
    <testcase classname="voice/silent-call" name="${otherAccount}">
      <skipped message="skipped for ${otherAccount}: needs calls"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('an audit says which accounts it covers, so that the clean ones pass', async () => {
  expect(mixed.accounts).toMatchObject([{ id: 'AC00000000000000000000000000000006', events: 63, skippedRules: [] }]);
  const cases = [...junit(mixed).matchAll(/<testcase /gu)];
  expect(cases).toHaveLength(mixed.rules.length);
});

test('several findings of one account are one failure that tells all', () => {
  const text = junit(incident({ silentCalls: 3 }));
  expect(text).toContain('message="3 findings: It was open for 12 minutes and nothing was transcribed."');
  expect(text.match(/<failure /gu)).toHaveLength(5);
});

test('nothing that a terminal would obey is left of the name of a tool', () => {
  const text = junit({ ...hostile(), tool: { name: 'a\u202eb\u009b2Jc\n', version: '1' } });
  expect(text).toContain('<testsuites name="a&lt;U+202E&gt;b&lt;U+009B&gt;2Jc␊"');
});
