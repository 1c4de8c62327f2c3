import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { notAllShown } from '../event-store/erasure.js';
import type { Sight } from '../access/sight.js';
import { HistoryReader } from '../audit/history.reader.js';
import type { HistoryEntry } from '../audit/case-history.js';
import { day, id as anId } from '../event-store/schema.js';
import { CasesOfParty } from '../parties/cases-of-party.reader.js';
import { PartyQueries, partyView } from '../parties/party.queries.js';
import { Clock } from '../platform/clock.js';

export const accessRequest = z.strictObject({ id: anId });

const named = z
  .object({
    position: z.int(),
    type: z.string(),
    on: z.string().describe('When it happened.'),
    as: z.array(z.string()).readonly().describe('The fields that name this person.'),
    words: z
      .record(z.string(), z.string())
      .describe('What this person said, or was told alone; other text is withheld, for it may name others.'),
    documents: z
      .array(z.string())
      .readonly()
      .describe(
        'Documents that this person gave, or was shown: what is in them, `GET /v1/documents/{id}` tells.',
      ),
    withheld: z.boolean().describe('There is text in it that is withheld.'),
  })
  .meta({ id: 'NamedEntry' });

/** Everything that is held on one person, and of nobody else. */
export const subjectAccess = z
  .object({
    producedOn: day,
    party: partyView,
    cases: z
      .array(
        z
          .object({
            id: z.uuid(),
            reference: z.string(),
            open: z.boolean(),
            keptUntil: z.string().nullable(),
            entries: z.array(named).readonly(),
          })
          .meta({ id: 'CaseOfSubject' }),
      )
      .readonly(),
  })
  .meta({ id: 'SubjectAccess' });

export type SubjectAccess = z.output<typeof subjectAccess>;

/** By whom, or to whom alone, the text of an event is said. */
const SAID: Readonly<Record<string, { readonly who: string; readonly text: readonly string[] }>> = {
  ComplaintReceived: { who: 'complainantRef', text: ['summary'] },
  ResponseReceived: { who: 'from', text: ['response'] },
  AccuracyCheckCompleted: { who: 'by', text: ['remarks'] },
  ProgressUpdateSent: { who: 'to', text: ['update'] },
  RemedyOffered: { who: 'to', text: ['description'] },
  AppealLodged: { who: 'by', text: ['grounds', 'lateReasons'] },
  PostponementRequested: { who: 'by', text: ['reasons'] },
  EvidenceSubmitted: { who: 'submittedBy', text: ['source', 'description'] },
  DisclosureMade: { who: 'to', text: [] },
};

const SEALED = /"enc1\./;

const isThem = (value: unknown, partyId: string): boolean =>
  value === partyId || (Array.isArray(value) && value.length === 1 && value[0] === partyId);

const wordsIn = ({ type, data }: HistoryEntry, partyId: string): Record<string, string> => {
  const said = SAID[type];
  if (!said || !isThem(data[said.who], partyId)) return {};
  const words = said.text.map((field) => [field, data[field]] as const);
  return Object.fromEntries(words.filter((each): each is [string, string] => typeof each[1] === 'string'));
};

/** Of what they said themself, or were told alone. */
const documentsIn = ({ type, data }: HistoryEntry, partyId: string): string[] => {
  const said = SAID[type];
  if (!said || !isThem(data[said.who], partyId)) return [];
  return [data['documentId'], data['documentIds']].flat().filter((each) => typeof each === 'string');
};

const entryOf = (entry: HistoryEntry, partyId: string): SubjectAccess['cases'][number]['entries'][number] => {
  const { position, type, occurred, data } = entry;
  const words = wordsIn(entry, partyId);
  const rest = Object.entries(data).filter(([field]) => !Object.hasOwn(words, field));
  return {
    position,
    type,
    on: 'at' in occurred ? occurred.at : occurred.date,
    as: rest.filter(([, value]) => JSON.stringify(value).includes(partyId)).map(([field]) => field),
    words,
    documents: documentsIn(entry, partyId),
    withheld: SEALED.test(JSON.stringify(rest)),
  };
};

/** For a person who asks what is held on them: their record, and what the cases that name them say to or by them; everything about others is left out. */
@Injectable()
export class SubjectAccessReader {
  constructor(
    @Inject(PartyQueries) private readonly parties: PartyQueries,
    @Inject(CasesOfParty) private readonly cases: CasesOfParty,
    @Inject(HistoryReader) private readonly history: HistoryReader,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Text is sealed until a door opens it. Errors: NotFound, RuleBroken `not-all-shown`. */
  async of(id: string, sight: Sight): Promise<SubjectAccess> {
    const today = this.clock.today();
    const party = await this.parties.one(id, sight);
    const { erasable, onHidden } = await this.cases.of(id, today, sight);
    // Half an answer would be none, and whoever is a party to one of them must not be the one who gives it.
    if (onHidden) throw notAllShown();
    const cases = await Promise.all(
      erasable.map(async ({ id: caseId, reference, open, keptUntil }) => {
        const entries = await this.history.of(caseId, sight);
        const about = entries.filter(({ data }) => JSON.stringify(data).includes(id));
        return {
          id: caseId,
          reference,
          open,
          keptUntil: keptUntil ?? null,
          entries: about.map((entry) => entryOf(entry, id)),
        };
      }),
    );
    return { producedOn: today, party, cases };
  }
}
