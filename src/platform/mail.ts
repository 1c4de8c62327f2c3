import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import type { Config } from './config.js';
import { syncDirectory } from './key-files.js';
import { nameOf, Undelivered } from './undelivered.js';

/** Letters by mail: through SMTP when SMTP_URL is set, else as real .eml files in the outbox of the data directory. */

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly attachments?: { readonly filename: string; readonly content: string }[];
  /** What this letter is about, in stable words: the same letter sent again is recognised by it. */
  readonly identity: string;
  readonly writtenAt: string;
}

export type Way = 'smtp' | 'outbox';

const undelivered = (error: unknown): Undelivered => {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (responseCode === undefined) return new Undelivered('unreachable', false);
  return new Undelivered('refused', code === 'EENVELOPE' && responseCode >= 500, {
    smtpCode: responseCode,
  });
};

@Injectable()
export class Post implements OnApplicationShutdown {
  private transport: Promise<Transporter> | undefined;

  constructor(private readonly config: Config) {}

  /** The Message-ID of a letter: the same however often it is sent. */
  messageId(identity: string): string {
    const domain = /@([^\s>]+)>?$/.exec(this.config.MAIL_FROM)?.[1] ?? 'localhost';
    return `<${nameOf(identity)}@${domain}>`;
  }

  /** Errors: Undelivered, or what the disk says. */
  async send(letter: Letter): Promise<Way> {
    const transport = await (this.transport ??= this.open());
    const message = {
      from: this.config.MAIL_FROM,
      to: letter.to,
      subject: letter.subject,
      text: letter.text,
      html: letter.html,
      attachments: letter.attachments,
      messageId: this.messageId(letter.identity),
      date: new Date(letter.writtenAt),
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    if (this.config.SMTP_URL) {
      await transport.sendMail(message).catch((error: unknown) => {
        throw undelivered(error);
      });
      return 'smtp';
    }
    const { message: bytes } = (await transport.sendMail(message)) as { message: Buffer };
    await this.file(nameOf(letter.identity), bytes);
    return 'outbox';
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close();
  }

  private async open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const closed = { disableFileAccess: true, disableUrlAccess: true };
    const silence = this.config.REDRESS_DELIVERY_TIMEOUT_SECONDS * 1000;
    const patience = { connectionTimeout: silence / 2, greetingTimeout: silence / 2, socketTimeout: silence };
    return this.config.SMTP_URL
      ? createTransport({ url: this.config.SMTP_URL, ...patience, ...closed } as object)
      : createTransport({ streamTransport: true, buffer: true, newline: 'unix', ...closed });
  }

  /** Whole or not at all; the same letter again takes the place of the first. */
  private async file(name: string, bytes: Buffer): Promise<void> {
    const outbox = join(this.config.REDRESS_DATA_DIR, 'outbox');
    await mkdir(outbox, { recursive: true, mode: 0o700 });
    const whole = join(outbox, `${name}.eml`);
    const partial = `${whole}.${process.pid}.part`;
    const file = await open(partial, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, whole);
    await syncDirectory(outbox);
  }
}
