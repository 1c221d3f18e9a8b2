export {
  BY_AUTHORITY,
  HttpsError,
  PinnedHttps,
  probeHttps,
  type HttpsAddress,
  type HttpsAnswer,
  type HttpsRequest,
} from './pinned-https.ts';
