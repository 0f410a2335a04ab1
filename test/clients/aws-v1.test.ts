// AWS IoT's first device SDK, whose user name says which SDK it is after a `?`: only the password counts here. It offers the
// WebSocket subprotocol by its old name, and speaks TLS alone.
import { afterAll, beforeAll, describe, inject } from "vitest";
import { describeBehaviour } from "./behaviour.ts";
import { skipWithoutNpmClients } from "./npm-clients.ts";
import { TlsFront } from "./tls-front.ts";

const { skip, why } = skipWithoutNpmClients();

describe.skipIf(skip)(`AWS IoT device SDK v1${why}`, () => {
  let front: TlsFront;
  beforeAll(async () => {
    front = await TlsFront.start(inject("clientsServer").url);
  });
  afterAll(() => front?.stop());

  // It knows no path but /mqtt: the relayed door.
  const door = (): string => `wss://127.0.0.1:${front.port}/mqtt`;
  describeBehaviour("aws-iot-device-sdk", { program: "aws-v1.mjs", version: 4, qos: [0, 1, 2], door });
});
