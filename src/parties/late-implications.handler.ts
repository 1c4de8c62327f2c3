import { Inject, Injectable } from '@nestjs/common';
import { Implications } from '../complaints/implications.reader.js';
import type { Recorded } from '../event-store/event.js';
import type { Follower } from '../event-store/followers.js';

/** Of an event of a party, whom it says to be that party; null where it takes that back. */
const staffIn = ({ type, data }: Recorded): string | null => {
  const { staffId, path, new: told } = data as Readonly<Record<string, unknown>>;
  if (type === 'StaffIdentified') return staffId as string;
  return (path as readonly string[])[0] === 'staffId' ? (told as string | null) : null;
};

/**
 * Takes whoever turned out to be a party off the cases that the party was put on in the same moment: no append knew of both. They
 * see nothing of it from that moment all the same. What was cut off comes again, and a case that says so already is left alone.
 */
@Injectable()
export class LateImplications {
  readonly follower: Follower;

  constructor(@Inject(Implications) private readonly implications: Implications) {
    this.follower = {
      name: 'late-implications',
      types: ['StaffIdentified', 'EntryCorrected'],
      apply: async (events) => {
        for (const event of events) await this.tell(event);
      },
    };
  }

  private async tell(event: Recorded): Promise<void> {
    const [kind] = event.stream.split('-', 1);
    const staffId = kind === 'party' ? staffIn(event) : null;
    if (staffId === null) return;
    const partyRef = event.stream.slice('party-'.length);
    await this.implications.inLateCases({ partyRef, staffId }, event);
  }
}
