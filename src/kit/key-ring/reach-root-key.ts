import { dirname, join } from 'node:path';
import {
  openKmsKey,
  openTokenKey,
  readKeyFile,
  rootKeyInMemory,
  type KmsSettings,
  type RootKeyInReach,
  type TokenSettings,
} from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { RootKeyRow } from './store.ts';

/** Where this node finds root keys. */
export interface RootKeyPlaces {
  /** The key file of the first start; others that Reeve makes lie beside it. */
  readonly rootKeyFile: string;
  readonly token?: TokenSettings | undefined;
  readonly kms?: KmsSettings | undefined;
}

/** The name of a key file Reeve made, which the database may name: nothing that leads anywhere else. */
const FILE = /^(vault|records)-[0-9a-f]{16}\.key$/;

/** The path of a key file; undefined in settings is the one of the first start. */
export function pathOfKeyFile(places: RootKeyPlaces, file: string | undefined): string {
  if (file === undefined) return places.rootKeyFile;
  if (!FILE.test(file))
    throw misconfigured(
      'the database names a key file that Reeve did not make',
      'somebody changed root_key: look who, and restore it',
    );
  return join(dirname(places.rootKeyFile), file);
}

/**
 * Brings the root key into reach without asking anybody; undefined where its holders have to bring their shares.
 * Throws where it is not where it should be: `root_key.missing`, `root_key.unsafe`, `root_key.misconfigured`,
 * `root_key.unreachable`.
 */
export async function reachRootKey(places: RootKeyPlaces, row: RootKeyRow): Promise<RootKeyInReach | undefined> {
  if (row.place === 'shamir') return undefined;
  if (row.place === 'pkcs11') return await openTokenKey(tokenOf(places), row.id);
  if (row.place === 'aws_kms') return await openKmsKey(kmsOf(places), row.id);
  const path = pathOfKeyFile(places, row.settings.file);
  const { secret } = await readKeyFile(path, { create: false });
  const key = rootKeyInMemory(secret);
  if (key.id === row.id) return key;
  await key.close();
  throw new AppError({
    code: 'root_key.is_another',
    status: 500,
    detail: `the root key at ${path} is not the one this database is sealed with (it is ${key.id}, not ${row.id})`,
    fix: 'put the key file that belongs to this database there',
  });
}

/** The token of the configuration. Throws `root_key.misconfigured` where it names none. */
export function tokenOf({ token }: RootKeyPlaces): TokenSettings {
  if (token !== undefined) return token;
  throw misconfigured(
    'the root key is kept in a PKCS#11 token and this node is not told of one',
    'set pkcs11_module, pkcs11_token and pkcs11_pin_file',
  );
}

/** The key of AWS KMS of the configuration. Throws `root_key.misconfigured` where it names none. */
export function kmsOf({ kms }: RootKeyPlaces): KmsSettings {
  if (kms !== undefined) return kms;
  throw misconfigured(
    'the root key is one of AWS KMS and this node is not told of it',
    'set aws_kms_key and aws_kms_credentials_file',
  );
}

const misconfigured = (detail: string, fix: string): AppError =>
  new AppError({ code: 'root_key.misconfigured', status: 500, detail, fix });
