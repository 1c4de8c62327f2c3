import { Module } from '@nestjs/common';
import { PartyQueries } from './party.queries.js';

@Module({ providers: [PartyQueries], exports: [PartyQueries] })
export class PartiesModule {}
