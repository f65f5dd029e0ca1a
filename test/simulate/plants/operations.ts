import { typeId } from '../../generate/ids.ts';
import { operation } from '../../generate/side.ts';
import type { Body } from '../../generate/world.ts';
import type { Plant, Stage } from '../plant.ts';
import { between, label, oneOf, type Site } from '../site.ts';

const rule = (name: string) => `operations/${name}`;

/** Files an operation of the present moment, and returns its id. */
function file(site: Site, options: Parameters<typeof operation>[1]): { readonly id: string; readonly record: Body } {
  const record = operation(site.world, options);
  site.records.push(record);
  return { id: String(record.operationId), record };
}

/** What becomes of operations that are all right: filed by every account that has records. */
export function ordinaryOperations(site: Site): void {
  const { world } = site;
  const now = world.now;
  const related = { configurationId: typeId(world.random, 'conv_configuration', world.now) };
  world.now = site.begin + between(site, 1000, 8_000_000);
  file(site, { status: 'COMPLETED', related });
  // Polled twice: what was pending at first is done by now.
  const pending = file(site, { status: 'PENDING' }).record;
  site.records.push({ ...pending, status: 'COMPLETED', completedAt: new Date(world.now + 900).toISOString(), related });
  // Memory stores tell their id in another place.
  const result = { id: typeId(world.random, 'mem_store', world.now), type: 'RESOURCE_ID' };
  site.records.push({ ...operation(world, { status: 'COMPLETED' }), result });
  world.now = site.end - between(site, 1, 28) * 1000;
  file(site, { status: oneOf(site, ['PENDING', 'RUNNING']) });
  world.now = now;
}

const problems = {
  'invalid-phone-number': ['Invalid phone number: 0555123 is not in E.164 format', 'The phone number +1555 is invalid'],
  'memory-store': ['memoryStoreId does not exist', 'The memory store was not found or is not accessible'],
  'capture-rules': ['Capture rules are malformed: "to" is required', 'Malformed captureRules for channel SMS'],
  other: ['The operation could not be processed', 'Version conflict: the resource was changed meanwhile'],
} as const;

const failures = Object.entries(problems).map(
  ([cause, details]): Plant => ({
    rule: rule('failed'),
    cause,
    play({ site }: Stage) {
      const error = { type: 'about:blank', title: 'Operation failed', status: 400, detail: oneOf(site, details) };
      const { id } = file(site, { status: 'FAILED', error });
      label(site, rule('failed'), cause, id);
    },
  }),
);

export const operations: readonly Plant[] = [
  {
    rule: rule('stuck-pending'),
    cause: 'stuck',
    play({ site }) {
      const { id } = file(site, { status: oneOf(site, ['PENDING', 'RUNNING']) });
      label(site, rule('stuck-pending'), 'stuck', id);
    },
  },
  ...failures,
  {
    rule: rule('no-resource-id'),
    cause: 'known-limitation',
    play({ site }) {
      const { id } = file(site, { status: 'COMPLETED' });
      label(site, rule('no-resource-id'), 'known-limitation', id);
    },
  },
];
