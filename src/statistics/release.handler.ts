import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Situations } from '../access/circumstances.js';
import { Command, type Answer } from '../event-store/command.js';
import { Desk, hidesNothing, type Slice } from '../event-store/desk.js';
import {
  release,
  type ReleaseRequest,
  type Release,
  type ReleaseContext,
  type ReleaseEvent,
} from './release.js';
import { releaseRow } from './release.projection.js';
import { Releases } from './release.reader.js';
import { ReleaseQueries } from './release.queries.js';

export class ReleaseCommand extends Command {}

@CommandHandler(ReleaseCommand)
export class ReleaseHandler implements ICommandHandler<ReleaseCommand, Answer> {
  private readonly slice: Slice<Release, ReleaseContext, ReleaseEvent>;

  constructor(
    @Inject(Desk) private readonly desk: Desk,
    @Inject(Situations) situations: Situations,
    @Inject(Releases) releases: Releases,
    @Inject(ReleaseQueries) queries: ReleaseQueries,
  ) {
    this.slice = {
      decider: release,
      row: releaseRow,
      hides: hidesNothing,
      gather: async (command, own) => {
        const { circumstances, occurred } = await situations.around(command, own);
        const { replaces: _, ...asked } = command.input as ReleaseRequest;
        const [pinned, all] = await Promise.all([releases.pinned(asked), queries.all()]);
        return { context: { ...circumstances, pinned, releases: all }, occurred };
      },
    };
  }

  execute(command: ReleaseCommand): Promise<Answer> {
    return this.desk.perform(this.slice, command);
  }
}
