import { describe, expect, it } from '@jest/globals';
import { printable } from './command-line.js';

describe('what is printed for people', () => {
  it('tells by its number what a terminal would obey or hide, and leaves words and lines as they are', () => {
    expect(printable('2019/7\u001b[31m \u009b2J\u200b\nŁódź – 東京')).toBe(
      String.raw`2019/7\u{1b}[31m \u{9b}2J\u{200b}` + '\nŁódź – 東京',
    );
  });
});
