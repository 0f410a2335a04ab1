// AWS IoT's device SDK v2, whose user name says which SDK it is after a `?`: only the password counts here.
import { describe } from "vitest";
import { describeBehaviour } from "./behaviour.ts";
import { skipWithoutNpmClients } from "./npm-clients.ts";

const { skip, why } = skipWithoutNpmClients();
describe.skipIf(skip)(`AWS IoT device SDK v2${why}`, () => {
  describeBehaviour("aws-crt", { program: "aws-v2-mqtt3.mjs", version: 4, qos: [0, 1, 2] });
  // It has no QoS 2.
  describeBehaviour("aws-crt", { program: "aws-v2-mqtt5.mjs", version: 5, qos: [0, 1] });
});
