import type { SubjectAccess } from './subject-access.reader.js';

type CaseOfSubject = SubjectAccess['cases'][number];
type Entry = CaseOfSubject['entries'][number];

const partyLines = ({ party: { id, version: _, ...record } }: SubjectAccess): string[] =>
  Object.entries({ ...record, party: id }).map(([field, value]) => `${field}: ${[value].flat().join(', ')}`);

const entryLines = ({ on, type, words, documents, withheld }: Entry): string[] => [
  `  ${on.slice(0, 10)}  ${type}`,
  ...Object.entries(words).map(([field, text]) => `    ${field}: ${text.replaceAll(/\s+/g, ' ')}`),
  ...documents.map((id) => `    document ${id}`),
  ...(withheld ? ['    text that may name others is withheld'] : []),
];

const caseLines = ({ reference, open, keptUntil, entries }: CaseOfSubject): string[] => [
  `Case ${reference}, ${open ? 'open' : 'closed'}${keptUntil === null ? '' : `, kept until ${keptUntil}`}`,
  ...entries.flatMap(entryLines),
];

/** What is held on a person, to be read by them. */
export const subjectAccessText = (held: SubjectAccess): string =>
  [
    [`Held on ${held.producedOn}`, ...partyLines(held)],
    ...(held.cases.length === 0 ? [['No case names this person.']] : held.cases.map(caseLines)),
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
