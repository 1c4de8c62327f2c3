import { Module } from '@nestjs/common';
import { commandController } from '../access/command.controller.js';
import { readController } from '../access/read.controller.js';
import { ClocksModule } from '../clocks/clocks.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { Addresses } from './addresses.js';
import { Claims } from './claims.js';
import { Delivery } from './delivery.worker.js';
import { DigestLetters } from './digest-letters.js';
import { DueReader } from './due.reader.js';
import { FeedController } from './feed.controller.js';
import { FeedReader } from './feed.reader.js';
import { GlassNotices } from './glass-notices.worker.js';
import { GlassRecipients } from './glass-recipients.reader.js';
import { HearingDeadlines } from './hearing-deadlines.reader.js';
import { HearingDueReader } from './hearing-due.reader.js';
import { Holdups } from './holdups.reader.js';
import { Letters } from './letters.js';
import { MailChannel } from './mail.channel.js';
import { Misses } from './misses.js';
import { reminderDoor, reminderReads } from './reminder.door.js';
import { ReminderHandler } from './reminder.handler.js';
import { ReminderQueries } from './reminder.queries.js';
import { ReminderSlice } from './reminder.slice.js';
import { ReminderWorker } from './reminder.worker.js';
import { Sweep } from './sweep.worker.js';
import { Turns } from './turns.reader.js';
import { Templates } from './templates.js';
import { WebhookChannel } from './webhook.channel.js';

@Module({
  imports: [ClocksModule, ComplaintsModule, PartiesModule, StaffModule],
  controllers: [commandController(reminderDoor), readController(reminderReads), FeedController],
  providers: [
    Addresses,
    Claims,
    Delivery,
    DigestLetters,
    DueReader,
    FeedReader,
    GlassNotices,
    GlassRecipients,
    HearingDeadlines,
    HearingDueReader,
    Holdups,
    Letters,
    MailChannel,
    Misses,
    ReminderHandler,
    ReminderQueries,
    ReminderSlice,
    ReminderWorker,
    Sweep,
    Turns,
    Templates,
    WebhookChannel,
  ],
  exports: [Misses, ReminderSlice],
})
export class RemindersModule {}
