import type { Config } from '#kit/config/index.ts';
import type { Log } from '#kit/log/index.ts';
import { Bucket } from '#kit/s3/index.ts';
import { storeInBucket, storeInFolder, type RecordingStore } from '#guard/sessions/recording/index.ts';

/**
 * Where recordings are kept, as configured. A folder that cannot be written stops the start; a bucket that does not answer
 * may be there in a moment: until then no session begins.
 */
export async function recordingStore(config: Config, log: Log): Promise<RecordingStore> {
  if (config.recordingsS3 === 'none') return await storeInFolder(config.recordingsDir);
  const bucket = new Bucket({
    url: config.recordingsS3,
    region: config.recordingsS3Region,
    credentialsFile: config.recordingsS3CredentialsFile,
    credentialsSetting: 'recordings_s3_credentials_file',
  });
  await bucket.list('', 1).catch((error: unknown) => log.error('the bucket of recordings cannot be used', { error }));
  return storeInBucket(bucket);
}
