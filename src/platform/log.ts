import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export const LOG = Symbol('log');

/** Structured logs on standard error; standard output belongs to the commands. Never holds personal data. */
export const logAt = (level: string): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );

export class NestLog implements LoggerService {
  constructor(private readonly to: Logger) {}

  verbose(message: unknown, context?: string): void {
    this.to.trace({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.to.debug({ context }, String(message));
  }
  // Nest tells of every route and module; that is debugging here.
  log(message: unknown, context?: string): void {
    this.to.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.to.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.to.error({ context, stack }, String(message));
  }
}
