import { expect, it } from 'vitest';
import { createPseudonyms } from '../../src/cases/pseudonyms.ts';

it('the same number is the same stand-in, however it is written, and keeps its form', () => {
  const { address, free } = createPseudonyms();
  expect(address('+442079460018')).toBe('+15550100001');
  expect(address('whatsapp:+442079460018')).toBe('whatsapp:+15550100001');
  expect(address('+442079460019')).toBe('+15550100002');
  expect(address('44 20 7946-0018')).toMatch(/^\d\d \d\d \d{4}-\d{4}$/u);
  expect(free('HTTP 400: +442079460018 is not valid')).toBe('HTTP 400: +15550100001 is not valid');
});

it('identities, mail addresses and names get stand-ins, too', () => {
  const { address, name, text } = createPseudonyms();
  expect(address('client:grace.hopper')).toMatch(/^client:person-\d+$/u);
  expect(address('grace@navy.example')).toMatch(/^person-\d+@example\.com$/u);
  expect(address('sip:grace@navy.example')).toMatch(/^sip:person-\d+@example\.com$/u);
  expect(name('Grace Hopper')).toBe('Person 1');
  expect(name('Grace Hopper')).toBe('Person 1');
  expect(name('+442079460018')).toBe(address('+442079460018'));
  expect([text('a'), text('b'), text('a')]).toEqual(['Text 1', 'Text 2', 'Text 1']);
});
