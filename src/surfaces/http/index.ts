export { limitRate } from './limit-rate.ts';
export { authorisationList, openApi } from './openapi.ts';
export { serveHttp, type HttpParts, type Proof } from './serve.ts';
