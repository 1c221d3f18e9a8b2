import type { Bucket } from '#kit/s3/index.ts';
import { MANIFEST } from '../format.ts';
import type { RecordingStore } from './port.ts';

/** Manifests do not change, and are asked for with every look at a recording. */
const MOST_MANIFESTS = 500;

/**
 * Recordings in S3-compatible storage, each file an object below the session's id. A chunk is put as soon as it is whole
 * and never over another; storage that has answered keeps it, so nothing has to be settled.
 */
export function storeInBucket(bucket: Bucket): RecordingStore {
  const manifests = new Map<string, Buffer>();
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
    }),
    read: async (sessionId, name) => {
      const known = name === MANIFEST ? manifests.get(sessionId) : undefined;
      if (known !== undefined) return known;
      const data = await bucket.get(`${sessionId}/${name}`);
      if (data !== undefined && name === MANIFEST) remember(sessionId, data);
      return data;
    },
    names: (sessionId) => bucket.list(`${sessionId}/`),
    remove: async (sessionId) => {
      manifests.delete(sessionId);
      await bucket.delete(`${sessionId}/${MANIFEST}`);
      for (const name of await bucket.list(`${sessionId}/`)) await bucket.delete(`${sessionId}/${name}`);
    },
  };
}
