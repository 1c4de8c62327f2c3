import type { Page, PageRequest } from '../platform/page.js';

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
