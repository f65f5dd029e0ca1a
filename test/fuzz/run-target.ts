/** Fuzzes one target in a process of its own and tells of it, a line of JSON each time; see fuzz.ts. */
import { parseArgs } from 'node:util';
import { fuzz } from './loop.ts';
import { targets } from './targets/index.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    milliseconds: { type: 'string', default: '1000' },
    folder: { type: 'string', default: '' },
    current: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});

const target = targets.find(({ name }) => name === values.target);
if (target === undefined) throw new Error(`no such target: ${values.target}`);
const tell = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);

const { all: _, ...counts } = await fuzz(target, {
  folder: values.folder,
  seed: values.seed,
  milliseconds: Number(values.milliseconds),
  currentFile: values.current,
  keep: values.keep,
  progress: (state) => tell({ state }),
  found: ({ bytes, message, stack }) => tell({ find: { bytes: bytes.toString('base64'), message, stack } }),
});
tell({ state: counts });
