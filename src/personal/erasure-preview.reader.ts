import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../access/principal.js';
import type { Sight } from '../access/sight.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import { complaint } from '../complaints/complaint.js';
import { ComplaintSlice } from '../complaints/complaint.slice.js';
import { erasable } from '../complaints/acts/erasure.acts.js';
import { ErasureReader } from '../complaints/erasure.reader.js';
import { Desk } from '../event-store/desk.js';
import { erasureBasis } from '../event-store/erasure.js';
import { NotFound, RuleBroken } from '../event-store/errors.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { id as anId } from '../event-store/schema.js';
import { CasesOfParty, type ErasableCase } from '../parties/cases-of-party.reader.js';
import { PartyCommand, PartyHandler } from '../parties/party.handler.js';
import { party } from '../parties/party.js';
import { Clock } from '../platform/clock.js';

export const previewRequest = z.strictObject({ id: anId, basis: erasureBasis.default('no-longer-needed') });
export type PreviewRequest = z.output<typeof previewRequest>;

/** What an erasure would meet, while nothing is erased. */
export const erasurePreview = z
  .object({
    possible: z.boolean(),
    refusal: z.string().nullable().describe('The code of what stands in the way.'),
    why: z.string().nullable(),
    cases: z
      .array(
        z
          .object({
            id: z.uuid(),
            reference: z.string(),
            open: z.boolean(),
            held: z.boolean().describe('A legal hold stands on it.'),
            keptUntil: z
              .string()
              .nullable()
              .describe('The end of its retention; null where no rule says so.'),
            erased: z.boolean(),
          })
          .meta({ id: 'ErasableCase' }),
      )
      .readonly()
      .describe('The case, or those that name the party: what they say of a person is erased with them.'),
  })
  .meta({ id: 'ErasurePreview' });

export type ErasurePreview = z.output<typeof erasurePreview>;

const shown = ({ id, reference, open, held, keptUntil, erased }: ErasableCase) => ({
  id,
  reference,
  open,
  held,
  keptUntil: keptUntil ?? null,
  erased,
});

/** Asks the decider itself, and records nothing. */
@Injectable()
export class ErasurePreviews {
  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(ComplaintSlice) private readonly complaints: ComplaintSlice,
    @Inject(PartyHandler) private readonly parties: PartyHandler,
    @Inject(CasesOfParty) private readonly cases: CasesOfParty,
    @Inject(ErasureReader) private readonly erasures: ErasureReader,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async ofParty({ id, basis }: PreviewRequest, sight: Sight): Promise<ErasurePreview> {
    const own = await this.desk.load(party, id);
    const command = new PartyCommand('Erase', id, { basis }, envelopeOf(sight.principal));
    if (own.version === 0 || (await this.parties.slice.hides(command, own))) throw new NotFound('party', id);
    const refusal = await refusalOf(this.desk.draft(this.parties.slice, command, own));
    const { erasable: shownToThem } = await this.cases.of(id, this.clock.today(), sight);
    return told(refusal, shownToThem);
  }

  async ofCase({ id, basis }: PreviewRequest, sight: Sight): Promise<ErasurePreview> {
    const own = await this.desk.load(complaint, id);
    if (own.state.phase === 'absent' || !sight.sees(id)) throw new NotFound('complaint', id);
    const command = new ComplaintCommand('Erase', id, { basis }, envelopeOf(sight.principal));
    const refusal = await refusalOf(this.desk.draft(this.complaints, command, own));
    const kept = await this.erasures.keptUntil(own.state, this.clock.today());
    return told(refusal, [{ id, erased: own.state.erased === true, ...erasable(own.state, kept) }]);
  }
}

/** As whoever asks would meet it; an auditor sees what is restricted, and is shown what would stand in the way. */
const envelopeOf = ({ id, roles }: Principal) => ({
  actor: { id, role: roles.includes('auditor') ? 'auditor' : 'casework-head' },
  correlationId: freshId(),
});

const refusalOf = (draft: Promise<unknown>): Promise<RuleBroken | undefined> =>
  draft.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof RuleBroken) return error;
      throw error;
    },
  );

const told = (refusal: RuleBroken | undefined, cases: readonly ErasableCase[]): ErasurePreview => ({
  possible: refusal === undefined,
  refusal: refusal?.code ?? null,
  why: refusal?.message ?? null,
  cases: cases.map(shown),
});
