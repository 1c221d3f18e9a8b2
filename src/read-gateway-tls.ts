import { readFile } from 'node:fs/promises';

/** A key and the certificates beside it, PEM. */
export interface GatewayTls {
  readonly key: string;
  readonly certificate: string;
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----\n?/g;

/** What the file holds; undefined where there is none, or nothing of both. */
export async function readGatewayTls(file: string): Promise<GatewayTls | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const blocks = [...(text ?? '').matchAll(BLOCK)].map(([pem, kind]) => ({ pem, kind: kind ?? '' }));
  const of = (what: RegExp): string =>
    blocks
      .filter(({ kind }) => what.test(kind))
      .map(({ pem }) => pem)
      .join('');
  const [key, certificate] = [of(/PRIVATE KEY$/), of(/^CERTIFICATE$/)];
  return key === '' || certificate === '' ? undefined : { key, certificate };
}
