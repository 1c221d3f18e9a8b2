import { createHash, createHmac } from 'node:crypto';

/** What requests to AWS are signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that end. */
  readonly sessionToken?: string | undefined;
}

/** A request to be signed. Every header given is signed; `host` has to be among them. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** `20150830T123600Z`. */
export const amzDate = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/gu, '');

/**
 * Signs a request by AWS Signature Version 4 (docs.aws.amazon.com/IAM, "Create a signed AWS API request"): answers its
 * headers with `x-amz-date`, the session token where there is one, and `authorization`.
 */
export function signAws(
  request: AwsRequest,
  by: { readonly credentials: AwsCredentials; readonly region: string; readonly service: string; readonly at: Date },
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = by.credentials;
  const date = amzDate(by.at);
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': date,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const sorted = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/gu, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const signed = sorted.map(([name]) => name).join(';');
  const query = [...request.url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&');
  const canonical = [
    request.method,
    request.url.pathname,
    query,
    ...sorted.map(([name, value]) => `${name}:${value}`),
    '',
    signed,
    hash(request.body),
  ].join('\n');
  const scope = [date.slice(0, 8), by.region, by.service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key as Buffer, ['AWS4-HMAC-SHA256', date, scope.join('/'), hash(canonical)].join('\n'));
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature.toString('hex')}`;
  return headers;
}
