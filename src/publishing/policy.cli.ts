import type { Command } from 'commander';
import { stringify } from 'yaml';
import { policyName } from '../clocks/policy.js';
import { PolicyCommand, PolicyHandler } from '../clocks/policy.handler.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import type { PolicySet } from '../clocks/policy-set.js';
import { say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { doneText, envelope, inHouse, part, policyIn, told, type AsJson } from './in-house.js';
import { RulesReader } from './rules.reader.js';

const numberOf = (option: string, text: string): number => {
  const found = /^(?:[a-z0-9-]+@)?(\d{1,7})$/.exec(text)?.[1];
  if (found === undefined) throw new Unusable(`${option} ${text}: give a version such as 2.`);
  return Number(found);
};

const addList = (policies: Command): void => {
  policies
    .command('list')
    .description('every published version')
    .option('--json', 'as JSON')
    .action(async ({ json }: AsJson) => {
      const list = await inHouse((house) => part(house, RulesReader).policies());
      say(json, list, () =>
        table([
          ['policy', 'effective from', 'calendars', 'confidence', 'superseded by'],
          ...list.policies.map((each) => [
            each.name,
            each.effectiveFrom,
            each.calendars.join(', '),
            each.confidence,
            each.supersededBy ?? '',
          ]),
        ]),
      );
    });
};

const addShow = (policies: Command): void => {
  policies
    .command('show')
    .description('one version in full')
    .argument('<policy>', 'default@2, or default for the latest version')
    .option('--json', 'as JSON')
    .action(async (name: string, { json }: AsJson) => {
      const view = await inHouse((house) => part(house, RulesReader).policy(name));
      say(json, view, () => stringify(view.policy).trimEnd());
    });
};

const publishing = (set: PolicySet): PolicyCommand =>
  new PolicyCommand('Publish', set.key, set, envelope('policy', 'Publish'));

const addCheck = (policies: Command): void => {
  policies
    .command('check')
    .description('says whether a file can be published as it is; nothing is published')
    .argument('<file>', 'a YAML file')
    .option('--json', 'as JSON')
    .action(async (file: string, { json }: AsJson) => {
      const { isNew, ...name } = await inHouse(async (house) => {
        const set = await policyIn(house, file);
        const { key, version } = set;
        return { key, version, isNew: await part(house, PolicyHandler).wouldPublish(publishing(set)) };
      });
      const what = isNew ? 'can be published' : 'is published already, with these rules';
      say(
        json,
        { ok: true, ...name, published: !isNew },
        () => `${file} is good: ${policyName(name)} ${what}.`,
      );
    });
};

/** Which cases come under a version: one that takes effect before another, though published after it, is soon over. */
const inForceText = (set: PolicySet, all: readonly PolicySet[], opened: string): string => {
  const [next] = all
    .filter(({ key, effectiveFrom }) => key === set.key && effectiveFrom > set.effectiveFrom)
    .toSorted((one, other) => (one.effectiveFrom < other.effectiveFrom ? -1 : 1));
  const until = next ? `, until ${policyName(next)} takes effect on ${next.effectiveFrom}` : '';
  const elsewhere =
    set.key === opened
      ? ''
      : ` Cases are opened under ${opened}: they come under ${set.key} once the server is started with REDRESS_POLICY=${set.key}.`;
  return `${policyName(set)} is for cases received from ${set.effectiveFrom} on${until}.${elsewhere}`;
};

const addPublish = (policies: Command): void => {
  policies
    .command('publish')
    .description(
      'publishes a version; of the policy REDRESS_POLICY cases received from its effective day on come under it',
    )
    .argument('<file>', 'a YAML file')
    .option('--json', 'as JSON')
    .action(async (file: string, { json }: AsJson) => {
      const done = await inHouse(async (house, { config }) => {
        const set = await policyIn(house, file);
        const answer = await part(house, PolicyHandler).execute(publishing(set));
        const all = await part(house, PolicyBook).all();
        return { ...answer, inForce: inForceText(set, all, config.REDRESS_POLICY) };
      });
      const { inForce, ...answer } = done;
      say(json, answer, () => `${doneText(answer)}\n${inForce}`);
    });
};

const addSupersede = (policies: Command): void => {
  policies
    .command('supersede')
    .description('moves the open cases of a version to a later one, and says what moved')
    .argument('<key>', 'the policy set')
    .argument('<version>', 'the version that the cases go by now')
    .requiredOption('--by <version>', 'the version that they go by from now on')
    .requiredOption('--reasons <text>', 'why; kept on the record')
    .option('--json', 'as JSON, with every deadline that moved')
    .action(
      async (key: string, from: string, { by, reasons, json }: AsJson & Record<'by' | 'reasons', string>) => {
        const input = { version: numberOf('The version', from), by: numberOf('--by', by), reasons };
        const command = new PolicyCommand('Supersede', key, input, envelope('policy', 'Supersede'));
        const done = await inHouse((house) =>
          told((audience) => part(house, PolicyHandler).execute(command, audience)),
        );
        say(json, done, () => doneText(done));
      },
    );
};

export const addPolicyCommands = (program: Command): void => {
  const policies = program.command('policy').description('the policies that deadlines go by');
  for (const add of [addList, addShow, addCheck, addPublish, addSupersede]) add(policies);
};
