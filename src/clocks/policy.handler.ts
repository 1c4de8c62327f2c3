import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { freshId } from '../event-store/fresh-bytes.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, type Gathered, type Slice } from '../event-store/desk.js';
import { InvalidInput } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { LiveCases, type Listener, type Moved } from './live-cases.js';
import { policyRow } from './policy.projection.js';
import { policy, type Policy, type PolicyContext, type PolicyEvent } from './policy.js';
import { PolicyBook } from './policy.queries.js';
import { parsePolicySet, type PolicySet } from './policy-set.js';
import { surroundings } from './surroundings.slice.js';

export class PolicyCommand extends Command {}

@CommandHandler(PolicyCommand)
export class PolicyHandler implements ICommandHandler<PolicyCommand, Answer> {
  private readonly slice: Slice<Policy, PolicyContext, PolicyEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(PolicyBook) private readonly book: PolicyBook,
    @Inject(LiveCases) private readonly live: LiveCases,
    @Inject(Clock) clock: Clock,
  ) {
    this.slice = {
      decider: policy,
      row: policyRow,
      gather: async (command, own): Promise<Gathered<PolicyContext>> => {
        await book.look();
        const { context, occurred } = surroundings(clock, command, own);
        return { context: { ...context, isCalendar: (name) => book.isCalendar(name) }, occurred };
      },
    };
  }

  /** A version that supersedes another reaches the open cases at once; `moved` says what that did. */
  execute(command: PolicyCommand, tell?: Listener): Promise<Answer & { readonly moved?: Moved }> {
    const record = () => this.record(command);
    return command.act === 'Supersede' ? this.live.around(record, tell) : record();
  }

  private async record(command: PolicyCommand): Promise<Answer> {
    const answer = await this.desk.perform(this.slice, command);
    if (answer.events.length > 0) await this.book.read();
    return answer;
  }

  /**
   * Publishes each policy file of a folder that was not published yet. Errors: InvalidInput `bad-policy`, RuleBroken
   * `policy-version-taken`.
   */
  async publishAll(folder: string): Promise<void> {
    await this.book.read();
    for (const set of await readPolicies(folder, (name) => this.book.isCalendar(name))) {
      const envelope = { actor: { id: 'redress', role: 'operator' }, correlationId: freshId() };
      await this.execute(new PolicyCommand('Publish', set.key, set, envelope));
    }
  }
}

const readPolicies = async (folder: string, isCalendar: (name: string) => boolean): Promise<PolicySet[]> => {
  const names = await readdir(folder).catch(() => {
    throw new InvalidInput(
      'bad-policy',
      `The folder of policies ${folder} cannot be read. Set REDRESS_POLICIES to one.`,
    );
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Promise.all(
    files.map(async (name) => parsePolicySet(await readFile(join(folder, name), 'utf8'), name, isCalendar)),
  );
};
