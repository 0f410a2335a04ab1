// Shadows of each device, with what is known of their history.
import type { ShadowView } from "../../../domain/shadow/answers.ts";
import type { ShadowChange } from "../../../domain/shadow/history.ts";
import { eachDevice } from "./each-device.ts";

export const shadows = eachDevice(async ({ work, hub, deviceId }) => {
  const entries = await work.ask(hub, (stub, call) => stub.shadows(deviceId, call));
  for (const { name } of entries) {
    const ref = { deviceId, name };
    const view = JSON.parse(await work.ask(hub, (stub, call) => stub.shadow(ref, call))) as ShadowView;
    const history = await work.ask(hub, (stub, call) => stub.shadowHistory(ref, call));
    await work.write({ type: "shadow", deviceId, name, ...view, history: JSON.parse(history) as ShadowChange[] });
  }
  return null;
});
