declare module "http_ece" {
  interface Options {
    version: "aes128gcm";
    privateKey: import("node:crypto").ECDH;
    authSecret: string;
  }
  /** Undoes the content encoding aes128gcm as a browser does (RFC 8291). */
  function decrypt(message: Uint8Array, options: Options): Buffer;
}
