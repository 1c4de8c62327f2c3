import { readsOf, type ReadDoor } from '../access/read-door.js';
import { accessRequest, subjectAccess, SubjectAccessReader } from './subject-access.reader.js';

const read = readsOf<SubjectAccessReader>();

export const subjectAccessReads: ReadDoor<SubjectAccessReader> = {
  queries: SubjectAccessReader,
  reads: {
    subjectAccess: read({
      summary:
        'Everything that is held on one person, for that person: their record, the cases that name them, what they said and were told. Text about others is withheld.',
      path: 'parties/:id/personal-data',
      permission: 'subjectAccess',
      params: accessRequest,
      answer: subjectAccess,
      looks: { shown: ({ id }, { cases }) => [{ kind: 'party', id, cases: cases.map((each) => each.id) }] },
      ask: (reader, { id }, sight) => reader.of(id, sight),
    }),
  },
};
