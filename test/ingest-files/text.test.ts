import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compression } from '../../src/ingest/decompress.ts';
import { asUtf8, type Encoding, openText } from '../../src/ingest/text.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postlude-text-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(bytes: Buffer, compression: Compression, encoding: Encoding = 'utf-8') {
  const path = join(folder, 'input');
  writeFileSync(path, bytes);
  const source = openText(path, { compression, encoding });
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.chunks) chunks.push(chunk);
  return { text: Buffer.concat(chunks), problem: source.problem() };
}

/** Text that hardly shrinks, so that the compressed form is long. */
const noise = (length: number) => {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return 33 + ((state >>> 16) % 90);
    }),
  );
};

describe('gzip', () => {
  it('reads several members, wherever they meet the borders of what is read at once', async () => {
    const parts = [noise(70_000), noise(65_400), Buffer.from('end')];
    const { text, problem } = await read(Buffer.concat(parts.map((part) => gzipSync(part))), 'gzip');
    expect(problem).toBeNull();
    expect(text.equals(Buffer.concat(parts))).toBe(true);
    for (const length of [65_530, 65_535, 65_536, 65_537]) {
      const first = gzipSync(noise(length), { level: 0 });
      const both = await read(Buffer.concat([first, gzipSync(Buffer.from('end'))]), 'gzip');
      expect(both.problem).toBeNull();
      expect(both.text.length).toBe(length + 3);
    }
  });

  it('overlooks zeros behind the end', async () => {
    const { text, problem } = await read(Buffer.concat([gzipSync('abc'), Buffer.alloc(200_000)]), 'gzip');
    expect([text.toString(), problem]).toEqual(['abc', null]);
  });

  it('tells that the stream is cut off, and gives everything before', async () => {
    const whole = noise(300_000);
    const bytes = gzipSync(whole);
    for (const end of [bytes.length - 1, bytes.length - 9, 200_000, 65_536, 12]) {
      const { text, problem } = await read(bytes.subarray(0, end), 'gzip');
      expect(problem).toBe('gzip stream is cut off');
      expect(whole.subarray(0, text.length).equals(text)).toBe(true);
      if (end >= bytes.length - 9) expect(text.length).toBeGreaterThan(whole.length - 100);
    }
  });

  it('tells that the checksum does not match, and gives all the bytes', async () => {
    for (const whole of [Buffer.from('{"a":1}\n{"b":2}'), noise(300_000)]) {
      const bytes = gzipSync(whole);
      bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
      const { text, problem } = await read(bytes, 'gzip');
      expect(problem).toBe('gzip stream is damaged: its checksum does not match');
      expect(text.equals(whole)).toBe(true);
    }
  });

  it('tells of damage in the middle and of what is no gzip behind the end', async () => {
    const bytes = gzipSync(noise(300_000));
    bytes.fill(0xff, 150_000, 150_100);
    expect((await read(bytes, 'gzip')).problem).toMatch(/^gzip stream is damaged/);
    const trailing = await read(Buffer.concat([gzipSync('abc'), Buffer.from('{"a":1}')]), 'gzip');
    expect(trailing.text.toString()).toBe('abc');
    expect(trailing.problem).toMatch(/^behind the end of the gzip stream/);
  });
});

describe('zstd', () => {
  const zstd = (input: Buffer) => execFileSync('zstd', ['-q', '-c'], { input, maxBuffer: 1e9 });
  const isHere = (() => {
    try {
      execFileSync('zstd', ['--version']);
      return true;
    } catch {
      return false;
    }
  })();

  it.runIf(isHere)('reads one frame and several', async () => {
    const whole = noise(300_000);
    for (const bytes of [
      zstd(whole),
      Buffer.concat([zstd(whole.subarray(0, 100_000)), zstd(whole.subarray(100_000))]),
    ]) {
      const { text, problem } = await read(bytes, 'zstd');
      expect(problem).toBeNull();
      expect(text.equals(whole)).toBe(true);
    }
  });

  it.runIf(isHere)('tells that the stream is cut off or damaged, and gives what came before', async () => {
    const whole = noise(600_000);
    const bytes = zstd(whole);
    const cut = await read(bytes.subarray(0, 400_000), 'zstd');
    expect(cut.problem).toBe('zstd stream is cut off');
    expect(cut.text.length).toBeGreaterThan(100_000);
    expect(whole.subarray(0, cut.text.length).equals(cut.text)).toBe(true);
    const damaged = await read(
      Buffer.concat([bytes, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])]),
      'zstd',
    );
    expect(damaged.problem).toMatch(/^behind the end of the zstd stream/);
    expect(damaged.text.equals(whole)).toBe(true);
  });

  it('reads a stored frame without any program', async () => {
    // Magic, single segment of 3 bytes, one last raw block of 3 bytes.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 0x61, 0x62, 0x63]);
    const { text, problem } = await read(Buffer.concat([frame, frame]), 'zstd');
    expect([text.toString(), problem]).toEqual(['abcabc', null]);
  });

  it('tells without any program that a frame is cut off', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 0x61, 0x62, 0x63]);
    for (const length of [5, 8, 11]) {
      const { problem } = await read(Buffer.concat([frame, frame.subarray(0, length)]), 'zstd');
      expect([length, problem]).toEqual([length, 'zstd stream is cut off']);
    }
  });

  it('reads frames that end where a piece of what is read at once ends', async () => {
    const stored = (content: Buffer) => {
      const sizes = Buffer.alloc(7);
      sizes.writeUInt32LE(content.length, 0);
      sizes.writeUIntLE((content.length << 3) | 1, 4, 3);
      return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), sizes, content]);
    };
    for (const length of [65_523, 65_524, 65_525]) {
      const parts = [noise(length), noise(1000), Buffer.from('end')];
      const { text, problem } = await read(Buffer.concat(parts.map(stored)), 'zstd');
      expect(problem).toBeNull();
      expect(text.equals(Buffer.concat(parts))).toBe(true);
    }
  });
});

describe('encodings', () => {
  const text = '{"a":"Grüße 😀"}\n';
  const bigEndian = Buffer.from(text, 'utf16le').swap16();
  const cases: readonly (readonly [string, Buffer, Encoding])[] = [
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8-bom'],
    ['UTF-16LE', Buffer.from(text, 'utf16le'), 'utf-16le'],
    ['UTF-16LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'],
    ['UTF-16BE', bigEndian, 'utf-16be'],
    ['UTF-16BE with a mark', Buffer.concat([Buffer.from([0xfe, 0xff]), bigEndian]), 'utf-16be'],
  ];
  it.each(cases)('%s becomes UTF-8 without a mark, however the bytes are cut', async (_, bytes, encoding) => {
    for (const size of [1, 2, 3, 5, 1000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, at * size + size),
      );
      const parts: Uint8Array[] = [];
      for await (const part of asUtf8(chunks, encoding)) parts.push(part);
      expect(Buffer.concat(parts).toString()).toBe(text);
    }
  });

  it('Latin-1 becomes UTF-8, with the quotes of Windows-1252', async () => {
    expect(
      (await read(Buffer.from([0x4b, 0xf6, 0x6c, 0x6e, 0x20, 0x93, 0x80, 0x94]), 'none', 'latin-1')).text.toString(),
    ).toBe('Köln “€”');
  });

  it('half a character becomes a byte that is not UTF-8, so that its line is rejected', async () => {
    const lone = Buffer.concat([Buffer.from('a', 'utf16le'), Buffer.from([0x3d, 0xd8]), Buffer.from('b', 'utf16le')]);
    expect([...(await read(lone, 'none', 'utf-16le')).text]).toEqual([0x61, 0xff, 0x62]);
    expect([
      ...(await read(Buffer.concat([Buffer.from('a', 'utf16le'), Buffer.from([0x62])]), 'none', 'utf-16le')).text,
    ]).toEqual([0x61, 0xff]);
  });
});
