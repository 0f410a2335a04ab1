// A bucket that counts what the platform bills: reads, and what writes or lists. Deleting is free.

export interface BucketCounts {
  reads: number;
  writes: number;
}

/** The same bucket. Of its methods only those that the archives use may be called. */
export function countedBucket(bucket: R2Bucket, counts: BucketCounts): R2Bucket {
  const counting = {
    get: (...input: Parameters<R2Bucket["get"]>) => {
      counts.reads++;
      return bucket.get(...input);
    },
    put: (...input: Parameters<R2Bucket["put"]>) => {
      counts.writes++;
      return bucket.put(...input);
    },
    list: (options?: R2ListOptions) => {
      counts.writes++;
      return bucket.list(options);
    },
    delete: (keys: string | string[]) => bucket.delete(keys),
  };
  return counting as unknown as R2Bucket;
}
