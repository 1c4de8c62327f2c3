/** What is asked before it is needed: should it fail, whoever awaits it hears of that, however much later. */
export function ahead<T>(asked: Promise<T>): Promise<T> {
  asked.catch(() => {});
  return asked;
}
