/** Compressed exports that are cut, damaged, put together, or made to fill memory and disk. */
import { gzipSync } from 'node:zlib';
import { contentHasher } from '../../src/ingest/xxh64.ts';
import { line, lines } from './entries.ts';
import { hostile } from './hostile.ts';
import { flipped, gzipMember, megabytes, repeated, skippableFrame, zstdFrame } from './packed.ts';

const three = lines(3);
const length = (text: string) => Buffer.byteLength(text);
/** Stored without compression: where it is cut is where the text is cut. */
const stored = gzipMember(three, { level: 0 });
const storedHead = 10 + 5;

/** What zstd writes behind a frame, if it is told to. */
function checksumOf(text: string): bigint {
  const hasher = contentHasher();
  hasher.update(Buffer.from(text));
  return hasher.digest();
}

const checksumWrong = 'gzip stream is damaged: its checksum does not match';
const cutOff = 'gzip stream is cut off';
const refused = (path: string, reason: string) => `error: ${path}: not an export that postlude knows: ${reason}.`;

hostile('gzip', [
  {
    name: 'a wrong checksum: what was in it is shown, and that it may be wrong is told',
    files: { 'a.gz': flipped(gzipSync(three), 6) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [`a.gz:4: ${checksumWrong}`],
  },
  {
    name: 'a wrong length',
    files: { 'a.gz': flipped(gzipSync(three), 3) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [`a.gz:4: ${checksumWrong}`],
  },
  {
    name: 'cut in its header',
    files: { 'a.gz': gzipSync(three).subarray(0, 6) },
    issues: [refused('a.gz', cutOff)],
    code: 2,
  },
  {
    name: 'only the two bytes of its magic',
    files: { 'a.gz': gzipSync(three).subarray(0, 2) },
    issues: [refused('a.gz', cutOff)],
    code: 2,
  },
  {
    name: 'cut behind its header',
    files: { 'a.gz': gzipSync(three).subarray(0, 10) },
    issues: [refused('a.gz', cutOff)],
    code: 2,
  },
  {
    name: 'cut in the middle of the third entry',
    files: { 'a.gz': stored.subarray(0, storedHead + length(lines(2)) + 100) },
    counts: { 'a.gz': { rows: 2, rejected: 1 } },
    rejects: [`a.gz:3: ${cutOff}`],
  },
  {
    name: 'cut between two entries: nothing in the text shows that one is missing',
    files: { 'a.gz': stored.subarray(0, storedHead + length(lines(2))) },
    counts: { 'a.gz': { rows: 2, rejected: 1 } },
    rejects: [`a.gz:3: ${cutOff}`],
  },
  {
    name: 'cut before its trailer',
    files: { 'a.gz': gzipSync(three).subarray(0, -8) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [`a.gz:4: ${cutOff}`],
  },
  {
    name: 'cut in its trailer',
    files: { 'a.gz': gzipSync(three).subarray(0, -3) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [`a.gz:4: ${cutOff}`],
  },
  {
    name: 'several members, of which one is cut between two',
    files: { 'a.gz': Buffer.concat([gzipSync(lines(3)), gzipSync(lines(3, 4)), gzipSync(lines(3, 6))]) },
    counts: { 'a.gz': { rows: 8, duplicates: 1 } },
  },
  {
    name: 'an entry that begins in one member and ends in the next',
    files: {
      'a.gz': Buffer.concat([gzipSync(lines(2) + line(3).slice(0, 50)), gzipSync(`${line(3).slice(50)}\n${line(4)}`)]),
    },
    counts: { 'a.gz': { rows: 4 } },
  },
  {
    name: 'five thousand members of nothing before the one that counts',
    files: { 'a.gz': Buffer.concat([repeated(gzipSync(''), 5000), gzipSync(three)]) },
    counts: { 'a.gz': { rows: 3 } },
  },
  {
    name: 'a second member that is damaged in its middle',
    files: { 'a.gz': Buffer.concat([gzipSync(three), flipped(gzipMember(lines(2, 4)), 200)]) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [/^a\.gz:4: gzip stream is damaged/],
  },
  {
    name: 'a second member that only begins like one',
    files: { 'a.gz': Buffer.concat([gzipSync(three), Buffer.from([0x1f, 0x8b, 8, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [/^a\.gz:4: gzip stream is damaged/],
  },
  {
    name: 'plain entries appended to it',
    files: { 'a.gz': Buffer.concat([gzipSync(three), Buffer.from(lines(2, 4))]) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: ['a.gz:4: behind the end of the gzip stream stands something that is not gzip: it was not read'],
  },
  {
    name: 'zeros behind its end, as tapes and block devices leave them',
    files: { 'a.gz': Buffer.concat([gzipSync(three), Buffer.alloc(200_000)]) },
    counts: { 'a.gz': { rows: 3 } },
  },
  {
    name: 'zeros between two members',
    files: { 'a.gz': Buffer.concat([gzipSync(three), Buffer.alloc(70_000), gzipSync(lines(2, 4))]) },
    counts: { 'a.gz': { rows: 5 } },
  },
  {
    name: 'zeros and then what is no member',
    files: { 'a.gz': Buffer.concat([gzipSync(three), Buffer.alloc(70_000), Buffer.from(lines(2, 4))]) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: ['a.gz:4: behind the end of the gzip stream stands something that is not gzip: it was not read'],
  },
  {
    name: 'gzip in gzip',
    files: { 'a.gz.gz': gzipSync(gzipSync(three)) },
    issues: [refused('a.gz.gz', 'gzip file inside gzip: unpack it first')],
    code: 2,
  },
  {
    name: 'nothing, well packed',
    files: { 'a.gz': gzipSync('') },
    issues: [refused('a.gz', 'empty file inside gzip')],
    code: 2,
  },
  {
    name: 'the name of gzip for what is plain, and the other way round',
    files: { 'a.gz': lines(2), 'b.ndjson': gzipSync(lines(3, 3)), 'c.zst': gzipSync(lines(2, 6)) },
    counts: { 'a.gz': { rows: 2 }, 'b.ndjson': { rows: 3 }, 'c.zst': { rows: 2 } },
  },
  {
    name: 'a header with extra fields, a name of escapes and a comment of 100 kB',
    files: {
      'a.gz': gzipMember(three, {
        flags: 4 | 8 | 16,
        fields: Buffer.concat([
          Buffer.from([6, 0, 1, 2, 2, 0, 7, 7]),
          Buffer.from('\x1b[2J../../etc/passwd\0'),
          Buffer.from(`${'c'.repeat(100_000)}\0`),
        ]),
      }),
    },
    counts: { 'a.gz': { rows: 3 } },
  },
  {
    name: 'a header whose own checksum is wrong',
    files: { 'a.gz': gzipMember(three, { flags: 2, fields: Buffer.from([1, 2]) }) },
    issues: [refused('a.gz', 'gzip stream is damaged: header crc mismatch')],
    code: 2,
  },
  {
    name: 'a name in its header that never ends',
    files: { 'a.gz': gzipMember('', { flags: 8, fields: Buffer.alloc(300_000, 'n') }).subarray(0, 300_000) },
    issues: [refused('a.gz', cutOff)],
    code: 2,
  },
  {
    name: 'a way of compression that there is none of',
    files: { 'a.gz': Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), gzipSync(three).subarray(3)]) },
    issues: [refused('a.gz', 'gzip stream is damaged: unknown compression method')],
    code: 2,
  },
  {
    name: 'a bomb of 4 GB of zeros',
    files: { 'a.gz': megabytes('\0', 4096) },
    issues: [refused('a.gz', 'binary data inside gzip')],
    code: 2,
  },
  {
    name: 'a bomb of entries: the same ones fifty times',
    files: { 'a.gz': repeated(gzipSync(lines(400), { level: 9 }), 50) },
    counts: { 'a.gz': { rows: 400, duplicates: 19_600 } },
  },
  {
    name: 'a bomb of one text of 4 GB behind good entries',
    files: { 'a.gz': Buffer.concat([gzipSync(`${three}{"logId":"`), megabytes('a', 4096)]) },
    counts: { 'a.gz': { rows: 3, rejected: 2 } },
    rejects: ['a.gz:4: 512 MiB without a single record: the rest was not read', 'a.gz:4: line longer than 64 MiB'],
  },
  {
    name: 'a bomb of one text of 4 GB in a list',
    files: { 'a.gz': Buffer.concat([gzipSync(`[${line(1)},\n{"logId":"`), megabytes('a', 4096)]) },
    counts: { 'a.gz': { rows: 1, rejected: 2 } },
    rejects: ['a.gz:2: 512 MiB without a single record: the rest was not read', 'a.gz:2: longer than 64 MiB'],
  },
  {
    name: 'a bomb that is one text of 4 GB from its beginning on',
    files: { 'a.gz': Buffer.concat([gzipSync('{"logId":"'), megabytes('a', 4096)]) },
    issues: [refused('a.gz', 'longer than 64 MiB (line 1)')],
    code: 2,
  },
  {
    name: 'a bomb of 4 GB of empty lines behind good entries',
    files: { 'a.gz': Buffer.concat([gzipSync(three), megabytes('\n', 4096)]) },
    counts: { 'a.gz': { rows: 3, rejected: 1 } },
    rejects: [/^a\.gz:\d+: 512 MiB without a single record: the rest was not read$/],
  },
  {
    name: 'a bomb of 4 GB of blanks',
    files: { 'a.gz': megabytes(' ', 4096) },
    issues: [refused('a.gz', 'empty file inside gzip')],
    code: 2,
  },
  {
    name: 'a bomb of one cell of 4 GB in a table',
    files: {
      'a.gz': Buffer.concat([
        gzipSync('logId,eventTime,eventType\na,2026-09-14T10:00:00Z,conversation.created\nb,"'),
        megabytes('a', 4096),
      ]),
    },
    counts: { 'a.gz': { rows: 1, rejected: 2 } },
    rejects: ['a.gz:3: 512 MiB without a single record: the rest was not read', 'a.gz:3: line longer than 64 MiB'],
  },
]);

const zstdCutOff = 'zstd stream is cut off';
const frame = zstdFrame([{ raw: three }]);
const notZstd = 'behind the end of the zstd stream stands something that is not zstd: it was not read';

hostile('zstd', [
  {
    name: 'a frame with a checksum',
    files: { 'a.zst': zstdFrame([{ raw: lines(2) }, { raw: lines(2, 3) }], { checksum: checksumOf(lines(4)) }) },
    counts: { 'a.zst': { rows: 4 } },
  },
  {
    name: 'a wrong checksum: what was in it is shown, and that it may be wrong is told',
    files: { 'a.zst': flipped(zstdFrame([{ raw: three }], { checksum: checksumOf(three) }), 2) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: ['a.zst:4: zstd stream is damaged: its checksum does not match'],
  },
  {
    name: 'a damaged letter that only the checksum shows',
    files: {
      'a.zst': zstdFrame([{ raw: three.replace('request-2', 'request-7') }], { checksum: checksumOf(three) }),
    },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: ['a.zst:4: zstd stream is damaged: its checksum does not match'],
  },
  {
    name: 'fewer bytes than the header promises',
    files: { 'a.zst': zstdFrame([{ raw: three }], { contentSize: length(three) + 1 }) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: ['a.zst:4: zstd stream is damaged: its length does not match'],
  },
  {
    name: 'only its magic',
    files: { 'a.zst': frame.subarray(0, 4) },
    issues: [refused('a.zst', zstdCutOff)],
    code: 2,
  },
  {
    name: 'cut in its header',
    files: { 'a.zst': frame.subarray(0, 5) },
    issues: [refused('a.zst', zstdCutOff)],
    code: 2,
  },
  {
    name: 'cut between two blocks: nothing in the text shows that one is missing',
    files: { 'a.zst': zstdFrame([{ raw: lines(2) }, { raw: line(3) }]).subarray(0, -(line(3).length + 3)) },
    counts: { 'a.zst': { rows: 2, rejected: 1 } },
    rejects: [`a.zst:3: ${zstdCutOff}`],
  },
  {
    name: 'cut in a block',
    files: { 'a.zst': zstdFrame([{ raw: lines(2) }, { raw: line(3) }]).subarray(0, -7) },
    counts: { 'a.zst': { rows: 2, rejected: 1 } },
    rejects: [`a.zst:3: ${zstdCutOff}`],
  },
  {
    name: 'cut before its checksum',
    files: { 'a.zst': zstdFrame([{ raw: three }], { checksum: checksumOf(three) }).subarray(0, -4) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: [`a.zst:4: ${zstdCutOff}`],
  },
  {
    name: 'frames that are passed over before, between and behind those that count',
    files: {
      'a.zst': Buffer.concat([
        skippableFrame('pzstd'),
        frame,
        skippableFrame(''),
        zstdFrame([{ raw: lines(2, 4) }]),
        skippableFrame('x'.repeat(200_000)),
      ]),
    },
    counts: { 'a.zst': { rows: 5 } },
  },
  {
    name: 'nothing but frames that are passed over',
    files: { 'a.zst': repeated(skippableFrame('nothing'), 3) },
    issues: [refused('a.zst', 'empty file inside zstd')],
    code: 2,
  },
  {
    name: 'a frame to be passed over that says that it is 4 GB long',
    files: { 'a.zst': Buffer.concat([frame, skippableFrame('short', 0xffffffff)]) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: [`a.zst:4: ${zstdCutOff}`],
  },
  {
    name: 'ten thousand empty frames before the one that counts',
    files: { 'a.zst': Buffer.concat([repeated(zstdFrame([{ raw: '' }]), 10_000), frame]) },
    counts: { 'a.zst': { rows: 3 } },
  },
  {
    name: 'plain entries appended to it',
    files: { 'a.zst': Buffer.concat([frame, Buffer.from(lines(2, 4))]) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: [`a.zst:4: ${notZstd}`],
  },
  {
    name: 'zeros between two frames, and behind them',
    files: {
      'a.zst': Buffer.concat([frame, Buffer.alloc(70_000), zstdFrame([{ raw: lines(2, 4) }]), Buffer.alloc(3)]),
    },
    counts: { 'a.zst': { rows: 5 } },
  },
  {
    name: 'a dictionary that nobody has',
    files: { 'a.zst': zstdFrame([{ raw: three }], { dictionary: 4711 }) },
    issues: [
      refused('a.zst', 'zstd stream needs the dictionary 4711 it was written with: unpack it first with zstd -d -D'),
    ],
    code: 2,
  },
  {
    name: 'a block of a kind that there is none of',
    files: { 'a.zst': Buffer.concat([zstdFrame([{ raw: three }]), zstdFrame([]), Buffer.from([7, 0, 0])]) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: ['a.zst:4: zstd stream is damaged: a block is of no known kind'],
  },
  {
    name: 'a block that says that it is longer than blocks are',
    files: { 'a.zst': Buffer.concat([zstdFrame([{ raw: three }]), zstdFrame([]), Buffer.from([1, 0, 0xff])]) },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: ['a.zst:4: zstd stream is damaged: a block is too long'],
  },
  {
    name: 'a window of 2 GB around three entries: no more of it is needed than there are bytes',
    files: { 'a.zst': zstdFrame([{ raw: three }], { windowLog: 31 }) },
    counts: { 'a.zst': { rows: 3 } },
  },
  {
    name: 'a window of 2 TB',
    files: { 'a.zst': zstdFrame([{ raw: three }], { windowLog: 41 }) },
    counts: { 'a.zst': { rows: 3 } },
  },
  {
    name: 'a window of 2 GB that may be needed: what can be read without it is',
    files: {
      'a.zst': zstdFrame(
        [{ raw: three }, ...Array.from({ length: 300 }, () => ({ byte: ' ', times: 128 * 1024 })), { raw: line(4) }],
        { windowLog: 31 },
      ),
    },
    counts: { 'a.zst': { rows: 3, rejected: 1 } },
    rejects: [
      /^a\.zst:4: zstd stream was written with a window of 2,048 MiB, so that only its first 32 MiB can be read: unpack it first with zstd -d --long=31$/,
    ],
  },
  {
    name: 'a bomb of 8 GB of zeros in 256 kB',
    files: { 'a.zst': bomb('\0', 8192) },
    issues: [refused('a.zst', 'binary data inside zstd')],
    code: 2,
  },
  {
    name: 'a bomb of one text of 8 GB in 256 kB behind good entries',
    files: { 'a.zst': Buffer.concat([zstdFrame([{ raw: `${three}{"logId":"` }]), bomb('a', 8192)]) },
    counts: { 'a.zst': { rows: 3, rejected: 2 } },
    rejects: ['a.zst:4: 512 MiB without a single record: the rest was not read', 'a.zst:4: line longer than 64 MiB'],
  },
  {
    name: 'zstd in gzip, and gzip in zstd',
    files: { 'a.zst.gz': gzipSync(frame), 'b.gz.zst': zstdFrame([{ raw: gzipSync(three) }]) },
    issues: [
      refused('a.zst.gz', 'zstd file inside gzip: unpack it first'),
      refused('b.gz.zst', 'gzip file inside zstd: unpack it first'),
    ],
    code: 2,
  },
]);

/** As many MB of one byte, in blocks that are packed into four bytes each. */
function bomb(byte: string, megabytes: number): Buffer {
  return zstdFrame(Array.from({ length: megabytes * 8 }, () => ({ byte, times: 128 * 1024 })));
}

const tar = (name: string, content: string) => {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write(`${length(content).toString(8).padStart(11, '0')}\0`, 124);
  head.write('ustar\x0000', 257);
  return Buffer.concat([head, Buffer.from(content), Buffer.alloc(1024)]);
};
/** What is packed looks like chance. */
const noise = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * at * 31 + at * 73 + 41) & 0xff));
const magic = (text: string) => Buffer.concat([Buffer.from(text, 'latin1'), noise]);

hostile('what is packed otherwise is refused in a line that says what to do', [
  {
    name: 'every kind of it',
    files: {
      'a.tar': tar('a.ndjson', three),
      'b.tar.gz': gzipSync(tar('a.ndjson', three)),
      'c.tar.zst': zstdFrame([{ raw: tar('a.ndjson', three) }]),
      'd.zip': magic('PK\x03\x04\x14\0'),
      'e.7z': magic('7z\xbc\xaf\x27\x1c\0\x04'),
      'f.bz2': magic('BZh91AY&SY'),
      'g.xz': magic('\xfd7zXZ\0\0\x04'),
      'h.lz4': magic('\x04\x22\x4d\x18\x64\x40\xa7'),
      'i.lz4': magic('\x02\x21\x4c\x18'),
      'j.Z': magic('\x1f\x9d\x90'),
      'k.sz': magic('\xff\x06\0\0sNaPpY'),
      'l.rar': magic('Rar!\x1a\x07\x01\0'),
    },
    issues: [
      refused('a.tar', 'tar archive: unpack it first'),
      refused('b.tar.gz', 'tar archive inside gzip: unpack it first'),
      refused('c.tar.zst', 'tar archive inside zstd: unpack it first'),
      refused('d.zip', 'ZIP archive (or an Excel workbook): unpack it, or save it as CSV'),
      refused('e.7z', '7z archive: unpack it first'),
      refused('f.bz2', 'bzip2 file: unpack it first'),
      refused('g.xz', 'xz file: unpack it first'),
      refused('h.lz4', 'lz4 file: unpack it first'),
      refused('i.lz4', 'lz4 file: unpack it first'),
      refused('j.Z', 'file of the old compress (.Z): unpack it first'),
      refused('k.sz', 'snappy file: unpack it first'),
      refused('l.rar', 'RAR archive: unpack it first'),
    ],
    code: 2,
  },
  {
    name: 'in a folder it is passed over, and what lies beside it is read',
    files: { 'in/a.tar.gz': gzipSync(tar('a.ndjson', three)), 'in/b.ndjson': three },
    paths: ['in'],
    counts: { 'in/b.ndjson': { rows: 3 } },
  },
]);
