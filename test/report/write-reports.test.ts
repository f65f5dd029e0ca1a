import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import { auditFormats, parseReportSpecs as parseSpecs, writeReports } from '../../src/report/index.ts';
import { plainReport } from '../../src/report/options.ts';
import { writeWhole } from '../../src/report/target.ts';
import { incident } from './incident.ts';

const parseReportSpecs = (texts: readonly string[]) => parseSpecs(texts, auditFormats);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(...formats: string[]): Promise<string> {
  let printed = '';
  await writeReports(await parseReportSpecs(formats), incident(), { ...plainReport, colour: true }, async (text) => {
    printed += text;
  });
  return printed;
}

describe('formats', () => {
  test('one goes to standard output, the others to their files', async () => {
    const printed = await write(
      'terminal',
      `json=${join(folder, 'a=b.json')}`,
      `terminal=${join(folder, 'report.txt')}`,
    );
    expect(printed).toContain('profile/store-outage');
    expect(printed).toContain('\u001b[');
    expect(JSON.parse(await readFile(join(folder, 'a=b.json'), 'utf8')).tool.name).toBe('postlude');
    expect(await readFile(join(folder, 'report.txt'), 'utf8')).not.toContain('\u001b');
    expect((await readdir(folder)).sort()).toEqual(['a=b.json', 'report.txt']);
  });

  test('an existing file is replaced whole', async () => {
    const file = join(folder, 'report.json');
    await writeFile(file, 'x'.repeat(1_000_000));
    await write(`json=${file}`);
    expect(JSON.parse(await readFile(file, 'utf8')).findings).toHaveLength(23);
  });

  test.each([
    ['an unknown one', ['jsn'], /unknown format "jsn": did you mean "json"\?/],
    ['two to standard output', ['json', 'terminal'], /only one --format can go to standard output/],
    ['an empty file name', ['json='], /names no file/],
  ])('%s is refused', async (_, formats, message) => {
    await expect(parseReportSpecs(formats)).rejects.toThrow(UserError);
    await expect(parseReportSpecs(formats)).rejects.toThrow(message);
  });

  test('two to one file are refused, also where it is spelt differently', async () => {
    const specs = parseReportSpecs([`json=${folder}/x`, `terminal=${folder}/../${folder.split('/').at(-1)}/x`]);
    await expect(specs).rejects.toThrow(/two --format go to/);
  });

  test('a folder that does not exist is refused before any work, on one line', async () => {
    const specs = parseReportSpecs([`json=${folder}/nowhere/x.json`]);
    await expect(specs).rejects.toThrow(UserError);
    await expect(specs).rejects.toThrow(
      /^cannot write .*nowhere\/x\.json: there is no folder .*nowhere; create it first$/,
    );
  });

  test('a folder in place of the file is refused', async () => {
    await mkdir(join(folder, 'x'));
    await expect(parseReportSpecs([`json=${folder}/x`])).rejects.toThrow(/it is a folder/);
    await writeFile(join(folder, 'file'), '');
    await expect(parseReportSpecs([`json=${folder}/file/x`])).rejects.toThrow(UserError);
  });
});

describe('files are whole or not there', () => {
  function* breaking(): Generator<string> {
    yield 'x'.repeat(3_000_000);
    throw new Error('the report broke');
  }

  test('a report that breaks leaves the old file and nothing else', async () => {
    const file = join(folder, 'report.txt');
    await writeFile(file, 'old');
    await expect(writeWhole(file, breaking())).rejects.toThrow('the report broke');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['report.txt']);
  });

  test('also one of bytes that breaks while it is waited for', async () => {
    async function* late(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(3_000_000);
      await Promise.resolve();
      throw new Error('the report broke');
    }
    const file = join(folder, 'report.bin');
    await expect(writeWhole(file, late())).rejects.toThrow('the report broke');
    expect(await readdir(folder)).toEqual([]);
  });

  test('text and bytes keep their order', async () => {
    const file = join(folder, 'report.bin');
    await writeWhole(file, ['a', 'b', new Uint8Array([0x63]), 'd', new Uint8Array([0xff]), 'e']);
    expect(await readFile(file, 'latin1')).toBe('abcd\u00ffe');
  });

  test('a link is followed, not replaced', async () => {
    await writeFile(join(folder, 'real.txt'), 'old');
    await symlink('real.txt', join(folder, 'link.txt'));
    await writeWhole(join(folder, 'link.txt'), ['new']);
    expect(await readFile(join(folder, 'real.txt'), 'utf8')).toBe('new');
  });

  test('a device is written as it is', async () => {
    await writeWhole('/dev/null', ['text']);
  });

  test('one that cannot be written does not keep the others from being so', async () => {
    const specs = await parseReportSpecs([`json=${folder}/gone/a.json`, `json=${folder}/b.json`, 'terminal'].slice(1));
    await mkdir(join(folder, 'gone'));
    const all = [...(await parseReportSpecs([`json=${folder}/gone/a.json`])), ...specs];
    await rm(join(folder, 'gone'), { recursive: true });
    let printed = '';
    const written = writeReports(all, incident(), plainReport, async (text) => {
      printed += text;
    });
    await expect(written).rejects.toThrow(/cannot write .*gone\/a\.json/);
    expect(printed).toContain('profile/store-outage');
    expect(await readdir(folder)).toEqual(['b.json']);
  });
});
