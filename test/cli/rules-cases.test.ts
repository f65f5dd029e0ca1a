import { execFileSync, spawn } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, cliPath, postlude } from './postlude.ts';

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-cases-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** A folder in which `postlude rules new voice/left-open` was called. */
async function begun(...options: readonly string[]): Promise<string> {
  const cwd = await mkdtemp(join(folder, 'work-'));
  const { code, stderr } = await postlude(['rules', 'new', 'voice/left-open', ...options], { cwd });
  expect([code, stderr]).toEqual([0, expect.stringContaining('Next:')]);
  return cwd;
}

const casesOf = (cwd: string) => join(cwd, 'rules/voice/left-open.cases.yaml');

describe('postlude rules new', () => {
  it('writes a rule that is right and passes its cases as it stands', async () => {
    const cwd = await begun();
    expect((await postlude(['rules', 'lint', 'rules'], { cwd })).code).toBe(0);
    const { code, stdout } = await postlude(['rules', 'test', 'rules'], { cwd });
    expect([code, stdout.replace(/in [\d.]+ m?s\n$/u, '')]).toEqual([
      0,
      'ok    voice/left-open  3 cases\n3 cases passed: 1 rule, each case in 6 arrangements, ',
    ]);
  });

  it('writes a predicate with the types of the rows', async () => {
    const cwd = await begun('--predicate');
    const [predicate, types] = await Promise.all(
      ['left-open.ts', 'left-open.types.ts'].map((file) => readFile(join(cwd, 'rules/voice', file), 'utf8')),
    );
    expect(predicate).toContain("import type { Params, Row } from './left-open.types.ts';");
    expect(types).toContain('readonly open_for: Interval | null;');
    expect((await postlude(['rules', 'types', 'rules', '--check'], { cwd })).code).toBe(0);
    expect((await postlude(['rules', 'test', 'rules'], { cwd })).code).toBe(0);
    expect((await postlude(['rules', 'test', 'rules', '--no-code'], { cwd })).code).toBe(1);
  });

  it('tells in other words what an export shows, so that nobody is recognised', async () => {
    const cwd = await mkdtemp(join(folder, 'work-'));
    const log = await readFile('fixtures/shared-profile/debugger.ndjson', 'utf8');
    const subject = /conv_conversation_01m2fja4p6f88bf0zgby0641a1/u.exec(log)?.[0] ?? '';
    const from = join(process.cwd(), 'fixtures/shared-profile');
    const { code } = await postlude(['rules', 'new', 'merge/odd', '--from', from, '--subject', subject], { cwd });
    expect(code).toBe(0);
    const cases = await readFile(join(cwd, 'rules/merge/odd.cases.yaml'), 'utf8');
    const told = log.match(/"(?:name|text|address|id|conversationId|profileId|channelId|requestId)":"([^"]+)"/gu) ?? [];
    const own = [...new Set(told.map((each) => each.split(':"')[1]?.slice(0, -1) ?? ''))].filter(
      (word) => word.length > 3,
    );
    expect(own.length).toBeGreaterThan(30);
    // Numbers of the fixture are made up themselves, and some of them in the same way.
    expect(own.filter((word) => !word.startsWith('+1555') && cases.includes(word))).toEqual([]);
    expect(cases.match(/type: \S+\.created/gu)?.length).toBe(10);
    const tested = await postlude(['rules', 'test', 'rules'], { cwd });
    expect([tested.code, tested.stdout]).toEqual([0, expect.stringContaining('ok    merge/odd  2 cases')]);
  });

  it('leaves nobody in the reasons of errors, and calls them there what they are called elsewhere', async () => {
    const cwd = await mkdtemp(join(folder, 'work-'));
    const log = await readFile('fixtures/store-outage/debugger.ndjson', 'utf8');
    const store = 'mem_store_01kz3dkwm0eczs9gd31sxbe6mz';
    const account = 'AC0123456789abcdef0123456789abcdef';
    const call = 'CAfedcba98765432100123456789abcdef';
    // Tom Barlow is in another conversation.
    const reason = `503: lookup of Clara Dupont, not Tom Barlow, in ${store} of ${account}, ${call}`;
    const from = join(cwd, 'debugger.ndjson');
    await writeFile(from, log.replaceAll('503 Service Unavailable: profile lookup did not complete', reason));
    const subject = 'conv_participant_01m2my352kexzvwp87fkk0mqyr';
    expect((await postlude(['rules', 'new', 'profile/odd', '--from', from, '--subject', subject], { cwd })).code).toBe(
      0,
    );
    const cases = await readFile(join(cwd, 'rules/profile/odd.cases.yaml'), 'utf8');
    expect(['Clara', 'Barlow', store, account, call].filter((word) => cases.includes(word))).toEqual([]);
    expect(cases).toContain('participant: customer, participantType: CUSTOMER, name: Person 1,');
    expect(cases).toContain(
      'errorReason: "503: lookup of Person 1, not Person 2, in {store:store} of ACffffffffffffffffffffffffffff0001, {call:call}"',
    );
    expect((await postlude(['rules', 'test', 'rules'], { cwd })).code).not.toBe(2);
  });

  it.each([
    [[], 'rules new needs one id for the rule: postlude rules new voice/my-rule'],
    [['my-rule'], 'the id of a rule is a folder and a name'],
    [['../up/rule'], 'the id of a rule is a folder and a name'],
    [
      ['voice/silent-call'],
      'voice/silent-call is the id of a rule that comes with postlude (rules/voice/silent-call.sql)',
    ],
    [['a/b', '--subject', 'conv_conversation_1'], '--subject goes with --from'],
    [['a/b', '--from', 'fixtures/clean-day'], '--from needs --subject'],
    [
      ['a/b', '--from', 'fixtures/clean-day', '--subject', 'mem_profile_1'],
      'a rule can begin from a conversation, a participant',
    ],
    [
      ['a/b', '--from', 'fixtures/clean-day', '--subject', 'conv_conversation_1'],
      'nothing is known of "conv_conversation_1"',
    ],
  ])('%j is refused', async (args, message) => {
    const { code, stderr, stdout } = await postlude(['rules', 'new', ...args, '--rules-dir', join(folder, 'none')]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^postlude: /u)]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('prints calls that keep the id, also where its folders lie in each other', async () => {
    const cwd = await mkdtemp(join(folder, 'work-'));
    const made = await postlude(['rules', 'new', 'a/b/c', '--rules-dir', 'mine'], { cwd });
    const call = /^ {2}postlude (rules test .*) --watch$/mu.exec(made.stderr)?.[1] ?? '';
    const { code, stdout } = await postlude(call.split(' '), { cwd });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ok {4}a\/b\/c {2}3 cases\n/u)]);
  });

  it('prints calls that a shell takes, whatever the folder is called', async () => {
    const cwd = await mkdtemp(join(folder, 'work-'));
    const { stderr } = await postlude(['rules', 'new', 'a/b', '--rules-dir', "it's (mine)"], { cwd });
    const calls = stderr.split('\n').filter((line) => line.startsWith('  postlude'));
    const words = execFileSync('sh', ['-c', `postlude() { printf '%s\\n' "$*"; }\n${calls.join('\n')}`], {
      encoding: 'utf8',
    });
    expect(words.split('\n')).toEqual([
      "rules test it's (mine)/a/b.sql --watch",
      "rules lint it's (mine)/a/b.sql",
      "audit PATH… --rules-dir it's (mine) --rules a/b",
      '',
    ]);
  });

  it('replaces nothing', async () => {
    const cwd = await begun();
    await appendFile(casesOf(cwd), '# mine\n');
    const { code, stderr } = await postlude(['rules', 'new', 'voice/left-open'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      'postlude: rules/voice/left-open.sql is there already: choose another id, or move it away first\n',
    ]);
    expect(await readFile(casesOf(cwd), 'utf8')).toMatch(/# mine\n$/u);
  });
});

describe('postlude rules test', () => {
  it('tells what is otherwise, where, and with which exit code', async () => {
    const cwd = await begun();
    const text = await readFile(casesOf(cwd), 'utf8');
    await writeFile(casesOf(cwd), text.replace('after 1 hour.', 'after 2 hours.'));
    const { code, stdout } = await postlude(['rules', 'test', 'rules'], { cwd });
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'FAIL  voice/left-open ▸ a conversation that is still open after an hour',
      '      rules/voice/left-open.cases.yaml:8',
      '      message of the finding about talk',
      '        expected  Conversation talk was still open after 2 hours.',
      '        found     Conversation talk was still open after 1 hour.',
    ]);
    const junit = await postlude(['rules', 'test', 'rules', '--format', 'junit'], { cwd });
    expect(junit.stdout).toContain('<testsuite name="voice/left-open" tests="3" failures="1" errors="0">');
    expect(junit.stdout).toContain('<failure message="message of the finding about talk">');
    const { cases } = JSON.parse((await postlude(['rules', 'test', 'rules', '--format', 'json'], { cwd })).stdout);
    expect(cases[0]).toMatchObject({ rule: 'voice/left-open', line: 8, status: 'failed' });

    const named = await postlude(['rules', 'test', 'rules', '--name', 'closed'], { cwd });
    expect([named.code, named.stdout]).toEqual([0, expect.stringContaining('1 case passed')]);
  });

  it('writes what was found, and leaves all else as it was written', async () => {
    const cwd = await begun();
    const text = await readFile(casesOf(cwd), 'utf8');
    const changed = text
      .replace('after 1 hour.', 'after 2 hours.')
      .replace('cases:\n', '# A comment.\ncases:\n')
      .replace('asOf: +2h\n', 'asOf: +2h # two hours\n');
    await writeFile(casesOf(cwd), changed);
    const { code, stderr } = await postlude(['rules', 'test', 'rules', '--update'], { cwd });
    expect([code, stderr]).toEqual([
      0,
      'rules/voice/left-open.cases.yaml: updated "a conversation that is still open after an hour"\n',
    ]);
    expect(await readFile(casesOf(cwd), 'utf8')).toBe(changed.replace('after 2 hours.', 'after 1 hour.'));
  });

  it('leaves what another case takes over, and says so', async () => {
    const cwd = await begun();
    const text = await readFile(casesOf(cwd), 'utf8');
    const shared = text
      .replace('expect:\n', 'expect: &late\n')
      .replace('after 1 hour.', 'after 2 hours.')
      .replace(/$/u, '  - name: two hours\n    asOf: +2h\n    expect: *late\n');
    await writeFile(casesOf(cwd), shared);
    const { code, stdout, stderr } = await postlude(['rules', 'test', 'rules', '--update'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      'rules/voice/left-open.cases.yaml: "a conversation that is still open after an hour" is not updated: what it expects is used elsewhere, as *late: write it out there first\n',
    ]);
    expect(stdout).toContain('3 cases passed, 1 failed');
    expect(await readFile(casesOf(cwd), 'utf8')).toBe(shared);
  });

  it('names wrong params and rules alongside, all of them, with exit code 2', async () => {
    const cwd = await begun();
    const text = await readFile(casesOf(cwd), 'utf8');
    await writeFile(
      casesOf(cwd),
      text.replace('asOf: +1h\n', 'asOf: +1h\n    params: { max: 1 }\n    alongside: [voice/gone]\n'),
    );
    const { code, stdout } = await postlude(['rules', 'test', 'rules'], { cwd });
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([
      2,
      [
        'rules/voice/left-open.cases.yaml:10:15: params.max: voice/left-open has no param max: did you mean "max_open"?',
        'rules/voice/left-open.cases.yaml:11:17: alongside names a rule that does not exist, voice/gone',
      ],
    ]);
  });

  it('names what is wrong in files, with exit code 2, and plays the rest', async () => {
    const cwd = await begun();
    await postlude(['rules', 'new', 'voice/other'], { cwd });
    const text = await readFile(casesOf(cwd), 'utf8');
    await writeFile(casesOf(cwd), text.replace('asOf: +1h', 'asof: +1h'));
    const { code, stdout } = await postlude(['rules', 'test', 'rules'], { cwd });
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([
      2,
      [
        'rules/voice/left-open.cases.yaml:9:5: unknown key "asof" in cases.0: did you mean "asOf"?',
        'ok    voice/other  3 cases',
      ],
    ]);
  });

  describe('--watch', { timeout: 90_000 }, () => {
    /** Starts it in a folder; `saved` waits for what the run after a change tells, and until it waits for the next one. */
    async function watching(cwd: string, path: string) {
      const child = spawn(process.execPath, [cliPath, 'rules', 'test', path, '--watch'], { cwd });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      const seen = (text: string) => expect.poll(() => output, { timeout: 20_000 }).toContain(text);
      await seen('waiting for a file to be saved');
      expect(output).toContain('3 cases passed');
      return {
        child,
        async saved(change: () => Promise<void>, told: string) {
          output = '';
          await change();
          await seen(told);
          await expect
            .poll(() => output.slice(output.indexOf(told)), { timeout: 20_000 })
            .toContain('waiting for a file');
        },
      };
    }

    const edited = (path: string, from: string, to: string) => async () =>
      writeFile(path, (await readFile(path, 'utf8')).replace(from, to));

    /** As editors do that keep a backup: the old file is moved away, and a new one is written. */
    const replaced = (path: string, from: string, to: string) => async () => {
      const text = await readFile(path, 'utf8');
      await rename(path, `${path}~`);
      await wait(300);
      await writeFile(path, text.replace(from, to));
    };

    it('runs again when a file of a folder is saved', async () => {
      const cwd = await begun();
      const { child, saved } = await watching(cwd, 'rules');
      try {
        await saved(edited(casesOf(cwd), 'after 1 hour.', 'after 2 hours.'), '2 cases passed, 1 failed');
        // What is being typed may be wrong for a while.
        const sql = join(cwd, 'rules/voice/left-open.sql');
        await saved(edited(sql, 'FROM conversations', 'FROM conversation'), 'unknown table conversation');
        await saved(replaced(sql, 'FROM conversation', 'FROM conversations'), '2 cases passed, 1 failed');
        await saved(() => rename(join(cwd, 'rules'), join(cwd, 'away')), 'postlude');
        await saved(() => rename(join(cwd, 'away'), join(cwd, 'rules')), '2 cases passed, 1 failed');
        await saved(edited(casesOf(cwd), 'after 2 hours.', 'after 1 hour.'), '3 cases passed');
        const other = join(cwd, 'rules/chat');
        await saved(() => cp(join(cwd, 'rules/voice'), other, { recursive: true }), '6 cases passed');
        expect(child.exitCode).toBeNull();
      } finally {
        child.kill();
      }
    });

    it('runs again when a rule that is named is saved, or what lies beside it, in whatever way', async () => {
      const cwd = await begun('--predicate');
      const sql = join(cwd, 'rules/voice/left-open.sql');
      const predicate = join(cwd, 'rules/voice/left-open.ts');
      const { child, saved } = await watching(cwd, 'rules/voice/left-open.sql');
      try {
        await saved(edited(casesOf(cwd), 'after 1 hour.', 'after 2 hours.'), '2 cases passed, 1 failed');
        await saved(replaced(casesOf(cwd), 'after 2 hours.', 'after 1 hour.'), '3 cases passed');
        await saved(edited(predicate, 'export default', 'export const other'), 'cannot be loaded');
        await saved(edited(predicate, 'export const other', 'export default'), '3 cases passed');
        await saved(replaced(sql, 'title:', 'titel:'), 'unknown key "titel"');
        await saved(replaced(sql, 'titel:', 'title:'), '3 cases passed');
        await saved(() => rename(sql, `${sql}~`), 'no such folder or file of rules: rules/voice/left-open.sql');
        await saved(() => rename(`${sql}~`, sql), '3 cases passed');
        expect(child.exitCode).toBeNull();
      } finally {
        child.kill();
      }
    });

    it('ends at once where the call is wrong', async () => {
      const { code, stderr } = await postlude(['rules', 'test', 'none.sql', '--watch'], { cwd: folder });
      expect([code, stderr]).toEqual([2, 'postlude: no such folder or file of rules: none.sql\n']);
    });
  });
});
