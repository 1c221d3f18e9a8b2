export { Bucket, StorageError, type BucketPlace } from './bucket.ts';
