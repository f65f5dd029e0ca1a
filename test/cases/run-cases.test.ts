/** Rules that are wrong in one way each, and cases that are: what playing the cases says of them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaseResults, testRules } from '../../src/cases/test.ts';
import { findRules } from '../../src/rules/discover.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-cases-'));
});
afterAll(() => rm(folder, { recursive: true }));

const header = (more = '') => `/*
title: A rule
severity: warning
subject: conversation
reference: https://example.com/
params:
  min: { type: integer, default: 1, description: How many. }
causes:
  found: { message: "Conversation {subject_id} at {at} by {participants}.", fix: Look. }
${more}*/
`;
const columns = `account_id, conversation_id AS subject_id, 'found' AS cause, created_at AS at, participants, event_keys`;
const sound = `${header()}SELECT ${columns} FROM conversations WHERE participants >= $min`;

const events = `
given:
  events:
    - { type: conversation.created, at: +1s, conversation: talk }
    - { type: participant.created, at: +2s, conversation: talk, participant: ann, participantType: CUSTOMER }
`;
const cases = (text: string) => `${events}cases:\n${text}`;
const silent =
  '  - { name: nobody came, given: false, events: [{ type: conversation.created, conversation: talk }], expect: [] }\n';
const usual = `  - { name: somebody came, expect: [{ subject: talk, cause: found, severity: warning, certainty: confirmed }] }\n${silent}`;

async function play(files: Readonly<Record<string, string>>, name?: string): Promise<CaseResults> {
  const own = await mkdtemp(join(folder, 'rules-'));
  await mkdir(join(own, 'my'));
  for (const [file, text] of Object.entries(files)) await writeFile(join(own, 'my', file), text);
  const { rules } = await findRules([own]);
  return testRules(rules, { rules, code: true, ...(name === undefined ? {} : { name }) });
}

const playOne = (sql: string, text: string) => play({ 'rule.sql': sql, 'rule.cases.yaml': cases(text) });

/** `what: expected → found`, with the arrangement in front where it is not the one that was written. */
function differences({ outcomes }: CaseResults): readonly string[] {
  return outcomes.flatMap(({ name, failure, differences: all }) => [
    ...(failure === null ? [] : [`${name}: ${failure}`]),
    ...all.map(({ what, expected, found, arrangement }) =>
      [`${name}: `, arrangement === undefined ? '' : `${arrangement}: `, `${what}: ${expected} → ${found}`].join(''),
    ),
  ]);
}

describe('cases', () => {
  it('that come out as they expect say nothing', async () => {
    const results = await playOne(sound, usual);
    expect(results.problems).toEqual([]);
    expect(differences(results)).toEqual([]);
    expect(results.outcomes.map(({ name, line }) => [name, line])).toEqual([
      ['somebody came', 7],
      ['nobody came', 8],
    ]);
  });

  it('tell what is otherwise, in their own words', async () => {
    const results = await playOne(
      sound,
      `  - name: somebody came
    expect:
      - subject: talk
        severity: error
        message: Conversation talk at +1s by 2.
        firstSeen: +3s
        related: [participant ann]
        evidence: [+1s conversation.created]
        data: { participants: 2, at: +1s }
${silent}`,
    );
    expect(differences(results)).toEqual([
      'somebody came: severity of the finding about talk: error → warning',
      'somebody came: message of the finding about talk: Conversation talk at +1s by 2. → Conversation talk at +1s by 1.',
      'somebody came: related of the finding about talk: ["participant ann"] → []',
      'somebody came: firstSeen of the finding about talk: +3s → +1s',
      'somebody came: data.participants of the finding about talk: 2 → 1',
    ]);
  });

  it('tell of findings that nobody expects, and of those that do not come', async () => {
    const results = await playOne(
      sound,
      `  - { name: somebody came, expect: [] }\n  - { name: nobody came, given: false, events: [{ type: conversation.created, conversation: talk }], expect: [{ subject: talk }] }\n`,
    );
    expect(differences(results)).toEqual([
      'somebody came: finding about talk: no finding → {"subject":"talk","cause":"found","certainty":"confirmed","severity":"warning"}',
      'nobody came: finding about talk: {"subject":"talk"} → no finding',
    ]);
  });

  it('can set params, and are played with them alone', async () => {
    const results = await playOne(sound, `${usual}  - { name: one is too few, params: { min: 2 }, expect: [] }\n`);
    expect(differences(results)).toEqual([]);
  });

  it('can look at a step of the SQL', async () => {
    const sql = `${header()}WITH
met AS (SELECT account_id, conversation_id, participant_id, created_at FROM participants)
SELECT ${columns} FROM conversations SEMI JOIN met USING (account_id, conversation_id) WHERE participants >= $min`;
    const right = `${usual}  - { name: a step, ctes: { met: [{ participant_id: ann, created_at: +2s }] } }\n`;
    expect(differences(await playOne(sql, right))).toEqual([]);
    const wrong = `${usual}  - { name: a step, ctes: { MET: [{ participant_id: bob }] } }\n`;
    expect(differences(await playOne(sql, wrong))).toEqual([
      'a step: rows of MET: {"participant_id":"bob"} → undefined',
      'a step: rows of MET: undefined → {"participant_id":"ann"}',
    ]);
  });

  it('end when they say, and not before their last event', async () => {
    const sql = `${header()}SELECT ${columns} FROM conversations WHERE observed_until - created_at >= INTERVAL 1 MINUTE AND $min > 0`;
    const results = await playOne(
      sql,
      `  - { name: old, asOf: +1m1s, expect: [{ subject: talk }] }
  - { name: young, asOf: +1m0.999s, expect: [] }
  - { name: cut, asOf: +1s, expect: [] }\n`,
    );
    expect(differences(results)).toEqual(['cut: asOf +1s is earlier than the last event']);
  });

  it('that fail while they run fail alone, and in their own words', async () => {
    const text = cases(`${usual}  - name: three came
    given: false
    events:
      - { type: conversation.created, conversation: chat }
      - { type: participant.created, conversation: chat, participant: bob }
      - { type: participant.created, conversation: chat, participant: eve }
      - { type: participant.created, conversation: chat, participant: mia }
    expect: [{ subject: chat }]
`);
    const thrown = await play({
      'rule.sql': sound,
      'rule.ts': `import { predicate } from 'postlude';
export default predicate((row) => {
  if (row.participants === 3n || row.participants === 3) throw new Error('nothing for ' + row.subject_id);
  return true;
});
`,
      'rule.cases.yaml': text,
    });
    expect(differences(thrown)).toEqual([expect.stringMatching(/^three came: \S*rule\.ts:3: .*nothing for chat$/u)]);

    const number = 'CASE WHEN participants = 3 THEN CAST(conversation_id AS INTEGER) ELSE 1 END';
    const refused = await playOne(
      sound.replace('$min', `$min AND ${number} = 1`),
      text.slice(text.indexOf('cases:\n') + 7),
    );
    expect(differences(refused)).toEqual([
      expect.stringMatching(/^three came: \S*rule\.sql: .*Could not convert string 'chat' to INT32/u),
    ]);
  });

  it('can be chosen by a part of their name', async () => {
    const { outcomes } = await play({ 'rule.sql': sound, 'rule.cases.yaml': cases(usual) }, 'NOBODY');
    expect(outcomes.map(({ name }) => name)).toEqual(['nobody came']);
  });

  it('of several rules play together and know nothing of each other', async () => {
    const results = await play({
      'one.sql': sound,
      'one.cases.yaml': cases(usual),
      'two.sql': sound,
      'two.cases.yaml': cases(usual),
    });
    expect(results.outcomes.map(({ ruleId, name }) => `${ruleId} ${name}`)).toEqual([
      'my/one somebody came',
      'my/one nobody came',
      'my/two somebody came',
      'my/two nobody came',
    ]);
    expect(differences(results)).toEqual([]);
  });
});

describe('arrangements of the same show a rule that', () => {
  const broken = async (select: string, more = usual) => differences(await playOne(`${header()}${select}`, more));

  it('depends on the order in the file', async () => {
    const seen = await broken(
      `SELECT account_id, arg_min(conversation_id, event_key) AS subject_id, 'found' AS cause, min(event_time) AS at, 1 AS participants,
        [min_by(event_key, event_key)] AS event_keys, arg_min(event_type, event_key) AS first_type
      FROM events WHERE $min > 0 GROUP BY account_id HAVING count(*) > 1 AND arg_min(event_type, event_key) = 'conversation.created'`,
    );
    expect(seen.filter((line) => line.includes('the export is shuffled') || line.includes('split'))).not.toEqual([]);
  });

  it('knows a date', async () => {
    const seen = await broken(
      `SELECT ${columns} FROM conversations WHERE participants >= $min AND created_at < TIMESTAMPTZ '2027-01-01'`,
    );
    expect(seen).toEqual([
      'somebody came: it happens a year later: finding about talk: {"subject":"talk","cause":"found","certainty":"confirmed","severity":"warning"} → no finding',
    ]);
  });

  it('mixes accounts', async () => {
    const seen = await broken(
      `SELECT ${columns} FROM conversations WHERE participants >= $min AND NOT EXISTS (
        FROM communications WHERE communications.first_seen BETWEEN conversations.first_seen AND conversations.last_seen + INTERVAL 2 MINUTE)`,
    );
    expect(seen.join('\n')).toContain('somebody came');
  });
});

describe('files of cases are refused where they', () => {
  const problems = async (text: string, sql = sound) =>
    (await play({ 'rule.sql': sql, 'rule.cases.yaml': text })).problems.map(
      ({ line, column, message }) => `${line}:${column}: ${message}`,
    );

  it('have no case that matches, or only such', async () => {
    expect(await problems(`cases:\n${silent}`)).toEqual(['1:1: no case matches: at least one has to expect a finding']);
    expect(await problems('cases:\n  - { name: a, expect: [{ subject: talk }] }')).toEqual([
      '1:1: every case matches: at least one has to expect none (expect: [])',
    ]);
  });

  it('have two cases of one name, cases that expect nothing, causes and steps that are not there', async () => {
    expect(
      await problems(`cases:
  - { name: a, expect: [] }
  - { name: a, expect: [{ subject: talk, cause: fond }] }
  - { name: b, events: [] }
  - { name: c, ctes: { met: [] } }
`),
    ).toEqual([
      '3:7: another case has the name "a"',
      '3:42: the cause "fond" is not declared: did you mean "found"?',
      '4:5: the case "b" expects nothing: give it expect (a list of findings, [] for none) or ctes',
      '5:24: the SQL has no step "met"',
    ]);
  });

  it('have keys that nothing has, and values of another kind', async () => {
    expect(
      await problems(`cases:
  - name: a
    event: []
    asOf: tomorrow
    events: [{ type: conversation.created, conversatoin: talk }]
    expect: [{ subject: talk, severity: bad }]
`),
    ).toEqual([
      '3:5: unknown key "event" in cases.0: did you mean "events"?',
      '4:5: cases.0.asOf must be a time such as +30s, -2d, +1h30m or 2026-09-14T08:00:00Z: "tomorrow"',
      '5:44: unknown key "conversatoin" in cases.0.events.0: did you mean "conversation"?',
      '6:31: cases.0.expect.0.severity must be one of info, warning, error, critical, not "bad"',
    ]);
  });

  it('have params and rules alongside that are not there, or have other values', async () => {
    expect(
      await problems(`cases:
  - { name: a, params: { max: 2, min: many }, expect: [{ subject: talk }] }
  - { name: b, alongside: [my/rule, my/rul, other], expect: [] }
`),
    ).toEqual([
      '2:26: params.max: my/rule has no param max: it has min',
      '2:34: params.min must be a whole number: "many"',
      '3:37: alongside names a rule that does not exist, my/rul: did you mean "my/rule"?',
      '3:45: alongside names a rule that does not exist, other',
    ]);
  });

  it('are none, or have a start, numbers and names that are none', async () => {
    const must = 'must not be empty: write a case that must match and one that must not';
    expect(await problems('cases: []\n')).toEqual([`1:1: cases ${must}`]);
    expect(
      await problems(`start: yesterday
cases:
  - { name: "", lean: 1, asOf: 5, events: [{ type: diagnostic, errorCode: 1.5 }], expect: [{ subject: "" }] }
`),
    ).toEqual([
      '1:1: start must be a time such as 2026-09-14T08:00:00Z: "yesterday"',
      '3:7: cases.0.name must not be empty',
      '3:17: cases.0.lean must be true or false: 1',
      '3:26: cases.0.asOf must be text: 5',
      '3:64: cases.0.events.0.errorCode must be a whole number: 1.5',
      '3:94: cases.0.expect.0.subject must not be empty',
    ]);
    expect(await problems('cases: []\n---\ncases: []\n')).toEqual([
      '2:1: the file of cases holds a second YAML document: take away the line --- and what does not belong there',
    ]);
  });

  it('are not there at all', async () => {
    const { problems: told } = await play({ 'rule.sql': sound });
    expect(told.map(({ message }) => message)).toEqual([
      'the rule has no cases: write one that must match and one that must not into a .cases.yaml file beside it',
    ]);
  });
});

it('what no export can hold is told of the case that says it', async () => {
  const odd = '  - { name: a message to nobody, messages: [{ sid: hello }], expect: [] }\n';
  const page = odd.replace('nobody', 'nobody on a page').replace('expect', 'incomplete: [messages], expect');
  expect(differences(await playOne(sound, `${usual}${odd}${page}`))).toEqual([
    'a message to nobody: an event or record is none that postlude knows: no known shape',
    expect.stringContaining('a message to nobody on a page: an event or record is none that postlude knows: '),
  ]);
});

describe('a rule that cannot be played', () => {
  it('fails its cases, and only those', async () => {
    const results = await play({
      'good.sql': sound,
      'good.cases.yaml': cases(usual),
      'bad.sql': `${header()}SELECT ${columns}, nothing FROM conversations WHERE participants >= $min`,
      'bad.cases.yaml': cases(usual),
      'worse.sql': `${header()}SELECT * FROM read_text('/etc/passwd') WHERE $min > 0`,
      'worse.cases.yaml': cases(usual),
    });
    const failures = results.outcomes.map(({ ruleId, failure }) => `${ruleId}: ${failure?.replace(/^.*\/my\//u, '')}`);
    expect([...new Set(failures)]).toEqual([
      expect.stringMatching(/^my\/bad: bad\.sql:11:113: .*"nothing"/u),
      'my/good: undefined',
      expect.stringMatching(/^my\/worse: worse\.sql:11:15: the table function read_text is refused/u),
    ]);
  });
});
