import { readsOf, type ReadDoor } from '../access/read-door.js';
import { statisticsRequest, statisticsView } from './statistics-view.js';
import { Statistics } from './statistics.reader.js';

const read = readsOf<Statistics>();

export const statisticsReads: ReadDoor<Statistics> = {
  queries: Statistics,
  reads: {
    statistics: read({
      summary:
        'Figures for publication, by period and category, with small counts left out; the same for the same position.',
      path: 'statistics',
      permission: 'statistics',
      params: statisticsRequest,
      answer: statisticsView,
      ask: (statistics, params) => statistics.of(params),
    }),
  },
};
