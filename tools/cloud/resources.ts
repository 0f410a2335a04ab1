// What a deployment consists of on Cloudflare besides the Worker itself, and whether wrangler.toml knows all of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { projectDir } from "../wrangler.ts";
import { readQueueNames, readSetting } from "./wrangler-toml.ts";

export const wranglerTomlPath = join(projectDir, "wrangler.toml");

export const databaseBinding = "DB";
export const cacheBinding = "CHECKIN_CACHE";
export const bucketBinding = "ARTIFACTS";
export const cacheTitle = "homeport-checkin-cache";

export interface CloudResources {
  databaseName: string;
  databaseId: string | null;
  cacheId: string | null;
  bucketName: string;
  /** That of jobs, and the one in which those end that failed too often. */
  queueNames: string[];
}

export function readToml(): string {
  return readFileSync(wranglerTomlPath, "utf8");
}

export function readResources(toml: string): CloudResources {
  const databaseName = readSetting(toml, "d1_databases", databaseBinding, "database_name");
  const bucketName = readSetting(toml, "r2_buckets", bucketBinding, "bucket_name");
  if (databaseName === null || bucketName === null) {
    throw new Failure("wrangler.toml must give the database a database_name and the bucket a bucket_name.");
  }
  return {
    databaseName,
    bucketName,
    queueNames: readQueueNames(toml),
    databaseId: readSetting(toml, "d1_databases", databaseBinding, "database_id"),
    cacheId: readSetting(toml, "kv_namespaces", cacheBinding, "id"),
  };
}
