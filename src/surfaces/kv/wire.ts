import type { FastifyReply } from 'fastify';
import type { Fetched, KvHistory, KvVersion } from '#guard/vault/kv/index.ts';

type Json = Record<string, unknown>;

/** Instants as the protocol writes them; an absent one is empty. */
const instant = (at: Date | null): string => at?.toISOString() ?? '';

const ofVersion = (version: KvVersion): Json => ({
  created_time: instant(version.createdAt),
  deletion_time: instant(version.deletedAt),
  destroyed: version.destroyed,
});
const labelsOf = (labels: Readonly<Record<string, string>>): Json | null =>
  Object.keys(labels).length === 0 ? null : { ...labels };

/** A version as it answers a write, and beside the value that is read. */
export const versionOut = ({ secret, versions }: KvHistory): Json => {
  const version = versions.at(-1);
  if (version === undefined) throw new Error('a write made no version');
  return { ...ofVersion(version), custom_metadata: labelsOf(secret.labels), version: version.version };
};

/** A value beside its version, as JSON; the value in the words it was written in. */
export function valueText({ secret, version, text }: Fetched): string {
  let about = versionTexts.get(version);
  if (about === undefined) {
    about = JSON.stringify(versionOut({ secret, versions: [version] }));
    versionTexts.set(version, about);
  }
  return `{"data":${text ?? 'null'},"metadata":${about}}`;
}
/** What is told of a version never changes while the same one is handed out. */
const versionTexts = new WeakMap<KvVersion, string>();

/** All that is told of a secret without its values. */
export const historyOut = ({ secret, versions }: KvHistory): Json => ({
  cas_required: secret.casRequired,
  created_time: instant(secret.createdAt),
  current_version: secret.currentVersion,
  custom_metadata: labelsOf(secret.labels),
  delete_version_after: `${secret.deleteAfterSeconds ?? 0}s`,
  max_versions: secret.maxVersions,
  oldest_version: versions[0]?.version ?? 0,
  updated_time: instant(secret.changedAt),
  versions: Object.fromEntries(versions.map((version) => [version.version, ofVersion(version)])),
});

/** Sends data in the frame every answer of the protocol has. */
export const sendData = (reply: FastifyReply, status: number, requestId: string, data: Json): FastifyReply =>
  sendText(reply, status, requestId, JSON.stringify(data));

/** As sendData, of JSON that is text already. */
export const sendText = (reply: FastifyReply, status: number, requestId: string, data: string): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send(
      `{"request_id":${JSON.stringify(requestId)},"lease_id":"","renewable":false,"lease_duration":0,"data":${data},` +
        '"wrap_info":null,"warnings":null,"auth":null,"mount_type":"kv"}',
    );
