// A person, as a process: reads a code off a device, approves it under a name and switches the device on.
import { setTimeout as delay } from "node:timers/promises";
import { openApi } from "../../web/api/client.ts";

const { SERVER = "", CODE: userCode = "" } = process.env;

const signedUp = await openApi({ baseUrl: SERVER }).POST("/api/auth/sign-up/email", {
  body: { name: "Ada", email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" },
});
const api = openApi({ baseUrl: SERVER, headers: { authorization: `Bearer ${signedUp.data?.token}` } });

const pairing = { params: { path: { userCode } } };
const { data: asking } = await api.GET("/v1/pairing/{userCode}", pairing);
console.log(`${asking?.clientId} asks as ${asking?.suggestedName}: ${asking?.status}`);

const approved = await api.POST("/v1/pairing/{userCode}/approve", { ...pairing, body: { name: "Desk lamp" } });
const id = approved.data?.id ?? "";
console.log(`approved ${id} as ${approved.data?.name}`);

const device = { params: { path: { id } } };
while (!(await api.GET("/v1/devices/{id}/presence", device)).data?.online) await delay(200);
console.log("it is online");
await api.POST("/v1/devices/{id}/messages", { ...device, body: { topic: "set/led", payload: "on", qos: 1 } });
