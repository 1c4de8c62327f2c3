import { CommandBus } from '@nestjs/cqrs';
import type { Command } from 'commander';
import { z } from 'zod';
import { caseName } from '../complaints/case-name.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import { principalAtConsole } from '../access/console.js';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { everything, Sight } from '../access/sight.js';
import { Sights } from '../access/sights.js';
import { References } from '../complaints/reference.queries.js';
import type { Answer } from '../event-store/command.js';
import { erasureBasis, fileNumber } from '../event-store/erasure.js';
import { id as anId } from '../event-store/schema.js';
import { PartyCommand } from '../parties/party.handler.js';
import { optionsAs, REFUSED, say, Unusable } from '../platform/command-line.js';
import { envelope, inHouse, part } from '../publishing/in-house.js';
import { SubjectAccessReader } from './subject-access.reader.js';
import { subjectAccessText } from './subject-access-text.js';
import { ErasurePreviews, type ErasurePreview } from './erasure-preview.reader.js';

const eraseOptions = z.object({
  party: anId.optional(),
  case: caseName.optional(),
  basis: erasureBasis,
  request: fileNumber.optional(),
  preview: z.literal(true).optional(),
  json: z.literal(true).optional(),
});

const previewText = ({ possible, why, cases }: ErasurePreview): string =>
  [
    possible ? 'Nothing stands in the way.' : (why ?? ''),
    ...cases.map(({ reference, open, held, keptUntil, erased }) =>
      [
        reference,
        erased ? 'erased' : open ? 'open' : 'closed',
        ...(held ? ['legal hold'] : []),
        ...(keptUntil === null ? [] : [`kept until ${keptUntil}`]),
      ].join('  '),
    ),
  ].join('\n');

const erase = (given: object): Promise<void> =>
  inHouse(async (house) => {
    const { party, case: named, basis, request, preview, json } = optionsAs(eraseOptions, given);
    if ((party === undefined) === (named === undefined)) throw new Unusable('Give --party or --case.');
    const kind = party === undefined ? 'complaint' : 'party';
    const around = envelope(kind, 'Erase');
    const id = party ?? (await part(house, References).idOf(named ?? '', everything));
    if (preview) {
      const previews = part(house, ErasurePreviews);
      const by = new Sight({ id: around.actor.id, roles: [] });
      const seen = await (party === undefined
        ? previews.ofCase({ id, basis }, by)
        : previews.ofParty({ id, basis }, by));
      say(json, seen, () => previewText(seen));
      if (!seen.possible) process.exitCode = REFUSED;
      return;
    }
    const input = { basis, ...(request === undefined ? {} : { request }) };
    const command =
      party === undefined
        ? new ComplaintCommand('Erase', id, input, around)
        : new PartyCommand('Erase', id, input, around);
    const answer = await part(house, CommandBus).execute<typeof command, Answer>(command);
    say(json, answer, () => `What was personal of ${kind} ${id} can be read no more.`);
  });

const exportOptions = z.object({
  party: anId,
  reason: z.string().optional(),
  json: z.literal(true).optional(),
});

const exported = (given: object): Promise<void> =>
  inHouse(async (house, ground) => {
    const { party, reason, json } = optionsAs(exportOptions, given);
    const line = 'personal export';
    const sight = await part(house, Sights).of(principalAtConsole('command-line', line));
    const held = await part(house, SubjectAccessReader).of(party, sight);
    const seen = [{ kind: 'party', id: party, cases: held.cases.map(({ id }) => id) }] as const;
    const told = await showAtConsole(ground, { line, seen, reason }, held);
    say(json, told, () => subjectAccessText(told));
  });

export const addPersonalCommands = (program: Command): void => {
  const personal = program.command('personal').description('what is held of people');
  personal
    .command('erase')
    .description('destroys the key of a party, or of a closed case and its hearings, for good')
    .option('--party <id>', 'a party: its name and contacts')
    .option('--case <case>', 'a case: its texts and documents')
    .option('--basis <word>', erasureBasis.options.join(', '))
    .option('--request <number>', 'the file number of the request or order, such as DSR-2026-7; never a name')
    .option('--preview', 'says what it would meet, and erases nothing; exit 1 when it would be refused')
    .option('--json', 'as JSON')
    .action(erase);
  personal
    .command('export')
    .description('everything that is held on a person, for that person; text about others is withheld')
    .requiredOption('--party <id>', 'who asks')
    .option(...REASON)
    .option('--json', 'as JSON')
    .action(exported);
};
