// What is known of a device's shadows beside their documents.
import type { Values } from "./document.ts";

export interface ShadowEntry {
  /** Null: the classic shadow. */
  name: string | null;
  version: number;
  /** Epoch ms. */
  updatedAt: number;
}

export interface ShadowChange {
  /** Of the document that it led to. */
  version: number;
  /** Epoch ms. */
  changedAt: number;
  /** An id; null when nobody in particular is known. */
  author: string | null;
  /** The configuration that it comes of; null: it was made on the device itself. */
  configurationId: string | null;
  /** All that was desired from then on. */
  desired: Values;
}
