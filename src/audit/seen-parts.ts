import type { Sight } from '../access/sight.js';

interface Linking {
  readonly linked: readonly string[];
  readonly hearings: readonly string[];
}

interface Heard {
  readonly id: string;
}

/** A case and its hearings without what tells of other cases that must not be seen: links, and hearings that hear them too. */
export const seenParts = <Row, Hearing>(
  row: Row,
  hearings: readonly Hearing[],
  sight: Sight,
): { row: Row; hearings: readonly Hearing[] } => {
  if (sight.hidden.length === 0) return { row, hearings };
  const told = hearings as readonly (Hearing & Heard)[];
  const file = row as Row & Linking;
  return {
    row: {
      ...file,
      linked: file.linked.filter((id) => sight.sees(id)),
      hearings: file.hearings.filter((id) => sight.seesHearing(id)),
    },
    hearings: told.filter(({ id }) => sight.seesHearing(id)),
  };
};
