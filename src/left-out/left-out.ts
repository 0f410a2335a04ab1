// What fails when something is used after all that wrangler.toml's aliases keep out of the upload. docs/architecture.md says why
// they do; nothing of ours imports what is in this folder.

export function leftOut(what: string): never {
  throw new Error(`${what} is left out of the Worker: see [alias] in wrangler.toml`);
}
