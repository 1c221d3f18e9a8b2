const ID = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[A-Za-z0-9._-]+)*$/u;

/** Whether this is a SPIFFE id as the standard writes it: no port, no query, no empty, `.` or `..` part. */
export const isSpiffeId = (uri: string): boolean =>
  uri.length <= 2048 && ID.test(uri) && !uri.split('/').some((part, n) => n > 2 && /^\.{1,2}$/u.test(part));
