import type { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config.js';
import type { Post } from '../platform/mail.js';
import { Hook } from '../platform/webhook.js';
import { dropCheckpoint } from './checkpoint-drop.js';
import type { Latest } from './checkpoints.js';

/** A way by which checkpoints leave this host. */
export interface Way {
  readonly name: 'file' | 'webhook' | 'mail';
  /** So far apart at least. */
  readonly everySeconds: number;
  readonly send: (latest: Latest) => Promise<unknown>;
}

const fileIn = (directory: string): Way => ({
  name: 'file',
  everySeconds: 0,
  send: ({ size, note }) => dropCheckpoint(directory, size, note),
});

const webhookTo = (url: URL, config: Config, clock: Clock): Way => {
  const hook = new Hook(config, url, config.CHECKPOINT_WEBHOOK_SECRET);
  const origin = config.REDRESS_LOG_ORIGIN;
  return {
    name: 'webhook',
    everySeconds: 0,
    send: ({ size, note, madeAt }) => {
      const data = { origin, size, madeAt, checkpoint: note };
      // Its signature counts from when it is sent: one that was made long before would be refused.
      return hook.send({ type: 'checkpoint.signed', identity: note, writtenAt: clock.now(), data });
    },
  };
};

const letterOf = (origin: string, { size, note, madeAt }: Latest) => {
  const file = `checkpoint-${size}.txt`;
  return {
    subject: `Checkpoint of ${origin} over ${size} events`,
    text: `The log ${origin} held ${size} events when this was signed.

Keep the attached file where nobody who runs the database can change it. Later it shows whether these events are still what they were:

  npx redress-verify EXPORT --key keys.txt --since ${file}

What it says, for reading it down a telephone:

${note}`,
    attachments: [{ filename: file, content: note }],
    identity: note,
    writtenAt: madeAt,
  };
};

const mailTo = (to: string, config: Config, post: Post): Way => ({
  name: 'mail',
  everySeconds: config.REDRESS_CHECKPOINT_MAIL_HOURS * 3600,
  send: (latest) => post.send({ to, ...letterOf(config.REDRESS_LOG_ORIGIN, latest) }),
});

/** Those that the settings name. */
export const waysOf = (config: Config, post: Post, clock: Clock): Way[] => {
  const { REDRESS_CHECKPOINT_DIR: directory, REDRESS_CHECKPOINT_MAIL: to } = config;
  const { REDRESS_CHECKPOINT_WEBHOOK_URL: url } = config;
  const ways: Way[] = [];
  if (directory !== undefined) ways.push(fileIn(directory));
  if (url !== undefined) ways.push(webhookTo(url, config, clock));
  if (to !== undefined) ways.push(mailTo(to, config, post));
  return ways;
};
