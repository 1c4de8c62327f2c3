import { join } from 'node:path';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { readController } from '../access/read.controller.js';
import { PartiesModule } from '../parties/parties.module.js';
import { CONFIG, type Config } from '../platform/config.js';
import { DocumentArchive } from './document.archive.js';
import { DiskBytes, DocumentBytes } from './document.bytes.js';
import { DocumentController } from './document.controller.js';
import { documentReads } from './document.door.js';
import { DocumentQueries } from './document.queries.js';

@Module({
  imports: [PartiesModule],
  controllers: [readController(documentReads), DocumentController],
  providers: [
    DocumentArchive,
    DocumentQueries,
    {
      provide: DiskBytes,
      useFactory: (config: Config) => new DiskBytes(join(config.REDRESS_DATA_DIR, 'documents')),
      inject: [CONFIG],
    },
    { provide: DocumentBytes, useExisting: DiskBytes },
  ],
  exports: [DocumentArchive, DocumentQueries],
})
export class DocumentsModule implements OnModuleInit {
  constructor(@Inject(DiskBytes) private readonly disk: DiskBytes) {}

  onModuleInit(): Promise<void> {
    return this.disk.clear();
  }
}
