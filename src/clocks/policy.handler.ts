import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Sights } from '../access/sights.js';
import { freshId } from '../event-store/fresh-bytes.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, hidesNothing, type Gathered, type Slice } from '../event-store/desk.js';
import { InvalidInput, RuleBroken } from '../event-store/errors.js';
import { Clock } from '../platform/clock.js';
import { LiveCases, type Audience, type Moved } from './live-cases.js';
import { policyRow } from './policy.projection.js';
import { policy, policyName, type Policy, type PolicyContext, type PolicyEvent } from './policy.js';
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
    @Inject(Sights) private readonly sights: Sights,
    @Inject(Clock) clock: Clock,
  ) {
    this.slice = {
      decider: policy,
      row: policyRow,
      hides: hidesNothing,
      gather: async (command, own): Promise<Gathered<PolicyContext>> => {
        await book.look();
        const { circumstances, occurred } = surroundings(clock, command, own);
        return { context: { calendarNamed: (name) => book.calendarNamed(name), ...circumstances }, occurred };
      },
    };
  }

  /** A version that supersedes another reaches the open cases at once; `moved` says what that did. */
  async execute(command: PolicyCommand, audience?: Audience): Promise<Answer & { readonly moved?: Moved }> {
    const record = () => this.record(command);
    if (command.act !== 'Supersede') return record();
    return this.live.around(record, audience ?? (await this.sights.ofActor(command.envelope.actor.id)));
  }

  private async record(command: PolicyCommand): Promise<Answer> {
    const answer = await this.desk.perform(this.slice, command);
    if (answer.events.length > 0) await this.book.read();
    return answer;
  }

  /** Whether publishing would record anything; nothing is recorded. Errors: those of publishing. */
  async wouldPublish(command: PolicyCommand): Promise<boolean> {
    const own = await this.desk.load(policy, command.id);
    return (await this.desk.draft(this.slice, command, own)).entries.length > 0;
  }

  /**
   * Publishes each policy file of a folder that was not published yet, and says which it left. Errors: InvalidInput
   * `bad-policy`.
   */
  async publishAll(folder: string): Promise<readonly string[]> {
    await this.book.read();
    const left: string[] = [];
    for (const set of await readPolicies(folder, (name) => this.book.isCalendar(name))) {
      const why = await this.whyLeft(set);
      if (why !== undefined)
        left.push(`${policyName(set)} of ${folder} is not published, and what was published stands. ${why}`);
    }
    return left;
  }

  /**
   * Why a file at hand is not published; undefined when it is. It must not keep the house from opening, and once the
   * organisation has published a policy itself nothing is put over that without being asked.
   */
  private async whyLeft(set: PolicySet): Promise<string | undefined> {
    const envelope = { actor: HOUSE, correlationId: freshId() };
    const command = new PolicyCommand('Publish', set.key, set, envelope);
    try {
      if (!(await this.wouldPublish(command))) return undefined;
      const { history } = await this.desk.load(policy, set.key);
      if (history.some(({ type, actor }) => type === 'PolicyPublished' && actor.id !== HOUSE.id))
        return `Your organisation publishes ${set.key} itself; to take these rules, publish their file.`;
      await this.execute(command);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RuleBroken) return refusal.message;
      throw refusal;
    }
  }
}

/** In whose name policies are published that lie in the folder. */
const HOUSE = { id: 'redress', role: 'operator' };

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
