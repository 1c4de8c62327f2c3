import type { INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** `/openapi.json`, and `/docs` to read it and try it; the page's files are served from here. */
export const openDocs = (app: INestApplication, document: object): void => {
  SwaggerModule.setup('docs', app, document as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Redress',
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: true },
  });
};
