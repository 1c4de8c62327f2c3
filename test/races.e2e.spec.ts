import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defaultPolicy } from './support/resolution-case.js';
import { twoHouses, type Deed, type Happened, type TwoHouses } from './support/two-houses.js';

/**
 * Two people act in the same moment, in two processes. Whoever is quicker, what stands in the log is in an order that one
 * person alone could have brought about. Each race is bounded; the long suite runs many more rounds.
 */
const ROUNDS = process.env['REDRESS_LONG'] ? 1000 : 50;
jest.setTimeout(60_000 + ROUNDS * 200);
const AT_ONCE = 25;
const reasons = 'As the file shows.';

let houses: TwoHouses;

beforeAll(async () => {
  houses = await twoHouses();
  // A procedure with an appeal and little before it, so that each round takes few steps.
  const procedure = {
    ...defaultPolicy.procedure,
    disclosureBeforeFinding: false,
    hearingRequired: false,
    verificationRequired: false,
    panelQuorum: 1,
    noticeDays: 0,
  };
  const policy = { ...defaultPolicy, version: 3, procedure };
  await houses.act({ kind: 'policy', act: 'Publish', id: 'default', input: policy, by: 'operator' });
});
afterAll(() => houses.close());

const on =
  (kind: Deed['kind'], id: string | undefined) =>
  (act: string, input: object, by: string): Deed => ({
    kind,
    act,
    input,
    by,
    ...(id === undefined ? {} : { id }),
  });

type On = ReturnType<typeof on>;

interface Prepared {
  readonly complaint: On;
  readonly complaintId: string;
  readonly allegationId: string;
  readonly party: string;
}

const made = async (deed: Deed): Promise<string> => (await houses.act(deed)).id;

/** A case with one party and one allegation, in the hands of a handler. */
const aCase = async (): Promise<Prepared> => {
  const party = await made(on('party', undefined)('Register', { kind: 'person', name: 'Ada' }, 'intake'));
  const complaintId = await made(
    on('complaint', undefined)(
      'Receive',
      {
        receivedOn: '2026-03-02',
        channel: 'letter',
        category: 'abuse',
        summary: 'Shouted.',
        complainantRef: party,
        allegations: [{ category: 'abuse' }],
      },
      'intake',
    ),
  );
  const [allegation] = (await houses.log(`complaint-${complaintId}`)).slice(-1);
  return {
    complaint: on('complaint', complaintId),
    complaintId,
    allegationId: allegation?.data.allegationId,
    party,
  };
};

const resolutionOf = async ({ complaintId }: Prepared): Promise<{ id: string; resolution: On }> => {
  const id = await made(on('resolution', undefined)('Open', { complaintId }, 'handler'));
  return { id, resolution: on('resolution', id) };
};

const hearingOf = async ({ complaintId }: Prepared, kind: 'first' | 'appeal' = 'first') => {
  const id = await made(
    on('hearing', undefined)('Request', { complaintIds: [complaintId], kind }, 'handler'),
  );
  return { id, hearing: on('hearing', id) };
};

const findingOn = ({ allegationId }: Prepared) => ({
  allegationId,
  finding: 'upheld',
  standardOfProof: 'balance-of-probabilities',
  reasons,
});

/** Decided, told, and with a sanction; and, when asked, appealed. */
const decided = async (prepared: Prepared, appealed: 'appealed' | 'not' = 'not') => {
  const { id, resolution } = await resolutionOf(prepared);
  const { party } = prepared;
  const idIn = async (type: string, field: string): Promise<string> =>
    (await houses.log(`resolution-${id}`)).find((each) => each.type === type)?.data[field];
  await houses.act(resolution('MakeFinding', findingOn(prepared), 'maker'));
  const sanction = { allegationIds: [prepared.allegationId], kind: 'warning', reasons };
  await houses.act(resolution('ImposeSanction', sanction, 'maker'));
  await houses.act(resolution('Notify', { to: [party] }, 'handler'));
  const sanctionId = await idIn('SanctionImposed', 'sanctionId');
  if (appealed === 'not') return { id, resolution, sanctionId, appealId: '' };
  await houses.act(resolution('LodgeAppeal', { by: party, grounds: 'Unfair.' }, 'intake'));
  const appealId = await idIn('AppealLodged', 'appealId');
  await houses.act(resolution('AdmitAppeal', { appealId, reasons }, 'reviewer'));
  return { id, resolution, sanctionId, appealId };
};

interface Round {
  readonly deeds: readonly [Deed, Deed];
  readonly streams: readonly string[];
  /** What else is attached to a case in the race is found by it. */
  readonly complaintId?: string;
}

interface Raced {
  readonly refused: readonly (string | undefined)[];
  readonly log: readonly Happened[];
}

const attached = (log: readonly Happened[]): readonly string[] =>
  log.flatMap(({ type, data }) => (type === 'HearingAttached' ? [`hearing-${data.hearingId}`] : []));

const raced = async (round: number, prepare: () => Promise<Round>): Promise<Raced> => {
  const { deeds, streams } = await prepare();
  const refused = await houses.race(round, deeds);
  await houses.settled();
  const log = await houses.log(...streams);
  return { refused, log: await houses.log(...streams, ...attached(log)) };
};

/** Many rounds, some at once; each is checked by itself. */
const race = async (prepare: () => Promise<Round>, check: (raced: Raced) => void): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, ROUNDS - round) }, (_, index) =>
      raced(round + index, prepare),
    );
    for (const each of await Promise.all(some)) check(each);
  }
};

const is = (type: string) => (each: Happened) => each.type === type;
const positionOf = (log: readonly Happened[], type: string): number =>
  log.find(is(type))?.position ?? Infinity;
const times = (log: readonly Happened[], type: string): number => log.filter(is(type)).length;

/** Exactly one of the two was done. */
const checkOne = ({ refused }: Raced, ...codes: readonly string[]) => {
  const told = refused.filter((code) => code !== undefined);
  expect(told).toHaveLength(1);
  expect(codes).toContain(told[0]);
};

describe('two people in the same moment, in two processes', () => {
  it('a decision never follows the recusal of whoever makes it', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution } = await resolutionOf(prepared);
        return {
          deeds: [
            prepared.complaint('Recuse', { staffId: 'maker', reasons }, 'head'),
            resolution('MakeFinding', findingOn(prepared), 'maker'),
          ],
          streams: [`complaint-${prepared.complaintId}`, `resolution-${id}`],
        };
      },
      ({ refused: [recusal, finding], log }) => {
        expect(recusal).toBeUndefined();
        expect([undefined, 'not-found']).toContain(finding);
        for (const each of log.filter(is('FindingMade')))
          expect(each.position).toBeLessThan(positionOf(log, 'HandlerRecused'));
      },
    ));

  it('nobody is given a case in which they have declared a conflict', () =>
    race(
      async () => {
        const { complaint, complaintId } = await aCase();
        return {
          deeds: [
            complaint('AssignHandler', { handlerId: 'cousin' }, 'head'),
            complaint('DeclareConflict', { nature: 'A cousin.' }, 'cousin'),
          ],
          streams: [`complaint-${complaintId}`],
        };
      },
      ({ refused: [assignment, conflict], log }) => {
        expect(conflict).toBeUndefined();
        expect([undefined, 'recused']).toContain(assignment);
        for (const each of log.filter(is('HandlerAssigned')))
          expect(each.position).toBeLessThan(positionOf(log, 'ConflictDeclared'));
      },
    ));

  it('a decision never follows the moment in which its maker is found to be a party', () => {
    let round = 0;
    return race(
      async () => {
        const prepared = await aCase();
        const { id, resolution } = await resolutionOf(prepared);
        const maker = `maker-${(round += 1)}`;
        return {
          deeds: [
            on('party', prepared.party)('IdentifyStaff', { staffId: maker }, 'head'),
            resolution('MakeFinding', findingOn(prepared), maker),
          ],
          streams: [`party-${prepared.party}`, `complaint-${prepared.complaintId}`, `resolution-${id}`],
        };
      },
      ({ refused: [identified, finding], log }) => {
        expect(identified).toBeUndefined();
        expect([undefined, 'not-found']).toContain(finding);
        for (const each of log.filter(is('FindingMade')))
          expect(each.position).toBeLessThan(positionOf(log, 'StaffIdentified'));
      },
    );
  });

  it('whoever is found to be known by a second reference acts under the first no more, nor under the second', () => {
    let round = 0;
    return race(
      async () => {
        const prepared = await aCase();
        const [{ id, resolution }, other] = [await resolutionOf(prepared), await resolutionOf(prepared)];
        const [first, second] = [`known-${(round += 1)}`, `known-${round}-too`];
        await houses.act(on('party', prepared.party)('IdentifyStaff', { staffId: first }, 'head'));
        const acting = round % 2 === 0 ? first : second;
        return {
          deeds: [
            on('party', prepared.party)('IdentifyStaff', { staffId: second }, 'head'),
            (acting === first ? resolution : other.resolution)('MakeFinding', findingOn(prepared), acting),
          ],
          streams: [`party-${prepared.party}`, `resolution-${id}`, `resolution-${other.id}`],
        };
      },
      ({ refused: [identified, finding], log }) => {
        expect(identified).toBeUndefined();
        expect([undefined, 'not-found']).toContain(finding);
        const second = log.findLast(is('StaffIdentified'));
        for (const each of log.filter(is('FindingMade'))) {
          expect(each.data.by).toEqual([second?.data.staffId]);
          expect(each.position).toBeLessThan(second?.position ?? 0);
        }
      },
    );
  });

  it('two references of one person that are found in the same moment are both known', () => {
    let round = 0;
    return race(
      async () => {
        const { party, complaint, complaintId } = await aCase();
        const [one, other] = [`twin-${(round += 1)}`, `twin-${round}-too`];
        await houses.act(complaint('AssignHandler', { handlerId: one }, 'head'));
        const says = (staffId: string) => on('party', party)('IdentifyStaff', { staffId }, 'head');
        return { deeds: [says(one), says(other)], streams: [`complaint-${complaintId}`, `party-${party}`] };
      },
      ({ refused, log }) => {
        expect(refused).toEqual([undefined, undefined]);
        const told = (type: string) => new Set(log.filter(is(type)).map(({ data }) => data.staffId));
        expect(told('StaffImplicated').size).toBe(2);
        expect(told('StaffImplicated')).toEqual(told('StaffIdentified'));
      },
    );
  });

  it('a party who is named and one who is found to be staff in the same moment: the case is theirs no more', () => {
    let round = 0;
    return race(
      async () => {
        const { complaint, complaintId } = await aCase();
        const respondent = await made(
          on('party', undefined)('Register', { kind: 'person', name: 'Ben' }, 'intake'),
        );
        const handler = `holder-${(round += 1)}`;
        await houses.act(complaint('AssignHandler', { handlerId: handler }, 'head'));
        return {
          deeds: [
            complaint('IdentifyRespondent', { respondentRef: respondent }, 'head'),
            on('party', respondent)('IdentifyStaff', { staffId: handler }, 'head'),
          ],
          streams: [`complaint-${complaintId}`, `party-${respondent}`],
        };
      },
      ({ refused, log }) => {
        expect(refused).toEqual([undefined, undefined]);
        expect(times(log, 'StaffImplicated')).toBe(1);
      },
    );
  });

  it('nobody sits on a panel who declares a conflict in the moment in which it is named', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, hearing } = await hearingOf(prepared);
        const members = ['chair', 'cousin'].map((staffId) => ({
          staffId,
          role: staffId === 'chair' ? 'chair' : 'member',
        }));
        return {
          deeds: [
            hearing('ConvenePanel', { members }, 'head'),
            prepared.complaint('DeclareConflict', { nature: 'A cousin.' }, 'cousin'),
          ],
          streams: [`complaint-${prepared.complaintId}`, `hearing-${id}`],
        };
      },
      ({ refused: [convened, conflict], log }) => {
        expect(conflict).toBeUndefined();
        expect([undefined, 'recused']).toContain(convened);
        expect(times(log, 'PanelMemberRecused')).toBe(times(log, 'PanelConvened'));
      },
    ));

  it('an allegation gets one finding, in whichever resolution', () =>
    race(
      async () => {
        const prepared = await aCase();
        const [one, other] = [await resolutionOf(prepared), await resolutionOf(prepared)];
        return {
          deeds: [
            one.resolution('MakeFinding', findingOn(prepared), 'maker'),
            other.resolution('MakeFinding', findingOn(prepared), 'other'),
          ],
          streams: [`resolution-${one.id}`, `resolution-${other.id}`],
        };
      },
      (each) => {
        checkOne(each, 'finding-exists');
        expect(times(each.log, 'FindingMade')).toBe(1);
      },
    ));

  it('an allegation is not both withdrawn and decided', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution } = await resolutionOf(prepared);
        const { allegationId, complaint, complaintId } = prepared;
        return {
          deeds: [
            complaint('WithdrawAllegation', { allegationId, reasons }, 'handler'),
            resolution('MakeFinding', findingOn(prepared), 'maker'),
          ],
          streams: [`complaint-${complaintId}`, `resolution-${id}`],
        };
      },
      (each) => {
        checkOne(each, 'allegation-determined', 'allegation-withdrawn');
        expect(times(each.log, 'AllegationWithdrawn') + times(each.log, 'FindingMade')).toBe(1);
      },
    ));

  it('a case is not closed while a hearing of it is asked for or listed', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, hearing } = await hearingOf(prepared);
        const listing = { startsAt: '2026-03-20T10:00:00Z', zone: 'UTC', mode: 'remote' };
        await houses.act(hearing('List', listing, 'handler'));
        await houses.act(hearing('Vacate', { reasons }, 'handler'));
        const { complaint, complaintId } = prepared;
        return {
          deeds: [
            complaint('Close', { outcome: 'remedied', reasons }, 'handler'),
            hearing('List', listing, 'handler'),
          ],
          streams: [`complaint-${complaintId}`, `hearing-${id}`],
        };
      },
      (each) => {
        checkOne(each, 'hearing-listed', 'complaint-closed');
        expect(times(each.log, 'ComplaintClosed') + times(each.log, 'HearingListed')).toBe(2);
      },
    ));

  it('a hearing never starts with somebody who was recused from its case before', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, hearing } = await hearingOf(prepared);
        const { complaint, complaintId, party } = prepared;
        const members = ['chair', 'ann'].map((staffId) => ({
          staffId,
          role: staffId === 'chair' ? 'chair' : 'member',
        }));
        await houses.act(hearing('ConvenePanel', { members }, 'handler'));
        const listing = { startsAt: '2026-03-02T10:10:00Z', zone: 'UTC', mode: 'remote' };
        await houses.act(hearing('List', listing, 'handler'));
        await houses.act(hearing('ServeNotice', { to: party }, 'handler'));
        return {
          deeds: [
            complaint('Recuse', { staffId: 'ann', reasons }, 'head'),
            hearing('Start', { present: ['chair', 'ann'] }, 'chair'),
          ],
          streams: [`complaint-${complaintId}`, `hearing-${id}`],
        };
      },
      ({ refused: [recusal, start], log }) => {
        expect(recusal).toBeUndefined();
        expect([undefined, 'recused', 'not-on-panel']).toContain(start);
        for (const each of log.filter(is('HearingStarted')))
          expect(each.position).toBeLessThan(positionOf(log, 'HandlerRecused'));
      },
    ));

  it('an appeal is not decided once a hearing of it is asked for', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution, appealId } = await decided(prepared, 'appealed');
        const { complaintId } = prepared;
        return {
          deeds: [
            resolution('DetermineAppeal', { appealId, outcome: 'dismissed', reasons }, 'reviewer'),
            on('hearing', undefined)('Request', { complaintIds: [complaintId], kind: 'appeal' }, 'handler'),
          ],
          streams: [`complaint-${complaintId}`, `resolution-${id}`],
        };
      },
      ({ refused: [decision, request], log }) => {
        expect(request).toBeUndefined();
        expect([undefined, 'appeal-hearing-pending']).toContain(decision);
        for (const each of log.filter(is('AppealDetermined')))
          expect(each.position).toBeLessThan(positionOf(log, 'HearingRequested'));
      },
    ));

  it('a party has one open appeal', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution } = await decided(prepared);
        const appeal = { by: prepared.party, grounds: 'Unfair.' };
        return {
          deeds: [resolution('LodgeAppeal', appeal, 'intake'), resolution('LodgeAppeal', appeal, 'handler')],
          streams: [`resolution-${id}`],
        };
      },
      (each) => {
        checkOne(each, 'appeal-already-open');
        expect(times(each.log, 'AppealLodged')).toBe(1);
      },
    ));

  it('an appeal lodged while a sanction is completed loses neither', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution, sanctionId } = await decided(prepared);
        return {
          deeds: [
            resolution('LodgeAppeal', { by: prepared.party, grounds: 'Unfair.' }, 'intake'),
            resolution('CompleteSanction', { sanctionId }, 'handler'),
          ],
          streams: [`resolution-${id}`],
        };
      },
      ({ refused, log }) => {
        expect(refused).toEqual([undefined, undefined]);
        expect([times(log, 'AppealLodged'), times(log, 'SanctionCompleted')]).toEqual([1, 1]);
      },
    ));

  it('a sanction is not both stayed and completed', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution, sanctionId, appealId } = await decided(prepared, 'appealed');
        return {
          deeds: [
            resolution('StaySanction', { sanctionId, appealId, reasons }, 'reviewer'),
            resolution('CompleteSanction', { sanctionId }, 'handler'),
          ],
          streams: [`resolution-${id}`],
        };
      },
      (each) => {
        checkOne(each, 'sanction-over', 'sanction-stayed');
        expect(times(each.log, 'SanctionStayed') + times(each.log, 'SanctionCompleted')).toBe(1);
      },
    ));

  describe('the last two who may know of a guarded case', () => {
    let round = 0;
    /** Restricted to two people, of whom `other` leaves it in the same moment as the first. */
    const leftAtOnce = async (other: (prepared: Prepared, staffId: string) => Deed): Promise<Round> => {
      const prepared = await aCase();
      const people = [`first-${(round += 1)}`, `second-${round}`] as const;
      for (const staffId of people)
        await houses.act(on('staff', undefined)('Enrol', { staffId, duties: [] }, 'head'));
      const { complaint, complaintId } = prepared;
      await houses.act(
        complaint('RestrictCase', { people, basis: 'An order.', until: '2026-12-31' }, people[0]),
      );
      return {
        deeds: [complaint('DeclareConflict', { nature: 'A cousin.' }, people[0]), other(prepared, people[1])],
        streams: [`complaint-${complaintId}`],
      };
    };
    const declares = ({ complaint }: Prepared, staffId: string) =>
      complaint('DeclareConflict', { nature: 'A cousin too.' }, staffId);
    const lastNamed = (log: readonly Happened[]): readonly string[] =>
      log.findLast(is('CaseRestricted'))?.data.people;

    it('do not both leave it where there is no head of casework', () =>
      race(
        () => leftAtOnce(declares),
        (each) => {
          checkOne(each, 'nobody-left');
          expect(times(each.log, 'ConflictDeclared')).toBe(1);
        },
      ));

    it.each([
      ['when both declare a conflict', declares],
      [
        'when one turns out to be a party',
        // By the house itself, from whom no case is hidden.
        ({ party }: Prepared, staffId: string) => on('party', party)('IdentifyStaff', { staffId }, 'redress'),
      ],
    ])('hand it on %s', async (_, other) => {
      const heir = { staffId: 'heir', duties: ['casework-head'] };
      await houses.act(on('staff', undefined)('Enrol', heir, 'head')).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'enrolled-already' });
      });
      await race(
        () => leftAtOnce(other),
        ({ refused, log }) => {
          expect(refused).toEqual([undefined, undefined]);
          expect(lastNamed(log)).toEqual(['heir']);
        },
      );
    });
  });

  it('a decision under review is verified or vetoed, not both', () =>
    race(
      async () => {
        const prepared = await aCase();
        const { id, resolution } = await resolutionOf(prepared);
        await houses.act(resolution('MakeFinding', findingOn(prepared), 'maker'));
        await houses.act(resolution('SubmitForReview', {}, 'maker'));
        return {
          deeds: [resolution('VerifyDecision', {}, 'ann'), resolution('VetoDecision', { reasons }, 'bob')],
          streams: [`resolution-${id}`],
        };
      },
      (each) => {
        checkOne(each, 'not-under-review');
        expect(times(each.log, 'DecisionVerified') + times(each.log, 'DecisionVetoed')).toBe(1);
      },
    ));

  it('a member of staff is enrolled once', () => {
    let round = 0;
    return race(
      () => {
        const staffId = `staff-${(round += 1)}-of-race`;
        const enrol = on('staff', undefined)('Enrol', { staffId, duties: [] }, 'head');
        return Promise.resolve({ deeds: [enrol, enrol], streams: [] });
      },
      (each) => checkOne(each, 'enrolled-already'),
    );
  });
});
