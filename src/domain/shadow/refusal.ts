// Why a request to a shadow is refused: AWS's codes, which are HTTP's, and its messages.

export type ShadowRefusalCode = 400 | 404 | 409 | 413 | 415 | 429 | 500;

export const shadowRefusals = {
  invalidJson: [400, "Invalid JSON"],
  stateMissing: [400, "Missing required node: state"],
  stateNotObject: [400, "State node must be an object"],
  desiredNotObject: [400, "Desired node must be an object"],
  reportedNotObject: [400, "Reported node must be an object"],
  invalidVersion: [400, "Invalid version"],
  invalidClientToken: [400, "Invalid clientToken"],
  tooDeep: [400, "JSON contains too many levels of nesting; maximum is 6"],
  invalidNode: [400, "State contains an invalid node"],
  thingNotFound: [404, "Thing not found"],
  versionConflict: [409, "Version conflict"],
  tooLarge: [413, "The payload exceeds the maximum size allowed"],
  notUtf8: [415, "Unsupported documented encoding; supported encoding is UTF-8"],
  tooMany: [429, "Too many requests"],
  tooManyShadows: [429, "The device has as many shadows as it may"],
  failed: [500, "Internal service failure"],
} as const satisfies Record<string, [ShadowRefusalCode, string]>;

export class ShadowRefusal extends Error {
  override readonly name = "ShadowRefusal";
  readonly code: ShadowRefusalCode;
  /** Of the request, when it could be read. */
  readonly clientToken: string | undefined;

  constructor([code, message]: readonly [ShadowRefusalCode, string], clientToken?: string) {
    super(message);
    this.code = code;
    this.clientToken = clientToken;
  }
}

/** `name`: null for the classic shadow, which AWS calls by its thing. */
export function noSuchShadow(deviceId: string, name: string | null): [404, string] {
  return [404, `No shadow exists with name: '${name === null ? deviceId : `${deviceId}~${name}`}'`];
}
