import type { ChildProcess } from 'node:child_process';
import type pg from 'pg';
import type { TestApplication } from './application.js';
import type { MailServer } from './mail-server.js';
import { endProcess, startWorker } from './worker-process.js';

/** Worker processes of one application, each known by its name at the database and at the mail server. */
export class Crew {
  private readonly members = new Map<string, ChildProcess>();
  private readonly ready = new Set<string>();
  private started = 0;

  constructor(
    private readonly redress: TestApplication,
    private readonly mail: MailServer,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Of those that work, or start to. */
  get names(): string[] {
    return [...this.members.keys()];
  }

  /** Those that said that they are ready, and live. */
  get atWork(): number {
    return this.ready.size;
  }

  start(env: NodeJS.ProcessEnv = {}): void {
    this.started += 1;
    const name = `worker-${this.started}`;
    const [database, smtp] = [new URL(this.redress.databaseUrl), new URL(this.mail.url)];
    database.searchParams.set('application_name', name);
    smtp.searchParams.set('name', name);
    const child = startWorker(this.redress, {
      DATABASE_URL: database.href,
      SMTP_URL: smtp.href,
      ...this.env,
      ...env,
    });
    this.members.set(name, child);
    child.stdout?.once('data', () => this.ready.add(name));
    child.once('exit', () => {
      this.ready.delete(name);
      // On a machine that is busy enough one may find no database in time as it starts: whoever runs it starts it again.
      if (this.members.delete(name)) this.start(env);
    });
  }

  /** At least so many work. */
  man(many: number): void {
    while (this.members.size < many) this.start();
  }

  /** Kills it at once; another starts in its place. Answers whether it was one that lived. */
  async kill(name: string): Promise<boolean> {
    const victim = this.members.get(name);
    this.members.delete(name);
    if (!victim) return false;
    await endProcess(victim, 'SIGKILL');
    return victim.signalCode === 'SIGKILL';
  }

  async end(): Promise<void> {
    const running = [...this.members.values()];
    this.members.clear();
    await Promise.all(running.map((worker) => endProcess(worker, 'SIGTERM')));
  }
}

/** Has the database tell of each reminder that is claimed, and keep whose claim it is. */
export const watchClaims = async (owner: pg.Client): Promise<void> => {
  await owner.query(`
    CREATE TABLE claimants (claim uuid PRIMARY KEY, worker text NOT NULL);
    CREATE FUNCTION note_claimant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO public.claimants VALUES (NEW.claim, current_setting('application_name'));
        PERFORM pg_notify('claimed', current_setting('application_name'));
        RETURN NULL;
      END $$;
    CREATE TRIGGER note_claimant AFTER INSERT OR UPDATE OF claim ON reminder_claims
      FOR EACH ROW EXECUTE FUNCTION note_claimant();
    LISTEN claimed`);
};

/** The name of the worker that claims the next reminder. */
export const nextClaimant = (owner: pg.Client): Promise<string> =>
  new Promise((resolve) => owner.once('notification', ({ payload }) => resolve(payload ?? '')));

/** The reminders that a worker has in hand; one that died, had in hand. */
export const inHandOf = async (owner: pg.Client, worker: string): Promise<string[]> => {
  const { rows } = await owner.query<{ reminder: string }>(
    'SELECT reminder FROM reminder_claims JOIN claimants USING (claim) WHERE worker = $1',
    [worker],
  );
  return rows.map(({ reminder }) => reminder);
};
