/** As much of the package as the specs use; it brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface AccessTokenFields {
    readonly accountId: string;
    readonly client: object;
    readonly scope: string;
    readonly grantId: string;
    readonly resourceServer: object;
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, answer: ServerResponse) => void;
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly ResourceServer: new (id: string, told: object) => object;
    readonly AccessToken: new (fields: AccessTokenFields) => { save(): Promise<string> };
  }
}
