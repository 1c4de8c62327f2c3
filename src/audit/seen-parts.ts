import type { Sight } from '../access/sight.js';
import { seenResolution } from '../resolutions/resolution.queries.js';

interface Linking {
  readonly linked: readonly string[];
  readonly hearings: readonly string[];
}

interface Heard {
  readonly id: string;
}

interface Parts<Row, Hearing, Resolution> {
  readonly row: Row;
  readonly hearings: readonly Hearing[];
  readonly resolutions: readonly Resolution[];
}

/**
 * A case and what belongs to it without what tells of other cases that must not be seen: links, and hearings that hear them
 * too.
 */
export const seenParts = <Row, Hearing, Resolution>(
  { row, hearings, resolutions }: Parts<Row, Hearing, Resolution>,
  sight: Sight,
): Parts<Row, Hearing, Resolution> => {
  if (sight.hidden.isEmpty) return { row, hearings, resolutions };
  const told = hearings as readonly (Hearing & Heard)[];
  const file = row as Row & Linking;
  return {
    row: {
      ...file,
      linked: file.linked.filter((id) => sight.sees(id)),
      hearings: file.hearings.filter((id) => sight.seesHearing(id)),
    },
    hearings: told.filter(({ id }) => sight.seesHearing(id)),
    resolutions: resolutions.map((each) => seenResolution(each, sight)),
  };
};
