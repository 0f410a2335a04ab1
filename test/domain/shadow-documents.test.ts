import { describe, expect, it } from "vitest";
import { deltaMessage, documentsMessage, rejected, updateAccepted, viewOf } from "../../src/domain/shadow/answers.ts";
import { emptySections, isTooLarge } from "../../src/domain/shadow/document.ts";
import { ShadowRefusal } from "../../src/domain/shadow/refusal.ts";
import { readRequest, readUpdate } from "../../src/domain/shadow/request.ts";
import { deltaTopicsUnder, devicesWithDeltaUnder, shadowRequestOf } from "../../src/domain/shadow/topics.ts";
import { applyUpdate, deltaOf } from "../../src/domain/shadow/update.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusalOf(act: () => unknown): { code: number; message: string; clientToken?: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof ShadowRefusal) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a request", () => {
  it.each([
    ["Invalid JSON", "{"],
    ["Invalid JSON", ""],
    ["Invalid JSON", "[]"],
    ["Invalid JSON", '"x"'],
    ["Missing required node: state", "{}"],
    ["State node must be an object", '{"state":[]}'],
    ["State node must be an object", '{"state":null}'],
    ["Desired node must be an object", '{"state":{"desired":1}}'],
    ["Desired node must be an object", '{"state":{"desired":[]}}'],
    ["Reported node must be an object", '{"state":{"reported":"x"}}'],
    ["Invalid version", '{"state":{},"version":"1"}'],
    ["Invalid version", '{"state":{},"version":-1}'],
    ["Invalid version", '{"state":{},"version":1.5}'],
    ["Invalid clientToken", '{"state":{},"clientToken":1}'],
    ["Invalid clientToken", `{"state":{},"clientToken":"${"é".repeat(33)}"}`],
    ["State contains an invalid node", '{"state":{"wanted":{}}}'],
    ["State contains an invalid node", '{"state":{"desired":{"a":[null]}}}'],
    ["State contains an invalid node", '{"state":{"desired":{"a":[{"b":null}]}}}'],
    [
      "JSON contains too many levels of nesting; maximum is 6",
      '{"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{}}}}}}}}}',
    ],
    ["JSON contains too many levels of nesting; maximum is 6", '{"state":{"desired":{"1":[[[[[[]]]]]]}}}'],
  ])("is refused with 400: %s, %s", (message, text) => {
    expect(refusalOf(() => readUpdate(bytes(text)))).toMatchObject({ code: 400, message });
  });

  it("is taken at the limits", () => {
    const deepest = '{"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":true}}}}}},"reported":null},"version":3}';
    expect(readUpdate(bytes(deepest))).toMatchObject({ version: 3, state: { reported: null } });
    expect(readUpdate(bytes(`{"state":{},"clientToken":"${"x".repeat(64)}"}`)).clientToken).toHaveLength(64);
    expect(readUpdate(bytes('{"state":{}}'))).toEqual({ state: {}, version: null });
  });

  it("is refused when it is too large, not UTF-8, or absurdly deep", () => {
    expect(refusalOf(() => readUpdate(new Uint8Array(16_385)))).toMatchObject({ code: 413 });
    expect(refusalOf(() => readUpdate(Uint8Array.of(0x7b, 0xff, 0x7d)))).toMatchObject({ code: 415 });
    const deep = `{"state":{"desired":{"a":${"[".repeat(8000)}${"]".repeat(8000)}}}}`;
    expect(refusalOf(() => readUpdate(bytes(deep)))).toMatchObject({ code: 400 });
  });

  it("keeps its token when it is refused", () => {
    const refusal = refusalOf(() => readUpdate(bytes('{"clientToken":"t","state":1}'))) as ShadowRefusal;
    expect(rejected(refusal, 7)).toEqual({
      code: 400,
      message: "State node must be an object",
      timestamp: 7,
      clientToken: "t",
    });
  });

  it("of a get or delete may be empty, an object, or one with a token", () => {
    expect(readRequest(bytes(""))).toEqual({});
    expect(readRequest(bytes("{}"))).toEqual({});
    expect(readRequest(bytes('{"clientToken":"t","version":4}'))).toEqual({ clientToken: "t" });
    expect(refusalOf(() => readRequest(bytes("get")))).toMatchObject({ code: 400, message: "Invalid JSON" });
  });
});

describe("the documents", () => {
  const before = {
    ...applyUpdate(emptySections, { desired: { a: 1, b: { c: 2 } }, reported: { a: 1 } }, 1),
    version: 4,
  };
  const at = (timestamp: number) => ({ timestamp });

  it("show the whole", () => {
    expect(viewOf(before, { clientToken: "t" }, 9)).toEqual({
      state: { desired: { a: 1, b: { c: 2 } }, reported: { a: 1 }, delta: { b: { c: 2 } } },
      metadata: { desired: { a: at(1), b: { c: at(1) } }, reported: { a: at(1) } },
      version: 4,
      timestamp: 9,
      clientToken: "t",
    });
    expect(viewOf({ ...emptySections, version: 0 }, {}, 9)).toEqual({
      state: {},
      metadata: {},
      version: 0,
      timestamp: 9,
    });
  });

  it("accept an update with what it named, removals too", () => {
    const request = { state: { desired: { a: null, b: { d: [1] } }, reported: null }, version: null };
    const document = { ...applyUpdate(before, request.state, 8), version: 5 };
    expect(updateAccepted(document, request, 8)).toEqual({
      state: request.state,
      metadata: { desired: { a: at(8), b: { d: [at(8)] } }, reported: at(8) },
      version: 5,
      timestamp: 8,
    });
    expect(documentsMessage(before, document, { clientToken: "t" }, 8)).toEqual({
      previous: {
        state: { desired: { a: 1, b: { c: 2 } }, reported: { a: 1 } },
        metadata: { desired: { a: at(1), b: { c: at(1) } }, reported: { a: at(1) } },
        version: 4,
      },
      current: {
        state: { desired: { b: { c: 2, d: [1] } } },
        metadata: { desired: { b: { c: at(1), d: [at(8)] } } },
        version: 5,
      },
      timestamp: 8,
      clientToken: "t",
    });
    const delta = deltaOf(document);
    expect(delta && deltaMessage(delta, 5, {}, 8)).toEqual({
      state: { b: { c: 2, d: [1] } },
      metadata: { b: { c: at(1), d: [at(8)] } },
      version: 5,
      timestamp: 8,
    });
  });

  it("measure values alone, as JSON in UTF-8", () => {
    const overhead = '{"desired":{"a":""}}'.length;
    const sized = (length: number) =>
      isTooLarge(applyUpdate(emptySections, { desired: { a: "é".repeat(length / 2) } }, 1));
    expect([sized(8192 - overhead), sized(8194 - overhead)]).toEqual([false, true]);
  });
});

describe("the topics", () => {
  it.each([
    ["shadow/get", { name: null, operation: "get" }],
    ["shadow/name/a:b-c_$1/update", { name: "a:b-c_$1", operation: "update" }],
    ["shadow/name/x/delete", { name: "x", operation: "delete" }],
    ["shadow/update/accepted", null],
    ["shadow/name/update", null],
    ["shadow/name//get", null],
    ["shadow/name/a/b/get", null],
    ["shadow/name/ä/get", null],
    [`shadow/name/${"x".repeat(65)}/get`, null],
    ["streams/shadow/get", null],
  ])("%s", (path, wanted) => {
    expect(shadowRequestOf(path)).toEqual(wanted);
  });

  it.each([
    ["devices/d/shadow/update/delta", "d", 1],
    ["$aws/things/d/shadow/update/delta", "d", 1],
    ["$aws/things/+/shadow/update/+", "any", 1],
    ["$aws/#", "any", 1],
    ["devices/d/#", "d", 1],
    ["devices/+/shadow/#", "any", 1],
    ["#", "any", 1],
    ["+/d/shadow/update/delta", "d", 1],
    ["devices/d/shadow/name/+/update/delta", "d", 0],
    ["devices/d/shadow/update/accepted", null, 0],
    ["devices/d/streams/#", null, 0],
    ["+/things/d/#", null, 0],
    ["shared/#", null, 0],
  ])("%s covers deltas of %s", (filter, device, count) => {
    expect(devicesWithDeltaUnder(filter)).toBe(device);
    expect(deltaTopicsUnder(filter, { deviceId: "d", name: null })).toHaveLength(count);
  });
});
