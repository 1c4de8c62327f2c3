import { readCursor, type Page, type PageRequest } from '../platform/page.js';

const PAGE = 1_000;

/** All pages of a question, one after the other. */
export async function* pagesOf<T>(
  page: (request: PageRequest) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let after: string | undefined;
  do {
    const { items, next } = await page({ first: PAGE, after });
    yield items;
    after = next ?? undefined;
  } while (after !== undefined);
}

/** Before the first of anything that goes by due day, case and deadline. */
const FIRST = ['-infinity', '00000000-0000-0000-0000-000000000000', ''] as const;

/** Where a page of deadlines goes on: after this due day, case and deadline. */
export const readFrom = (after: string | undefined): readonly string[] =>
  after === undefined ? FIRST : readCursor(after, FIRST.length);
