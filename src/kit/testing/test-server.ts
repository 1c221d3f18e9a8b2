/** How tests find the server of their run. */
export interface TestServer {
  readonly url: string;
  readonly adminUrl: string;
  /** Why the template could not be migrated. */
  readonly failure: string | undefined;
}

export const TEMPLATE = 'reeve_template';

declare module 'vitest' {
  interface ProvidedContext {
    reeveTestServer: TestServer;
  }
}
