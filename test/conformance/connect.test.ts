// CONNECT and who is let in: sections 3.1 and 4.12 of MQTT 5, 3.1 of 3.1.1.
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { connectPacket, fromHex, openClient, publishPacket } from "../support/mqtt-client.ts";
import { describeBoth, persistent, versions, type Version } from "../support/mqtt-versions.ts";

/** A CONNECT as bytes: flags, then what follows the keep alive. */
function connectBytes(version: Version, flags: number, rest: string, protocol = "00 04 4d 51 54 54"): Uint8Array {
  const body = `${protocol} 0${version} ${flags.toString(16).padStart(2, "0")} 00 3c ${rest}`;
  return fromHex(`10 ${fromHex(body).length.toString(16).padStart(2, "0")} ${body}`);
}

/** What the hub sends before it closes, as text of bytes. */
async function answerTo(bytes: Uint8Array, hub = new TestHub()): Promise<string[]> {
  const client = await openClient(hub.path);
  client.sendBytes(bytes);
  await client.expectClosed();
  return client.remainingHex();
}

describe.each(versions)("the first packet, %s", (_, protocolVersion) => {
  it.each([
    ["PUBLISH", "30 04 00 01 61 62"],
    ["PINGREQ", "c0 00"],
    ["SUBSCRIBE", "82 06 00 01 00 01 61 00"],
    ["DISCONNECT", "e0 00"],
    ["AUTH", "f0 00"],
  ])(
    "must be CONNECT: %s gets no answer and ends the connection [MQTT-3.1.0-1] [MQTT3-3.1.0-1] [not MQTT-3.14.0-1]",
    async (_unused, bytes) => {
      expect(await answerTo(fromHex(bytes))).toEqual([]);
    },
  );

  it("is answered by CONNACK first, whatever comes with it in the same frame [MQTT-3.2.0-1] [MQTT3-3.2.0-1] [MQTT-3.1.4-5] [MQTT3-3.1.4-4]", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const connect = connectPacket({ protocolVersion, password: await hub.appJwt() }, client);
    client.send(connect, { cmd: "pingreq" }, publishPacket("a", "b", { qos: 1 }));
    const connack = await client.next("connack");
    expect(protocolVersion === 5 ? connack.reasonCode : connack.returnCode).toBe(0);
    await client.next("pingresp");
    await client.next("puback");
  });

  it("comes once: a second CONNECT gets no second CONNACK and ends the connection [MQTT-3.1.0-2] [MQTT3-3.1.0-2] [not MQTT-3.2.0-2]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    client.send(connectPacket({ protocolVersion, password: await hub.appJwt() }));
    if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(0x82);
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
  });
});

describe("protocol name and level", () => {
  it("of something else end the connection [MQTT-3.1.2-1] [not MQTT3-3.1.2-1]", async () => {
    for (const version of [4, 5] as const) {
      const rest = version === 5 ? "00 00 01 61" : "00 01 61";
      const answers = await answerTo(connectBytes(version, 2, rest, "00 04 4d 51 54 5a"));
      expect(answers.filter((answer) => answer.startsWith("20") && answer.split(" ")[3] === "00")).toEqual([]);
    }
  });

  it("that are not supported are refused with 0x01 or 0x84 [MQTT-3.1.2-2] [MQTT3-3.1.2-2] [MQTT-3.2.2-7] [MQTT3-3.2.2-5]", async () => {
    const levelThree = "10 0d 00 04 4d 51 54 54 03 02 00 3c 00 01 61";
    const levelSix = "10 0e 00 04 4d 51 54 54 06 02 00 3c 00 00 01 61";
    expect(await answerTo(fromHex(levelThree))).toEqual(["20 02 00 01"]);
    expect((await answerTo(fromHex(levelSix))).map((answer) => answer.split(" ")[3])).toEqual(["84"]);
  });
});

describe.each(versions)("a CONNECT against the format, %s,", (_, version) => {
  const properties = version === 5 ? "00 " : "";
  const wrong: [string, number, string][] = [
    ["with the reserved flag [MQTT-3.1.2-3] [MQTT3-3.1.2-3]", 0x03, `${properties}00 01 61`],
    [
      "with will QoS 3 [not MQTT-3.1.2-12] [not MQTT3-3.1.2-14]",
      0x1e,
      `${properties}00 01 61 ${properties}00 01 77 00 01 78`,
    ],
    ["with will QoS but no will [MQTT-3.1.2-11] [MQTT3-3.1.2-13] [MQTT3-3.1.2-11]", 0x0a, `${properties}00 01 61`],
    ["with will retain but no will [MQTT-3.1.2-13] [MQTT3-3.1.2-15]", 0x22, `${properties}00 01 61`],
    [
      "with will fields but no will flag [not MQTT3-3.1.2-11]",
      0x02,
      `${properties}00 01 61 ${properties}00 01 77 00 01 78`,
    ],
    ["with the will flag but no will [MQTT-3.1.2-9] [MQTT3-3.1.2-9]", 0x06, `${properties}00 01 61`],
    ["with a user name but no flag [not MQTT-3.1.2-16] [not MQTT3-3.1.2-18]", 0x02, `${properties}00 01 61 00 01 75`],
    ["with the user name flag but no user name [MQTT-3.1.2-17] [MQTT3-3.1.2-19]", 0x82, `${properties}00 01 61`],
    [
      "with a password but no flag [not MQTT-3.1.2-18] [not MQTT3-3.1.2-20]",
      0x82,
      `${properties}00 01 61 00 01 75 00 01 70`,
    ],
    ["with the password flag but no password [MQTT-3.1.2-19] [MQTT3-3.1.2-21]", 0xc2, `${properties}00 01 61 00 01 75`],
    ["without client id [MQTT-3.1.3-3] [MQTT3-3.1.3-3]", 0x02, properties.trim()],
    ["with a client id that is no UTF-8 [MQTT-3.1.3-4] [MQTT3-3.1.3-4]", 0x02, `${properties}00 01 ff`],
    [
      "with a will topic that is no UTF-8 [MQTT-3.1.3-11] [MQTT3-3.1.3-10]",
      0x06,
      `${properties}00 01 61 ${properties}00 01 ff 00 00`,
    ],
    ["with a user name that is no UTF-8 [MQTT-3.1.3-12] [MQTT3-3.1.3-11]", 0x82, `${properties}00 01 61 00 01 ff`],
    ["with fields in another order [MQTT-3.1.3-1] [MQTT3-3.1.3-1]", 0xc2, `${properties}00 01 75 00 05 61`],
  ];
  it.each(wrong.filter(([, , rest]) => rest !== ""))(
    "%s ends the connection [MQTT-3.1.4-1] [MQTT3-3.1.4-1] [MQTT3-3.2.2-6]",
    async (_unused, flags, rest) => {
      const answers = await answerTo(connectBytes(version, flags, rest));
      // 3.1.1 must not be answered; 5 may be, with a refusal and nothing else.
      if (version === 4) expect(answers).toEqual([]);
      else for (const answer of answers) expect(answer).toMatch(/^20 [0-9a-f]{2} 00 8[12]/);
    },
  );

  it("with flags in its fixed header ends the connection [MQTT-2.1.3-1] [MQTT3-2.2.2-1]", async () => {
    const bytes = connectBytes(version, 2, `${properties}00 01 61`);
    bytes[0] = 0x11;
    for (const answer of await answerTo(bytes)) expect(answer).toMatch(/^20 03 00 81/);
  });
});

it("a password without user name is no MQTT 3.1.1 [MQTT3-3.1.2-22]", async () => {
  expect(await answerTo(connectBytes(4, 0x42, "00 01 61 00 01 70"))).toEqual([]);
});

describe.each(versions)("client ids, %s", (_, protocolVersion) => {
  it("of 1 to 23 letters and digits are accepted [MQTT-3.1.3-5] [MQTT3-3.1.3-5]", async () => {
    const hub = new TestHub();
    for (const clientId of ["0", "abcdefghijklmnopqrstuvw", "xyzABCDEFGHIJKLMNOPQRST", "UVWXYZ0123456789"]) {
      const { connack } = await hub.app({ protocolVersion, clientId });
      expect(protocolVersion === 5 ? connack?.reasonCode : connack?.returnCode).toBe(0);
    }
  });

  it("that are empty are replaced by unique ones [MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16] [MQTT3-3.1.3-6]", async () => {
    const hub = new TestHub();
    const [one, other] = [
      await hub.app({ protocolVersion, clientId: "" }),
      await hub.app({ protocolVersion, clientId: "" }),
    ];
    await one.settle();
    await other.settle();
    if (protocolVersion === 4) return;
    const ids = [one, other].map(({ connack }) => connack?.properties?.assignedClientIdentifier);
    expect(ids[0]).toEqual(expect.stringMatching(/./));
    expect(ids[0]).not.toBe(ids[1]);
    await hub.app({ clientId: ids[0] });
    expect((await one.next("disconnect")).reasonCode).toBe(0x8e);
  });

  it("that are refused end the connection with 0x02 or 0x85 [MQTT-3.1.3-8] [MQTT3-3.1.3-9] [MQTT-3.2.2-6] [MQTT3-3.2.2-4]", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const connack = await client.connect({ protocolVersion, password: await hub.appJwt(), clientId: "x".repeat(300) });
    expect(connack).toMatchObject({ sessionPresent: false });
    expect(protocolVersion === 5 ? connack.reasonCode : connack.returnCode).toBe(protocolVersion === 5 ? 0x85 : 2);
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
  });
});

it("an empty client id without clean session is refused with 0x02 [MQTT3-3.1.3-8]", async () => {
  expect(await answerTo(connectBytes(4, 0x00, "00 00"))).toEqual(["20 02 00 02"]);
});

it("an assigned client id names a session that can be resumed [MQTT-3.1.3-7]", async () => {
  const hub = new TestHub();
  const first = await hub.app({ ...persistent(5), clean: true, clientId: "" });
  const clientId = first.connack?.properties?.assignedClientIdentifier as string;
  await first.subscribe({ topic: "t", qos: 1 });
  first.drop();
  await first.closed;
  expect((await hub.app({ ...persistent(5), clientId })).connack?.sessionPresent).toBe(true);
});

describe.each(versions)("who is refused, %s,", (_, protocolVersion) => {
  it("gets a CONNACK without session, and nothing of what it sends is handled [MQTT-3.1.4-2] [MQTT-3.2.2-6] [MQTT-3.2.2-7] [MQTT3-3.2.2-4] [MQTT3-3.2.2-5] [not MQTT-3.1.4-6] [not MQTT3-3.1.4-5]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("a");
    const stranger = await openClient(hub.path);
    const connect = connectPacket({ protocolVersion, password: "wrong" }, stranger);
    stranger.send(connect, publishPacket("a", "late"), {
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "a", qos: 0 }],
    });
    const connack = await stranger.nextBytes();
    expect([connack[0], ...connack.subarray(2, 4)]).toEqual([0x20, 0, protocolVersion === 5 ? 0x86 : 4]);
    await stranger.expectClosed();
    expect(stranger.remainingHex()).toEqual([]);
    await watcher.expectNoPacket();
  });
});

describeBoth("takeover", (protocolVersion, step) => {
  it("ends the older connection of the client id [MQTT-3.1.4-3] [MQTT3-3.1.4-2] [MQTT-3.1.3-2] [MQTT3-3.1.3-2]", async () => {
    const hub = new TestHub();
    const older = await hub.app({ protocolVersion, clientId: "same" });
    const bystander = await hub.app({ protocolVersion, clientId: "other" });
    await step(hub);
    const newer = await hub.app({ protocolVersion, clientId: "same" });
    if (protocolVersion === 5) expect((await older.next("disconnect")).reasonCode).toBe(0x8e);
    await older.expectClosed();
    expect(older.remainingHex()).toEqual([]);
    await newer.settle();
    await bystander.settle();
  });
});

describe("enhanced authentication", () => {
  it("is refused with 0x8C [MQTT-4.12.0-1] [MQTT-4.13.2-1]", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const properties = { authenticationMethod: "SCRAM-SHA-1", authenticationData: Buffer.from("x") };
    const connack = await client.connect({ password: await hub.appJwt(), properties });
    expect(connack.reasonCode).toBe(0x8c);
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
  });

  it("does not begin by itself: no AUTH, no method in CONNACK; a client's AUTH is a protocol error [not MQTT-4.12.0-6] [not MQTT-4.12.0-7]", async () => {
    const hub = new TestHub();
    const client = await hub.app();
    expect(client.connack?.properties?.authenticationMethod).toBeUndefined();
    await client.settle();
    client.sendBytes(fromHex("f0 02 19 00"));
    expect((await client.next("disconnect")).reasonCode).toBe(0x82);
    await client.expectClosed();
  });
});
