/** At most so many pieces of work under way at once. The first failure stops whoever comes next. */
export class Window {
  private underWay = 0;
  private failed = false;
  private failure: unknown;
  private wake: () => void = () => undefined;

  constructor(private readonly most: number) {}

  /** Begins the work as soon as there is room. Throws what earlier work failed with. */
  async add(work: () => Promise<void>): Promise<void> {
    while (this.underWay >= this.most && !this.failed) await this.nextDone();
    this.throwFailure();
    this.underWay += 1;
    void this.run(work);
  }

  /** Waits for all of it. Throws what any of it failed with. */
  async drained(): Promise<void> {
    while (this.underWay > 0) await this.nextDone();
    this.throwFailure();
  }

  private nextDone(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private throwFailure(): void {
    if (this.failed) throw this.failure;
  }

  private async run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure = this.failed ? this.failure : error;
      this.failed = true;
    }
    this.underWay -= 1;
    this.wake();
  }
}
