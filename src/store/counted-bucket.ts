// A bucket that tells of what the platform bills: reads, and what writes or lists. Deleting and giving an upload up are free.

/** As the price list and the meter name them: class B and class A. */
type CountBucket = (what: "r2Reads" | "r2Writes") => void;

/** The same bucket. Of its methods only those that are used here may be called. */
export function countedBucket(bucket: R2Bucket, count: CountBucket): R2Bucket {
  const counting: Pick<R2Bucket, "head" | "put" | "list" | "delete" | "createMultipartUpload"> & {
    get(...input: Parameters<R2Bucket["get"]>): ReturnType<R2Bucket["get"]>;
    resumeMultipartUpload: R2Bucket["resumeMultipartUpload"];
  } = {
    get: (...input: Parameters<R2Bucket["get"]>) => {
      count("r2Reads");
      return bucket.get(...input);
    },
    head: (key) => {
      count("r2Reads");
      return bucket.head(key);
    },
    put: (...input: Parameters<R2Bucket["put"]>) => {
      count("r2Writes");
      return bucket.put(...input);
    },
    list: (options) => {
      count("r2Writes");
      return bucket.list(options);
    },
    delete: (keys) => bucket.delete(keys),
    createMultipartUpload: (key, options) => {
      count("r2Writes");
      return bucket.createMultipartUpload(key, options);
    },
    // Asks nobody yet.
    resumeMultipartUpload: (key, uploadId) => countedUpload(bucket.resumeMultipartUpload(key, uploadId), count),
  };
  return counting as R2Bucket;
}

function countedUpload(upload: R2MultipartUpload, count: CountBucket): R2MultipartUpload {
  const { key, uploadId } = upload;
  return {
    key,
    uploadId,
    uploadPart: (...input) => {
      count("r2Writes");
      return upload.uploadPart(...input);
    },
    complete: (parts) => {
      count("r2Writes");
      return upload.complete(parts);
    },
    abort: () => upload.abort(),
  };
}
