import type { Principal } from './principal.js';

/** A look: that somebody was shown something of a case or a person. Every door says the same of it. */

/** What an answer shows, and of whom. */
export interface Seen {
  readonly kind: string;
  /** Its id; of a case its id or its reference, of an export or a feed the positions. */
  readonly id: string;
  /** The cases that it belongs to, each by its id or its reference. */
  readonly cases: readonly string[];
}

/** Who asks, through which door, and why where they said so. */
export interface Visitor {
  readonly principal: Principal;
  readonly requestId: string;
  readonly door: 'rest' | 'graphql' | 'feed' | 'command-line';
  readonly reason?: string | undefined;
}

export interface Look extends Omit<Visitor, 'principal'> {
  readonly actor: { readonly id: string; readonly role: string };
  /** The read, by its name in GraphQL; of other doors the command or the route. */
  readonly question: string;
  readonly seen: readonly Seen[];
  /** Whose sealed text was opened besides. */
  readonly opened?: readonly Seen[];
}

export const aCase = (name: string): Seen => ({ kind: 'case', id: name, cases: [name] });

/** The record of everything: a feed, an export, an auditor's question. */
export const theLog = (positions: string): Seen => ({ kind: 'log', id: positions, cases: [] });

/** Whose sealed text is in an answer. */
export const openedOf = (subjects: ReadonlySet<string>): Seen[] =>
  [...subjects].map((subject) => {
    const [kind = '', id = ''] = subject.split(':');
    return { kind, id, cases: kind === 'case' ? [id] : [] };
  });
