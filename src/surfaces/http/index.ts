export { limitRate } from './limit-rate.ts';
export { authorisationList, openApi } from './openapi.ts';
export { serveHttp, SESSION_COOKIE, type HttpParts, type Proof } from './serve.ts';
