import { expect, test } from 'vitest';
import { webAddress } from '../../src/report/uri.ts';

test.each([
  ['https://example.com', 'https://example.com/'],
  ['HTTPS://Example.com/a b?c=[d]|#e f#g', 'https://example.com/a%20b?c=%5Bd%5D%7C#e%20f%23g'],
  ['http://[::1]:80/%zz%41', 'http://[::1]/%25zz%41'],
  ['https://example.com/ü<>"`{}\\', 'https://example.com/%C3%BC%3C%3E%22%60%7B%7D/'],
  ['https://', null],
  ['javascript:alert(1)', null],
  [' https://example.com', null],
  ['ftp://example.com', null],
  ['', null],
])('%s', (text, address) => expect(webAddress(text)).toBe(address));
