import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { freshId } from '../event-store/fresh-bytes.js';
import { ComplaintCommand } from '../complaints/complaint.command.js';
import type { Answer, Envelope } from '../event-store/command.js';
import { PartyCommand } from '../parties/party.handler.js';
import { Clock } from '../platform/clock.js';
import { packageRoot } from '../platform/package-root.js';
import { RegisterImport } from './import.handler.js';
import { legacyIds } from './legacy-ids.js';
import { LegacyRegister } from './legacy-register.js';
import { readMapping } from './mapping.js';

const FOLDER = join(packageRoot, 'src', 'intake', 'demo');
/** Three cases that nobody ever closed: somebody takes them on, so that their deadlines run. */
const ADOPTED = ['D-026', 'D-031', 'D-032'];
const HANDLER = 'staff-7';

/** Carried out once, however often the demonstration is loaded. */
const once = (what: string): Envelope => ({
  actor: { id: 'demo', role: 'casework-head' },
  correlationId: freshId(),
  once: { key: createHash('sha256').update(`demo ${what}`).digest('hex'), request: what },
});

/** The handler as a party with an address, so that reminders reach somebody. */
const registerHandler = async (bus: CommandBus): Promise<void> => {
  const party = { kind: 'person', name: 'A. Handler', email: `${HANDLER}@example.org` };
  const register = new PartyCommand('Register', freshId(), party, once('register'));
  const { id } = await bus.execute<PartyCommand, Answer>(register);
  await bus.execute(new PartyCommand('IdentifyStaff', id, { staffId: HANDLER }, once('identify')));
};

const adopt = async (bus: CommandBus, id: string): Promise<void> => {
  const acts = { Adopt: { reasons: 'Part of the demonstration.' }, AssignHandler: { handlerId: HANDLER } };
  for (const [act, input] of Object.entries(acts))
    await bus.execute(new ComplaintCommand(act, id, input, once(`${act} ${id}`)));
};

/** Loads an invented register as any other is imported; doing so again adds nothing. Answers how many cases are new. */
export const loadDemo = async (house: INestApplicationContext): Promise<number> => {
  const mapping = await readMapping('demo');
  const today = house.get(Clock, { strict: false }).today();
  const files = { cases: join(FOLDER, 'register.csv'), allegations: join(FOLDER, 'allegations.csv') };
  const register = await LegacyRegister.prepare({ ...files, mapping, today });
  try {
    const refuse = ({ reason }: { reason: string }) => Promise.reject(new Error(reason));
    const { imported } = await house
      .get(RegisterImport, { strict: false })
      .run(register, { rejected: refuse });
    const bus = house.get(CommandBus, { strict: false });
    await registerHandler(bus);
    for (const sourceId of ADOPTED) await adopt(bus, legacyIds(mapping.source, sourceId)('complaint'));
    return imported;
  } finally {
    register.close();
  }
};
