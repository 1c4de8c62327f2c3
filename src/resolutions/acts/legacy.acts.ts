import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { legacySource } from '../../event-store/legacy-source.js';
import { id, personal } from '../../event-store/schema.js';
import { act } from '../resolution.context.js';
import { findingWord, sanctionKind } from '../resolution.events.js';

const finding = z.strictObject({ allegationId: id, finding: findingWord, source: legacySource });

const sanction = z.strictObject({
  allegationIds: z.array(id).min(1),
  respondentRef: id.optional(),
  kind: sanctionKind,
  days: z.int().positive().optional(),
  details: personal('case').optional(),
  source: legacySource,
});

const checkFoundOnce = (findings: readonly z.output<typeof finding>[]) => {
  const seen = new Set<string>();
  for (const { allegationId } of findings) {
    if (seen.has(allegationId))
      throw new RuleBroken(
        'finding-exists',
        `The register states two findings on allegation ${allegationId}. Keep one of them.`,
      );
    seen.add(allegationId);
  }
};

/** Import's own door: dates and references are checked, rules of conduct are not (they were another body's then). */
export const legacyActs = {
  RecordLegacyResolution: act({
    summary: 'Record what a legacy register says was found and imposed in a case, as it stood there.',
    when: 'absent',
    input: z.strictObject({
      complaintId: id,
      source: legacySource,
      findings: z.array(finding),
      sanctions: z.array(sanction),
    }),
    decide: ({ complaintId, source, findings, sanctions }, _, { on, today, idFor }) => {
      if (on > today)
        throw new RuleBroken('occurred-in-future', `${on} is in the future. Correct it in the register.`);
      if (findings.length + sanctions.length === 0)
        throw new RuleBroken('nothing-decided', 'The register states neither a finding nor a sanction.');
      checkFoundOnce(findings);
      return [
        { type: 'ResolutionOpened', data: { complaintId, kind: 'formal', source } },
        ...findings.map((data) => ({ type: 'FindingMade', data: { by: [] as string[], ...data } }) as const),
        ...sanctions.map(
          (data, index) =>
            ({ type: 'SanctionImposed', data: { sanctionId: idFor(index), ...data } }) as const,
        ),
      ];
    },
  }),
};
