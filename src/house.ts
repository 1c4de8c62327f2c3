import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { PolicyHandler } from './clocks/policy.handler.js';
import { PolicyBook } from './clocks/policy.queries.js';
import { NestLog } from './platform/log.js';
import type { Ground } from './platform/platform.module.js';
import { Templates } from './reminders/templates.js';

/** The house without its doors, which take longer to load than all the rest. */

/** Publishes the policy files that are new, says which it leaves, and refuses to start on settings that name what is not there. */
export const openBook = async (
  house: INestApplicationContext,
  { config }: Ground,
): Promise<readonly string[]> => {
  const left = await house.get(PolicyHandler, { strict: false }).publishAll(config.REDRESS_POLICIES);
  await house.get(PolicyBook, { strict: false }).checkSettings();
  return left;
};

const build = (ground: Ground): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(AppModule.on(ground), {
    logger: new NestLog(ground.log),
    abortOnError: false,
  });

/** For a command that works in it. Nothing that runs on its own starts. */
export const createHouse = async (ground: Ground): Promise<INestApplicationContext> => {
  const house = await build({ ...ground, config: { ...ground.config, REDRESS_ROLES: [] } });
  await openBook(house, ground);
  return house;
};

/** For a process that serves nobody and works. */
export const createWorkshop = async (ground: Ground): Promise<INestApplicationContext> => {
  const house = await build(ground);
  await house.get(Templates, { strict: false }).check();
  for (const why of await openBook(house, ground)) ground.log.warn(why);
  return house;
};
