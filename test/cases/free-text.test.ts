import { expect, it } from 'vitest';
import { createFreeText } from '../../src/cases/free-text.ts';
import { createPseudonyms } from '../../src/cases/pseudonyms.ts';

const store = 'mem_store_01kz3dkwm0eczs9gd31sxbe6mz';
const call = 'CA0123456789abcdef0123456789abcdef';
const request = 'bb132e5e-2603-4508-82c4-23ef3a73380f';

function freeText() {
  const names = new Map<string, string>([[store, 'store']]);
  const people = createPseudonyms();
  const called = (id: string) => {
    const name = names.get(id) ?? `name-${names.size}`;
    names.set(id, name);
    return name;
  };
  const free = createFreeText(called, people, {
    ids: [store, 'TR-own-form-17'],
    requests: [request, 'req.of-a-proxy'],
    names: ['Clara Dupont', 'Al', 'Clara Dupont-Weiss', '李明'],
    addresses: ['client:clara.d', '+442079460018'],
  });
  return { free, people };
}

it.each([
  ['lookup in mem_store_01kz3dkwm0eczs9gd31sxbe6mz.', 'lookup in {store:store}.'],
  ['/v1/Stores/mem_store_01kz3dkwm0eczs9gd31sxbe6mz/Profiles', '/v1/Stores/{store:store}/Profiles'],
  ['store mem_store_01kz3dkwm0eczs9gd31sxbe7zz', 'store {store:name-1}'],
  [`call ${call}, ${call}`, 'call {call:name-1}, {call:name-1}'],
  [`as ${request} says`, 'as {request:name-1} says'],
  ['as req.of-a-proxy says', 'as {request:name-1} says'],
  ['TR-own-form-17 is spoken', 'name-1 is spoken'],
  [
    'AC0123456789abcdef0123456789abcdef, KB0123456789abcdef0123456789abcdef',
    'ACffffffffffffffffffffffffffff0001, KBffffffffffffffffffffffffffff0002',
  ],
  ['trace 0123456789abcdef0123456789abcdef', 'trace ffffffffffffffffffffffffffff0001'],
  ['entry 1789556530220-feed8fbe', 'entry fffffffffffff-ffff0001'],
  ['know_source_01kz3dkwm0eczs9gd31sxbe6mz', 'know_source_ffffffffffffffffffffff0001'],
  ['503 Service Unavailable: Al is all right', '503 Service Unavailable: Al is all right'],
])('%s becomes %s', (text, told) => {
  expect(freeText().free(text)).toBe(told);
});

it('calls people what they are called elsewhere, however they are written', () => {
  const { free, people } = freeText();
  const other = people.name('Somebody Else');
  const clara = free('Clara Dupont');
  expect([other, clara, people.name('Clara Dupont')]).toEqual(['Person 1', 'Person 2', 'Person 2']);
  expect(free('no profile of clara_dupont')).toBe('no profile of Person 2');
  expect(free('of Clara Dupont-Weiss and 李明')).toBe('of Person 3 and Person 4');
  expect(free('of clara.d, +44 20 7946 0018')).toBe(
    `of ${people.address('client:clara.d').replace('client:', '')}, ${free('+44 20 7946 0018')}`,
  );
  expect(free('clara.dupont@post.example')).toMatch(/^person-\d+@example\.com$/u);
});
