import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BacklogModule } from './backlog/backlog.module.js';
import { ClocksModule } from './clocks/clocks.module.js';
import { ComplaintsModule } from './complaints/complaints.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { EventStoreModule } from './event-store/event-store.module.js';
import { HearingsModule } from './hearings/hearings.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { PartyRecordsModule } from './parties/party-records.module.js';
import { PersonalModule } from './personal/personal.module.js';
import { PublishingModule } from './publishing/publishing.module.js';
import { RemindersModule } from './reminders/reminders.module.js';
import { PlatformModule, type Ground } from './platform/platform.module.js';
import { StaffModule } from './staff/staff.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { ResolutionsModule } from './resolutions/resolutions.module.js';

/** The one module graph, for every role and command. */
@Module({})
export class AppModule {
  static on(ground: Ground): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.on(ground),
        EventStoreModule,
        CqrsModule.forRoot(),
        AccessModule,
        ClocksModule,
        PartyRecordsModule,
        StaffModule,
        ComplaintsModule,
        DocumentsModule,
        HearingsModule,
        ResolutionsModule,
        AuditModule,
        BacklogModule,
        StatisticsModule,
        RemindersModule,
        PublishingModule,
        PersonalModule,
        IntakeModule,
      ],
    };
  }
}
