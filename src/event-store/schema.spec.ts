import { describe, expect, it } from '@jest/globals';
import { memberRef, staffRef } from './schema.js';

describe('a staff reference', () => {
  it('has one form, however it was typed', () => {
    for (const schema of [staffRef, memberRef]) {
      expect(schema.parse('rene\u0301e')).toBe('ren\u00e9e');
      expect(schema.parse('ren\u00e9e')).toBe('ren\u00e9e');
    }
  });

  it('has 255 characters at most, in that form', () => {
    expect(staffRef.parse('e\u0301'.repeat(255))).toHaveLength(255);
    expect(staffRef.safeParse('x'.repeat(256)).success).toBe(false);
    // This letter is two in NFC.
    expect(staffRef.safeParse('\u0958'.repeat(128)).success).toBe(false);
  });

  it.each([
    ['a line break', 'staff\n7'],
    ['a separator of lines', 'staff\u20287'],
    ['a blank that is none', 'staff\u00a07'],
    ['a blank without width', 'staff\u200b7'],
    ['a mark that joins', 'staff\u034f7'],
    ['a filler', 'staff\u31647'],
    ['a selector', 'staff\ufe0f7'],
    ['a letter that is nobody’s', 'staff\ue0007'],
    ['half a letter', 'staff\ud8007'],
    ['a blank before', ' staff'],
    ['nothing', ''],
  ])('holds nothing that is not seen: %s', (_, written) =>
    expect(staffRef.safeParse(written).success).toBe(false),
  );
});
