import { describe, expect, it } from '@jest/globals';
import { ladder, type Duty, type HeldDuty } from '../clocks/ladder.js';
import { INTAKE, recipientsOf, toTell, type OnDuty, type Seat } from './recipients.js';

const NOW = '2026-03-02T10:00:00Z';

const onDuty = (
  held: Partial<Record<HeldDuty, readonly string[]>>,
  { leads = {}, deputies = {} }: { leads?: Record<string, string>; deputies?: Record<string, string> } = {},
): OnDuty => ({
  holders: (duty) => held[duty] ?? [],
  leadOf: (staffId) => leads[staffId],
  standInFor: (staffId) => deputies[staffId] ?? staffId,
});

const seat: Seat = { handlerId: 'ann', barred: [], panel: [] };
const all = onDuty({
  'team-lead': ['lea', 'leo'],
  'casework-head': ['hal'],
  'independent-reviewer': ['ivy'],
  'intake-lead': ['ina'],
});
const found = (to: readonly Duty[], at: Seat, duties: OnDuty) => recipientsOf(to, at, duties, NOW);
const told = (...asked: Parameters<typeof found>) => found(...asked).map(({ recipient }) => recipient);

describe('who is told of a deadline', () => {
  it('is the handler, and everybody who holds the duty', () => {
    expect(told(['handler', 'team-lead'], seat, all)).toEqual(['ann', 'lea', 'leo']);
  });

  it("is the handler's own team lead, where they have one", () => {
    const led = onDuty({ 'team-lead': ['lea', 'leo'] }, { leads: { ann: 'leo' } });
    expect(told(['team-lead'], seat, led)).toEqual(['leo']);
  });

  it('is the next one up where nobody holds the duty', () => {
    expect(told(['team-lead'], seat, onDuty({ 'casework-head': ['hal'] }))).toEqual(['hal']);
    expect(told(['independent-reviewer'], seat, onDuty({ 'intake-lead': ['ina'] }))).toEqual(['ina']);
  });

  it('is the intake lead while nobody handles the case', () => {
    expect(told(['handler'], { ...seat, handlerId: null }, all)).toEqual(['ina']);
  });

  it('is the handler where nobody holds any duty, and else the intake', () => {
    expect(told(['independent-reviewer'], seat, onDuty({}))).toEqual(['ann']);
    expect(told(['casework-head'], { ...seat, handlerId: null }, onDuty({}))).toEqual([INTAKE]);
  });

  it('is the deputy of whoever is away, and one person once', () => {
    const away = onDuty({ 'team-lead': ['lea'] }, { deputies: { ann: 'lea' } });
    expect(told(['handler', 'team-lead'], seat, away)).toEqual(['lea']);
  });

  it('of a hearing is its panel or its chair, where it has one', () => {
    const panel = [
      { staffId: 'cho', role: 'chair' as const },
      { staffId: 'mia', role: 'member' as const },
    ];
    expect(told(['panel'], { ...seat, panel }, all)).toEqual(['cho', 'mia']);
    expect(told(['chair'], { ...seat, panel }, all)).toEqual(['cho']);
    expect(told(['chair'], { ...seat, panel, barred: ['cho'] }, all)).toEqual(['mia']);
    expect(told(['chair'], seat, all)).toEqual(['ann']);
  });

  it('is never somebody who is a party to the case or recused from it, nor through a deputy', () => {
    expect(told(['casework-head'], { ...seat, barred: ['hal'] }, all)).toEqual(['ina']);
    const away = onDuty({ 'intake-lead': ['ina'] }, { deputies: { ann: 'ben' } });
    expect(told(['handler'], { ...seat, barred: ['ben'] }, away)).toEqual(['ina']);
    expect(told(['handler'], { ...seat, barred: ['ann'] }, onDuty({}))).toEqual([INTAKE]);
  });
});

describe('why they are told', () => {
  it('is the duty by which they were found, theirs or in the place of whoever is away', () => {
    const away = onDuty(
      { 'team-lead': ['lea'], 'casework-head': ['hal'] },
      { deputies: { ann: 'ben', lea: 'hal' } },
    );
    expect(found(['handler', 'team-lead', 'casework-head'], seat, away)).toEqual([
      { recipient: 'ben', duty: 'handler', inPlaceOf: 'ann' },
      { recipient: 'hal', duty: 'casework-head', inPlaceOf: null },
    ]);
    expect(found(['independent-reviewer'], seat, away)).toEqual([
      { recipient: 'hal', duty: 'casework-head', inPlaceOf: null },
    ]);
    expect(found(['handler'], { ...seat, handlerId: null }, onDuty({}))).toEqual([
      { recipient: INTAKE, duty: INTAKE, inPlaceOf: null },
    ]);
  });
});

describe('what is to be told', () => {
  const rules = ladder.parse({
    unit: 'working-days',
    steps: [
      { step: 'overdue', offset: 1, to: ['handler'] },
      { step: 'long-overdue', offset: 10, to: ['casework-head'] },
      { step: 'escalated', offset: 20, to: ['independent-reviewer'] },
    ],
    repeatEvery: 0,
  });
  const who = (to: readonly Duty[]) => found(to, seat, all);
  const overdue = { step: 'overdue', recipient: 'ann', duty: 'handler', inPlaceOf: null };
  const next = { step: 'long-overdue', recipient: 'hal', duty: 'casework-head', inPlaceOf: null };

  it('is nothing before the first step', () => {
    expect(toTell(rules, -1, who, () => true)).toEqual([]);
  });

  it('is the step that has come', () => {
    expect(toTell(rules, 0, who, () => false)).toEqual([overdue]);
  });

  it('is not the next step where it would tell the same people', () => {
    const nobody = (to: readonly Duty[]) => found(to, seat, onDuty({}));
    expect(toTell(rules, 0, nobody, () => true)).toEqual([overdue]);
  });

  it('is the next step too where somebody could not be reached, and no further', () => {
    expect(toTell(rules, 0, who, () => true)).toEqual([overdue, next]);
    expect(toTell(rules, 2, who, () => true)).toEqual([
      { step: 'escalated', recipient: 'ivy', duty: 'independent-reviewer', inPlaceOf: null },
    ]);
  });
});
