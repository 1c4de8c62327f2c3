import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import { Command, type Answer } from '../event-store/command.js';
import type { Circumstances } from '../event-store/decider.js';
import { Desk, type Slice } from '../event-store/desk.js';
import { InvalidInput } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { parsePolicySet, type PolicySet } from './policy-set.js';
import { policy, type Policy, type PolicyEvent } from './policy.js';
import { policyRow } from './policy.projection.js';

export class PolicyCommand extends Command {}

@CommandHandler(PolicyCommand)
export class PolicyHandler implements ICommandHandler<PolicyCommand, Answer> {
  private readonly slice: Slice<Policy, Circumstances, PolicyEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Clock) clock: Clock,
  ) {
    this.slice = {
      decider: policy,
      row: policyRow,
      gather: ({ id, envelope: { actor } }, { history }) => {
        const today = clock.today();
        const context = {
          id,
          actor,
          actorParties: [],
          today,
          on: today,
          now: clock.now(),
          history,
          idFor: () => uuidv7(),
        };
        return Promise.resolve({ context, occurred: { date: today } });
      },
    };
  }

  execute(command: PolicyCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }

  /**
   * Publishes each policy file of a folder that was not published yet. Errors: InvalidInput `bad-policy`, RuleBroken
   * `policy-version-taken`.
   */
  async publishAll(folder: string): Promise<void> {
    for (const set of await readPolicies(folder)) {
      const envelope = { actor: { id: 'redress', role: 'operator' }, correlationId: uuidv7() };
      await this.execute(new PolicyCommand('Publish', set.key, set, envelope));
    }
  }
}

const readPolicies = async (folder: string): Promise<PolicySet[]> => {
  const names = await readdir(folder).catch(() => {
    throw new InvalidInput(
      'bad-policy',
      `The folder of policies ${folder} cannot be read. Set REDRESS_POLICIES to one.`,
    );
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Promise.all(
    files.map(async (name) => parsePolicySet(await readFile(join(folder, name), 'utf8'), name)),
  );
};
