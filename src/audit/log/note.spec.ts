import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCheckpoint, signedCheckpoint } from './checkpoint.js';
import { cosign } from './cosign.js';
import { EMPTY, leafHash } from './merkle.js';
import { noteOf, readNote, signersOf, Signer, verifierKey, verifierKeys, verifierText } from './note.js';

/** Made by golang.org/x/mod/sumdb/note, and the example of the C2SP document. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const BY_ENOCH =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const EXAMPLE = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

const names = (note: string, ...keys: string[]): string[] =>
  signersOf(readNote(note), keys.map(verifierKey)).map(({ name }) => name);

describe('signed notes', () => {
  it('of other implementations are read and verified', () => {
    expect(names(noteOf(TEXT, BY_PETER, BY_ENOCH), PETER, ENOCH)).toEqual(['PeterNeumann', 'EnochRoot']);
    expect(names(noteOf(TEXT, BY_PETER, BY_ENOCH), ENOCH)).toEqual(['EnochRoot']);
    expect(names(EXAMPLE_NOTE, EXAMPLE)).toEqual(['example.com/foo']);
  });

  it('are signed byte for byte as other implementations do', () => {
    const peter = new Signer('PeterNeumann', PETER_SEED);
    expect(verifierText(peter.verifier)).toBe(PETER);
    expect(peter.line(TEXT)).toBe(BY_PETER);
  });

  it('are cosigned by a witness at a time', () => {
    const witness = Signer.witness('witness.example/w', Buffer.alloc(32, 7));
    const line = witness.line(TEXT, 1_700_000_000);
    expect(names(noteOf(TEXT, BY_PETER, line), verifierText(witness.verifier))).toEqual([
      'witness.example/w',
    ]);
    const later = readNote(noteOf(TEXT, line)).signatures[0]!;
    later.bytes.writeBigUInt64BE(1_700_000_001n);
    const note = { text: TEXT, signatures: [later] };
    expect(() => signersOf(note, [witness.verifier])).toThrow('is not over this text');
  });

  it.each([
    ['without signatures', TEXT],
    ['with nothing below the text', `${TEXT}\n`],
    ['without the last line feed', noteOf(TEXT, BY_PETER).slice(0, -1)],
    ['with base64 spelt in another way', noteOf(TEXT, BY_PETER.replace('nAM=', 'nAN='))],
    ['with another dash', noteOf(TEXT, BY_PETER.replace('—', '-'))],
  ])('%s are none', (_, note) => {
    expect(() => readNote(note)).toThrow(/^This is no/);
  });

  it('of a known key do not hold over another text', () => {
    const note = noteOf(TEXT.replace('crypto', 'cripto'), BY_PETER);
    expect(() => names(note, PETER)).toThrow(
      'The signature of PeterNeumann (key c74f20a3) is not over this text.',
    );
    expect(names(note, ENOCH)).toEqual([]);
  });

  it('know a key that was changed', () => {
    expect(() => verifierKey(PETER.replace('c74f', 'c74e'))).toThrow('one of them was changed');
    expect(() => verifierKey(PETER.replace('+ARpc', '+ARpd'))).toThrow('one of them was changed');
    expect(() => verifierKey('PeterNeumann')).toThrow('This is no public key');
    // What a terminal would obey is not printed.
    expect(() => verifierKey('\u001b[2J\u009b\u202e')).toThrow(
      'This is no public key: "\\u001b[2J\\u{9b}\\u{202e}". One',
    );
    expect(verifierKeys(`# of 2026\n${PETER}\n\n  ${ENOCH}  # of 2025\n`).map(verifierText)).toEqual([
      PETER,
      ENOCH,
    ]);
  });
});

describe('checkpoints', () => {
  const signer = new Signer('redress.example/log', Buffer.alloc(32, 1));
  const head = { size: 20_852_163, root: leafHash(Buffer.of(1)) };

  it('are read as they were signed', () => {
    const text = signedCheckpoint(signer, head);
    const read = readCheckpoint(text);
    expect({ origin: read.origin, size: read.size, root: read.root }).toEqual({
      origin: 'redress.example/log',
      ...head,
    });
    expect(signersOf(read.note, [signer.verifier])).toEqual([signer.verifier]);
    expect(readCheckpoint(signedCheckpoint(signer, { size: 0, root: EMPTY })).size).toBe(0);
  });

  it('with a single bit changed are refused, or the signature does not hold, or nobody known signed', () => {
    const bytes = Buffer.from(signedCheckpoint(signer, head));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const signers = () => signersOf(readCheckpoint(changed.toString('utf8')).note, [signer.verifier]);
      let known: readonly unknown[] = [];
      try {
        known = signers();
      } catch {}
      expect(known).toEqual([]);
    }
  });

  it('are cosigned once by each witness, whose key then vouches for them', () => {
    const witness = Signer.witness('auditor.example/w', Buffer.alloc(32, 9));
    const { note, key } = cosign(signedCheckpoint(signer, head), witness, 1_700_000_000);
    const keys = [signer.verifier, verifierKey(key)];
    expect(signersOf(readCheckpoint(note).note, keys)).toEqual(keys);
    expect(() => cosign(note, witness, 1_700_000_001)).toThrow('signed this checkpoint already');
  });

  it('never throw anything but a sentence, whatever they are made of', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(...noteOf(TEXT, BY_PETER).split('\n'), ...signedCheckpoint(signer, head).split('\n')),
    );
    const made = fc.oneof(
      fc.string(),
      fc.array(line).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(made, (text) => {
        try {
          signersOf(readCheckpoint(text).note, [signer.verifier, verifierKey(PETER)]);
        } catch (error) {
          expect((error as Error).constructor.name).toBe('Unreadable');
        }
      }),
      { numRuns: process.env['REDRESS_LONG'] ? 100_000 : 1_000 },
    );
  });
});
