import type { Bucket } from '#kit/s3/index.ts';
import { MANIFEST } from '../format.ts';
import { isPack, numberOf, Packs, type PackPlace } from './pack.ts';
import type { RecordingStore } from './port.ts';

/** Manifests do not change, and are asked for with every look at a recording. */
const MOST_MANIFESTS = 500;
const MOST_KNOWN = 500;

/**
 * Recordings in S3-compatible storage, each file an object below the session's id. A chunk is put as soon as it is whole
 * and never over another; storage that has answered keeps it, so nothing has to be settled. Packs are there where a folder
 * of recordings was moved into the bucket.
 */
export function storeInBucket(bucket: Bucket): RecordingStore {
  const manifests = new Map<string, Buffer>();
  const packs = new Packs();
  /** The packs of recordings that were asked for: a bucket is only ever moved into, with Reeve stopped. */
  const known = new Map<string, readonly string[]>();
  const placeOf = async (sessionId: string): Promise<PackPlace> => {
    const names = known.get(sessionId) ?? (await bucket.list(`${sessionId}/`)).filter(isPack);
    known.set(sessionId, names);
    const oldest = known.keys().next().value;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return {
      key: sessionId,
      names,
      state: async () => 'as it was moved here',
      read: async (name) => (await bucket.get(`${sessionId}/${name}`)) ?? Buffer.alloc(0),
    };
  };
  const remember = (sessionId: string, data: Buffer): void => {
    manifests.set(sessionId, data);
    const oldest = manifests.keys().next().value;
    if (manifests.size > MOST_MANIFESTS && oldest !== undefined) manifests.delete(oldest);
  };
  return {
    place: bucket.name,
    write: async (sessionId) => ({
      write: (name, data) => bucket.put(`${sessionId}/${name}`, data),
      behind: false,
      settlingSince: undefined,
      settle: async () => undefined,
      close: async () => undefined,
    }),
    read: async (sessionId, name) => {
      const manifest = name === MANIFEST ? manifests.get(sessionId) : undefined;
      if (manifest !== undefined) return manifest;
      const data = await bucket.get(`${sessionId}/${name}`);
      const n = numberOf(name);
      if (data === undefined && n !== undefined) return await packs.read(await placeOf(sessionId), n);
      if (data !== undefined && name === MANIFEST) remember(sessionId, data);
      return data;
    },
    names: async (sessionId) => [
      ...new Set([...(await bucket.list(`${sessionId}/`)), ...(await packs.names(await placeOf(sessionId)))]),
    ],
    remove: async (sessionId) => {
      manifests.delete(sessionId);
      known.delete(sessionId);
      await bucket.delete(`${sessionId}/${MANIFEST}`);
      for (const name of await bucket.list(`${sessionId}/`)) await bucket.delete(`${sessionId}/${name}`);
    },
  };
}
