import { refuseWordsOnErased } from '../../complaints/complaint.context.js';
import { correctEntry, correctionInput } from '../../event-store/correction.js';
import { RuleBroken } from '../../event-store/errors.js';
import type { Entry } from '../../event-store/event.js';
import { fold } from '../../event-store/fold.js';
import { act, type HearingContext } from '../hearing.context.js';
import { hearingEvents, type HearingEvent } from '../hearing.events.js';
import { absent, evolve, known, type HearingFile } from '../hearing.state.js';
import { checkServed } from './listing.acts.js';

/** Whom an entry is about, which cases are heard and by whom: another act says it anew, a correction does not. */
const FIXED: ReadonlySet<string> = new Set([
  'complaintIds',
  'kind',
  'members',
  'staffId',
  'to',
  'by',
  'cause',
  'partyRef',
  'companionRef',
]);

const checkCorrectable = (field: string, { status }: HearingFile): void => {
  if (FIXED.has(field))
    throw new RuleBroken(
      'not-correctable',
      `${field} cannot be corrected: other entries rest on it. Record the act that changes it instead.`,
    );
  if (status === 'listed' && (field === 'startsAt' || field === 'zone'))
    throw new RuleBroken(
      'not-correctable',
      'Notice is served of the time that is listed. Vacate the hearing and list it anew.',
    );
};

const checkNotices = ({ listing, notices }: HearingFile, { today }: HearingContext): void => {
  if (listing) for (const notice of notices) checkServed(notice, listing, { on: today });
};

const checkPresence = ({ panel, sittings }: HearingFile): void => {
  const stranger = sittings
    .flatMap(({ present }) => present)
    .find((staffId) => !panel.some((member) => member.staffId === staffId));
  if (stranger !== undefined)
    throw new RuleBroken('not-on-panel', `${stranger} is not on the panel of this hearing.`);
};

/** Correcting what was recorded: the hearing that it makes must be one that could have come about. */
export const correctionActs = {
  CorrectEntry: act({
    summary: 'Correct an entry; both the old and the new stay on record.',
    when: 'existing',
    input: correctionInput,
    possible: (_, { cases = [] }) => refuseWordsOnErased(cases.map(({ complaint }) => complaint)),
    decide: (data, hearing, context) => {
      const history = context.history as readonly Entry<HearingEvent>[];
      const [field = ''] = data.path;
      checkCorrectable(field, known(hearing));
      const correction = correctEntry(hearingEvents, data, history);
      const target = history.find(({ id }) => id === data.eventId) as Entry<HearingEvent>;
      const entry = { ...target, ...correction, id: context.idFor(0) };
      const file = known(fold({ initial: absent, evolve }, [...history, entry]));
      if (field === 'servedOn') checkNotices(file, context);
      if (field === 'present') checkPresence(file);
      return [correction];
    },
  }),
};
