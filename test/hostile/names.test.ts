/** Names that a shell, SQL, a glob or a terminal would take for something else, and things that are no files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { lines } from './entries.ts';
import { type HostileCase, hostile } from './hostile.ts';

/** One entry for each name: all names are read, and each only once. */
function files(...names: readonly string[]): Pick<HostileCase, 'files' | 'counts'> {
  return {
    files: Object.fromEntries(names.map((name, at) => [name, lines(1, at + 1)])),
    counts: Object.fromEntries(names.map((name) => [name, { rows: 1 }])),
  };
}

/** The same, found in a folder. */
function inFolder(...names: readonly string[]): Pick<HostileCase, 'files' | 'counts' | 'paths'> {
  return { ...files(...names.map((name) => `in/${name}`)), paths: ['in'] };
}

const link = (target: string) => (path: string) => symlinkSync(target, path);

const hardLink = (name: string) => (path: string) => linkSync(`${dirname(path)}/${name}`, path);

/** A file beside the one that is asked for, under a name that no text can be. */
const inBytes =
  (...names: readonly (readonly [name: Buffer, number: number])[]) =>
  (path: string) => {
    for (const [name, number] of names) {
      writeFileSync(Buffer.concat([Buffer.from(`${dirname(path)}/`), name]), lines(1, number));
    }
  };

const fifo = (path: string) => {
  execFileSync('mkfifo', [path]);
};

const sockets: Server[] = [];
const socket = (path: string) =>
  new Promise<void>((resolve) => {
    sockets.push(createServer().listen(path, () => resolve()));
  });

const sealed = (content: string) => (path: string) => {
  writeFileSync(path, content);
  chmodSync(path, 0);
};

const sealedFolder = (path: string) => {
  mkdirSync(path);
  writeFileSync(`${path}/a.ndjson`, lines(1, 9));
  chmodSync(path, 0);
};

/**
 * For whom permissions do not hold, they have to be made to: without these two capabilities root reads what its owner may, as anybody
 * does. Without the program for it the cases fail, as they should not be taken for tried.
 */
const withoutPrivileges =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : [];

/** For whoever removes them. */
function unseal(folder: string): void {
  execFileSync('chmod', ['-R', 'u+rwX', folder]);
}

async function closeSockets(): Promise<void> {
  for (const server of sockets.splice(0)) await new Promise((resolve) => server.close(resolve));
}

const name255 = `${'ä'.repeat(124)}.ndjson`;
/** One level of it is 201 bytes with its slash. */
const level = 'd'.repeat(200);

/** Folders in each other, made from the innermost one: the whole path is longer than the system takes. */
const deep = (levels: number) => (path: string) => {
  mkdirSync(path);
  for (let made = 0; made < levels; made++) {
    const inner = `${path}.inner`;
    renameSync(path, inner);
    mkdirSync(path);
    renameSync(inner, `${path}/${level}`);
    writeFileSync(`${path}/${level}/a.ndjson`, lines(1));
  }
};

const removeDeep = (folder: string) => {
  execFileSync('rm', ['-rf', folder]);
};

const noDevice = 'cannot be read: it is a device, not a file or a pipe.';
const denied = 'cannot be read: permission denied. Change its permissions or run as its owner.';

hostile('names', [
  { name: 'blanks', ...files('a b.ndjson', ' a', 'c ', '\u00a0', '  ') },
  { name: 'quotes', ...files("it's.ndjson", 'say "hi".ndjson', '`id`.ndjson', "''", '"', "\\'.ndjson") },
  { name: 'line ends and tabs', ...files('two\nlines.ndjson', 'tab\t.ndjson', 'c\r\n', '\n') },
  { name: 'line ends and tabs, in a folder', ...inFolder('two\nlines.ndjson', 'tab\t.ndjson', '\n') },
  {
    name: 'leading dashes, behind --',
    ...files('-x.ndjson', '--format', '--', '-'.repeat(5)),
    paths: [],
    args: ['--', '-x.ndjson', '--format', '--', '-----'],
  },
  {
    name: 'leading dashes, in a folder',
    ...inFolder('-x.ndjson', '--format=json', '--help', '--', '-'),
  },
  { name: 'a dash alone as a file', ...files('./-'), files: { '-': lines(1) }, paths: ['./-'] },
  {
    name: 'a dash alone, which is standard input',
    files: { '-': lines(1) },
    issues: ['error: stdin: not an export that postlude knows: empty file.'],
    code: 2,
  },
  {
    name: 'glob characters that are names',
    files: {
      ...Object.fromEntries(
        ['a[1].ndjson', '*.ndjson', '?.ndjson', '{a,b}.ndjson', '!x', '(a|b)', '[!a]', '**'].map((name, at) => [
          name,
          lines(1, at + 1),
        ]),
      ),
      'a1.ndjson': lines(1, 50),
      'a.ndjson': lines(1, 51),
      x: lines(1, 52),
    },
    paths: ['a[1].ndjson', '*.ndjson', '?.ndjson', '{a,b}.ndjson', '!x', '(a|b)', '[!a]', '**'],
    counts: Object.fromEntries(
      ['a[1].ndjson', '*.ndjson', '?.ndjson', '{a,b}.ndjson', '!x', '(a|b)', '[!a]', '**'].map((name) => [
        name,
        { rows: 1 },
      ]),
    ),
  },
  {
    name: 'glob characters in names of a folder, and in its own',
    files: Object.fromEntries(
      ['[a]*?{b,c}/a[1].ndjson', '[a]*?{b,c}/*', 'a/a1.ndjson'].map((name, at) => [name, lines(1, at + 1)]),
    ),
    paths: ['[a]*?{b,c}'],
    counts: { '[a]*?{b,c}/a[1].ndjson': { rows: 1 }, '[a]*?{b,c}/*': { rows: 1 } },
  },
  {
    name: 'glob characters in names that a pattern matches',
    ...files('a[1].ndjson', 'a*.ndjson', 'a1.ndjson'),
    paths: ['a?*.ndjson'],
  },
  {
    name: 'a pattern that nothing matches',
    files: {},
    paths: ['[z]*.ndjson', '{', '[', '!(', '**/['],
    issues: ['[z]*.ndjson', '{', '[', '!(', '**/['].map(
      (path) => `error: ${path}: no file matches this pattern: check it, and quote it if the shell changed it.`,
    ),
    code: 2,
  },
  { name: 'backslashes', ...files('a\\b.ndjson', '\\', 'C:\\x.ndjson', '\\*', 'end\\') },
  {
    name: 'what a shell would run',
    ...files(
      '$(touch owned).ndjson',
      ';touch owned;',
      '|x',
      '&',
      '> y',
      '~',
      '$HOME',
      '*;$IFS',
      '%s%n%d',
      '#x',
      'a=b',
      '\u2028',
    ),
    after(folder) {
      if (existsSync(`${folder}/owned`)) throw new Error('a name was run');
    },
  },
  {
    name: 'dots',
    ...files('a..ndjson', '...', 'end.', '..a'),
  },
  {
    name: 'steps to the folder above',
    files: { 'a/b.ndjson': lines(1), 'c.ndjson': lines(1, 2) },
    paths: ['a/../c.ndjson', 'a/./b.ndjson', './/a//../a/b.ndjson'],
    // It is shown as it was named first in the order of names.
    counts: { 'a/../c.ndjson': { rows: 1 }, './/a//../a/b.ndjson': { rows: 1 } },
  },
  { name: 'names of 255 bytes', ...files(name255, `${'x'.repeat(255)}`) },
  {
    name: 'a name that is too long',
    files: {},
    paths: ['x'.repeat(256)],
    issues: [/^error: x{256}: cannot be read: ENAMETOOLONG: name too long/],
    code: 2,
  },
  {
    name: 'folders as deep as paths can be',
    files: { deep: deep(18) },
    paths: ['deep'],
    counts: Object.fromEntries(
      Array.from({ length: 18 }, (_, at) => [
        `deep${`/${level}`.repeat(at + 1)}/a.ndjson`,
        at === 0 ? { rows: 1 } : { duplicates: 1 },
      ]),
    ),
    after: removeDeep,
  },
  {
    name: 'folders deeper than paths can be',
    files: { deep: deep(30) },
    paths: ['deep'],
    issues: [/^error: deep(\/d{200}){20}\/?(a\.ndjson|d{200})?: cannot be read: ENAMETOOLONG/],
    counts: Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `deep${`/${level}`.repeat(at + 1)}/a.ndjson`,
        at === 0 ? { rows: 1 } : { duplicates: 1 },
      ]),
    ),
    code: 2,
    after: removeDeep,
  },
  {
    name: 'names that are not UTF-8',
    files: {
      'in/plain.ndjson': inBytes(
        [Buffer.from('latin-\xfc.ndjson', 'latin1'), 1],
        [Buffer.from('latin-\xe4.ndjson', 'latin1'), 2],
        [Buffer.from('\xff', 'latin1'), 3],
      ),
    },
    paths: ['in'],
    counts: {
      'in/\\xFF': { rows: 1 },
      'in/latin-\\xE4.ndjson': { rows: 1 },
      'in/latin-\\xFC.ndjson': { rows: 1 },
    },
  },
  {
    name: 'names of surrogates and of overlong and cut-off characters',
    files: {
      'in/plain.ndjson': inBytes(
        [Buffer.from('\xed\xa0\x80', 'latin1'), 1],
        [Buffer.from('\xc0\xaf', 'latin1'), 2],
        [Buffer.from('\xf0\x9f\x98', 'latin1'), 3],
      ),
    },
    paths: ['in'],
    counts: {
      'in/\\xED\\xA0\\x80': { rows: 1 },
      'in/\\xC0\\xAF': { rows: 1 },
      'in/\\xF0\\x9F\\x98': { rows: 1 },
    },
  },
  { name: 'one name composed and decomposed', ...files('caf\u00e9.ndjson', 'cafe\u0301.ndjson') },
  { name: 'names that differ only by case', ...inFolder('a.ndjson', 'A.ndjson', 'A.NDJSON', 'ß', 'ẞ') },
  {
    name: 'what a terminal would obey',
    ...files(
      '\u001b[2J\u001b[31mred.ndjson',
      '\u202etxt.exe',
      '\u0007',
      '\u009b31m',
      '\u200b',
      '\ufeff',
      'a\u0008\u0008b',
      '\u007f',
    ),
  },
  {
    name: 'what a terminal would obey, in messages',
    files: { '\u001b]0;title\u0007': '', 'in/\u202e\u001b[2J': '', 'in/a\nb': 'x' },
    paths: ['\u001b]0;title\u0007', 'in', '\u001b[2Jgone', 'gone\npostlude: fine'],
    issues: [
      /^error: .*2Jgone: no file matches this pattern/u,
      'error: gone\npostlude: fine: no such file or folder: check the path.',
      /^error: .*title.*: not an export that postlude knows: empty file\.$/u,
    ],
    code: 2,
  },
  {
    name: 'SQL',
    ...files(
      "'; DROP TABLE event_log; --.ndjson",
      "') UNION SELECT 1 --",
      '$$',
      '$1',
      '$&',
      '"event_log"',
      ':memory:',
      "e'\\x27",
    ),
  },
  {
    name: 'the holes of statements',
    ...files('{{files}}', '{{file_ids}}', '{{body_type}}', '{{fields}}', '{{body}}', '{{text_hash}}', '{{recipients}}'),
    paths: ['{{files}}', '{{file_ids}}', '{{body_type}}', '{{fields}}', '{{body}}', '{{text_hash}}', '{{recipients}}'],
  },
  {
    name: 'names that DuckDB would take for another place or container',
    ...files('s3:', 'file:', 'https:', 'a.gz', 'b.zst', 'c.parquet', 'd.csv', 'year=2026', 'NUL', 'CON'),
  },
  {
    name: 'addresses',
    files: { 's3:/bucket/a.ndjson': lines(1), 'file:/a.ndjson': lines(1, 2) },
    paths: ['s3://bucket/a.ndjson', 'file:///a.ndjson', 'https://example.org/a.ndjson'],
    counts: { 's3://bucket/a.ndjson': { rows: 1 }, 'file:///a.ndjson': { rows: 1 } },
    issues: ['error: https://example.org/a.ndjson: no such file or folder: check the path.'],
    code: 2,
  },
  {
    name: 'folders that look like keys and values',
    ...inFolder('account_id=1/a.ndjson', 'logId=x/file_index=2/b.ndjson'),
  },
  {
    name: 'hidden files, which are read only where they are named',
    files: {
      'in/.hidden': lines(1),
      'in/.git/a.ndjson': lines(1, 2),
      'in/a.ndjson': lines(1, 3),
      '.named': lines(1, 4),
    },
    paths: ['in', '.named'],
    counts: { 'in/a.ndjson': { rows: 1 }, '.named': { rows: 1 } },
  },
  {
    name: 'hidden files alone',
    files: { 'in/.hidden': lines(1) },
    paths: ['in'],
    issues: ['error: in: no files in this folder (names that begin with a dot are passed over).'],
    code: 2,
  },
  {
    name: 'a folder that holds nothing',
    files: { empty: (path) => mkdirSync(path), 'nested/empty': (path) => mkdirSync(path) },
    issues: [
      'error: empty: no files in this folder (names that begin with a dot are passed over).',
      'error: nested/empty: no files in this folder (names that begin with a dot are passed over).',
    ],
    code: 2,
  },
  { name: 'a folder named as a file', ...files('a.ndjson/b.ndjson'), paths: ['a.ndjson'] },
  {
    name: 'a file named as a folder',
    files: { 'a.ndjson': lines(1) },
    paths: ['a.ndjson/', 'a.ndjson/b.ndjson'],
    issues: ['a.ndjson/', 'a.ndjson/b.ndjson'].map((path) => `error: ${path}: no such file or folder: check the path.`),
    code: 2,
  },
  {
    name: 'one file named twice, by other ways and in its folder',
    files: { 'in/a.ndjson': lines(2) },
    paths: [
      'in/a.ndjson',
      './in/a.ndjson',
      'in',
      'in/a.ndjson',
      'in/../in/a.ndjson',
      '/proc/self/cwd/in/a.ndjson',
      'in/*.ndjson',
    ],
    counts: { './in/a.ndjson': { rows: 2 } },
  },
]);

hostile('links', [
  {
    name: 'in a circle, to itself, and to nowhere',
    files: {
      'in/a': link('b'),
      'in/b': link('a'),
      'in/self': link('self'),
      'in/gone': link('nowhere'),
      'in/c.ndjson': lines(1),
    },
    paths: ['in'],
    counts: { 'in/c.ndjson': { rows: 1 } },
    issues: [
      'error: in/a: a link that leads to itself.',
      'error: in/b: a link that leads to itself.',
      'error: in/gone: a link that leads nowhere, or a file that was taken away meanwhile.',
      'error: in/self: a link that leads to itself.',
    ],
    code: 2,
  },
  {
    name: 'that are named and lead nowhere or to themselves',
    files: { self: link('self'), gone: link('nowhere') },
    issues: ['error: self: a link that leads to itself.', 'error: gone: a link that leads nowhere.'],
    code: 2,
  },
  {
    name: 'to folders above',
    files: { 'in/a.ndjson': lines(1), 'in/up': link('..'), 'in/self': link('.'), 'in/down/in': link('../../in') },
    paths: ['in'],
    counts: { 'in/a.ndjson': { rows: 1 } },
  },
  {
    name: 'two to one file',
    files: { 'in/z.ndjson': lines(2), 'in/a': link('z.ndjson'), 'in/b': link('a') },
    paths: ['in', 'in/b'],
    counts: { 'in/b': { rows: 2 } },
  },
  {
    name: 'two to one folder',
    files: { 'in/x/z.ndjson': lines(2), 'in/a': link('x'), 'in/b': link('x') },
    paths: ['in'],
    counts: { 'in/a/z.ndjson': { rows: 2 } },
  },
  {
    name: 'hard ones, which are files of their own',
    files: { 'a.ndjson': lines(2), 'b.ndjson': hardLink('a.ndjson') },
    counts: { 'a.ndjson': { rows: 2 }, 'b.ndjson': { duplicates: 2 } },
  },
  {
    name: 'to a device, a pipe and a file of the system in a folder',
    files: {
      'in/zero': link('/dev/zero'),
      'in/full': link('/dev/full'),
      'in/a.ndjson': lines(1),
      'in/mem': link('/proc/self/mem'),
    },
    paths: ['in'],
    counts: { 'in/a.ndjson': { rows: 1 } },
    issues: [/^error: in\/mem: cannot be read: /],
    code: 2,
  },
]);

hostile('what is no file', [
  {
    name: 'a pipe and a socket in a folder',
    files: { 'in/pipe': fifo, 'in/socket': socket, 'in/a.ndjson': lines(1) },
    paths: ['in'],
    counts: { 'in/a.ndjson': { rows: 1 } },
    after: closeSockets,
  },
  {
    name: 'a socket that is named',
    files: { socket },
    issues: [/^error: socket: cannot be read: ENXIO/],
    code: 2,
    after: closeSockets,
  },
  {
    name: 'devices without an end, and one that is empty',
    files: {},
    paths: ['/dev/zero', '/dev/full', '/dev/urandom', '/dev/null'],
    issues: ['/dev/zero', '/dev/full', '/dev/urandom', '/dev/null'].map((path) => `error: ${path}: ${noDevice}`),
    code: 2,
  },
  {
    name: 'files of the system',
    files: {},
    paths: ['/proc/self/mem', '/proc/self/status', '/proc/self/environ'],
    issues: [
      /^error: \/proc\/self\/mem: cannot be read: EIO/,
      /^error: \/proc\/self\/environ: not an export that postlude knows: /,
      /^error: \/proc\/self\/status: not an export that postlude knows: /,
    ],
    code: 2,
  },
]);

hostile('what may not be read', [
  {
    name: 'files and folders that are named',
    files: { 'a.ndjson': sealed(lines(1)), sealed: sealedFolder, 'b.ndjson': lines(1, 2) },
    through: withoutPrivileges,
    counts: { 'b.ndjson': { rows: 1 } },
    issues: [`error: sealed: ${denied}`, `error: a.ndjson: ${denied}`],
    code: 2,
    after: unseal,
  },
  {
    name: 'files and folders in a folder',
    files: { 'in/a.ndjson': sealed(lines(1)), 'in/sealed': sealedFolder, 'in/b.ndjson': lines(1, 2) },
    paths: ['in'],
    through: withoutPrivileges,
    counts: { 'in/b.ndjson': { rows: 1 } },
    issues: [`error: in/sealed: ${denied}`, `error: in/a.ndjson: ${denied}`],
    code: 2,
    after: unseal,
  },
  {
    name: 'what stands in a folder that may not be entered',
    files: { sealed: sealedFolder },
    paths: ['sealed/a.ndjson', 'sealed/*.ndjson'],
    through: withoutPrivileges,
    issues: [`error: sealed/a.ndjson: ${denied}`, /^error: sealed\/\*\.ndjson: /],
    code: 2,
    after: unseal,
  },
]);
