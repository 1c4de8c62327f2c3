import { Module } from '@nestjs/common';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { ResolutionsModule } from '../resolutions/resolutions.module.js';
import { LegacyCases } from './legacy-cases.queries.js';
import { RegisterImport } from './import.handler.js';

@Module({ imports: [ComplaintsModule, ResolutionsModule], providers: [RegisterImport, LegacyCases] })
export class IntakeModule {}
