import { Module } from '@nestjs/common';
import { PolicyBook } from './policy.queries.js';
import { PolicyHandler } from './policy.handler.js';

@Module({ providers: [PolicyBook, PolicyHandler], exports: [PolicyBook, PolicyHandler] })
export class ClocksModule {}
