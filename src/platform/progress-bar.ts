const WIDTH = 30;
const EVERY = 100;

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line on a terminal that says how far a long work is; silent where nobody watches. */
export class ProgressBar {
  private drawnAt = 0;

  constructor(
    private readonly label: string,
    private readonly to: Terminal = process.stderr,
  ) {}

  /** `share` from 0 to 1, and what to say beside it. Draws ten times a second at most. */
  show(share: number, note: string): void {
    if (this.to.isTTY !== true || Date.now() - this.drawnAt < EVERY) return;
    this.drawnAt = Date.now();
    const done = Math.round(Math.min(share, 1) * WIDTH);
    const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
    this.to.write(`\r\u001B[2K${this.label} ${bar} ${Math.floor(Math.min(share, 1) * 100)} %  ${note}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.to.isTTY === true) this.to.write('\r\u001B[2K');
  }
}
