import { Global, Module } from '@nestjs/common';
import { Desk } from './desk.js';
import { EventStore } from './event-store.js';

@Global()
@Module({ providers: [EventStore, Desk], exports: [EventStore, Desk] })
export class EventStoreModule {}
