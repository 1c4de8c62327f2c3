import { Inject, Injectable } from '@nestjs/common';
import { Sealing, subjectsIn } from '../event-store/sealing.js';
import { openedOf, type Visitor } from './look.js';
import { LookLog } from './look-log.js';
import type { Read } from './read-door.js';
import { Sights } from './sights.js';
import { lookBy } from './visitor.js';

/** A question as a door hands it over. */
export interface Asking<Q> {
  readonly name: string;
  readonly read: Read<Q>;
  readonly queries: Q;
  /** Its parameters, read by its schema. */
  readonly asked: object;
}

/**
 * The one way from a question to its answer, at every door: asked, recorded as a look, and only then shown. Whatever sealed
 * text it opens is a look, whether the read says so or not.
 */
@Injectable()
export class Answers {
  constructor(
    @Inject(Sealing) private readonly sealing: Sealing,
    @Inject(LookLog) private readonly looks: LookLog,
    @Inject(Sights) private readonly sights: Sights,
  ) {}

  async to<Q>({ name, read, queries, asked }: Asking<Q>, visitor: Visitor): Promise<unknown> {
    const sight = await this.sights.of(visitor.principal);
    const answer = await read.ask(queries, asked as never, sight);
    const told = read.looks === 'nothing' ? [] : read.looks.shown(asked as never, answer);
    const subjects = subjectsIn(answer);
    const look = { ...lookBy(visitor, read.permission, name, told), opened: openedOf(subjects) };
    const [shown] = await Promise.all([this.sealing.open(answer, subjects), this.looks.record(look)]);
    return shown;
  }
}
