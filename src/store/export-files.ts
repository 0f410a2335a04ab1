// Files of exports in R2. While one is made, its finished parts are in an upload and what is too short for a part is an object of its
// own; keys begin with the user, so that everything of an account is found.
import type { ByteRange } from "../domain/exports.ts";

const fileName = "homeport-export.ndjson.gz";

export interface ExportPlace {
  userId: string;
  exportId: string;
}

export interface UploadedPart {
  partNumber: number;
  etag: string;
}

export class ExportFiles {
  readonly #bucket: R2Bucket;
  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  /** Begins a file of several parts. */
  async begin(place: ExportPlace): Promise<string> {
    return (await this.#bucket.createMultipartUpload(fileKey(place), options)).uploadId;
  }

  async addPart(place: ExportPlace, uploadId: string, partNumber: number, bytes: Uint8Array): Promise<UploadedPart> {
    const { etag } = await this.#upload(place, uploadId).uploadPart(partNumber, bytes);
    return { partNumber, etag };
  }

  async complete(place: ExportPlace, uploadId: string, parts: UploadedPart[]): Promise<void> {
    await this.#upload(place, uploadId).complete(parts);
  }

  /** A file that is small enough to be put at once. */
  async put(place: ExportPlace, bytes: Uint8Array): Promise<void> {
    await this.#bucket.put(fileKey(place), bytes, options);
  }

  /** Null: there is no file. */
  async size(place: ExportPlace): Promise<number | null> {
    return (await this.#bucket.head(fileKey(place)))?.size ?? null;
  }

  open(place: ExportPlace, range: ByteRange | null): Promise<R2ObjectBody | null> {
    return this.#bucket.get(fileKey(place), range ? { range } : {});
  }

  /** Keeps what is not a part yet; returns its key. `name`: of this attempt alone. */
  async keepRest(place: ExportPlace, name: string, bytes: Uint8Array): Promise<string> {
    const key = `${folderOf(place)}rest/${name}`;
    await this.#bucket.put(key, bytes);
    return key;
  }

  async readRest(key: string): Promise<Uint8Array> {
    const object = await this.#bucket.get(key);
    if (!object) throw new Error(`The rest of an export is gone: ${key}`);
    return new Uint8Array(await object.arrayBuffer());
  }

  async remove(keys: string[]): Promise<void> {
    if (keys.length > 0) await this.#bucket.delete(keys);
  }

  async removeRests(place: ExportPlace): Promise<void> {
    await this.#removeAll(`${folderOf(place)}rest/`);
  }

  /** Removes the file, and what there is of one that is not finished. */
  async removeExport(place: ExportPlace, uploadId: string | null): Promise<void> {
    // One that is over, or was never known, is no failure. R2 itself ends uploads after a week.
    if (uploadId !== null)
      await this.#upload(place, uploadId)
        .abort()
        .catch(() => {});
    await this.#removeAll(folderOf(place));
  }

  async removeUser(userId: string): Promise<void> {
    await this.#removeAll(`exports/${userId}/`);
  }

  #upload(place: ExportPlace, uploadId: string): R2MultipartUpload {
    return this.#bucket.resumeMultipartUpload(fileKey(place), uploadId);
  }

  async #removeAll(prefix: string): Promise<void> {
    for (;;) {
      const { objects } = await this.#bucket.list({ prefix });
      if (objects.length === 0) return;
      await this.#bucket.delete(objects.map(({ key }) => key));
    }
  }
}

const options: R2MultipartOptions = { httpMetadata: { contentType: "application/gzip" } };

function folderOf({ userId, exportId }: ExportPlace): string {
  return `exports/${userId}/${exportId}/`;
}

function fileKey(place: ExportPlace): string {
  return folderOf(place) + fileName;
}
