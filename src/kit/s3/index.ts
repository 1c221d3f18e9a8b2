export { Bucket, type BucketPlace } from './bucket.ts';
