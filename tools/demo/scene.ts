// What the demo shows: an account with a dashboard, a lamp, a thermometer and a phone as processes, and a message each way. Prints every step in
// plain words with the time it took; any step that fails ends the demo with a Failure.
import { join } from "node:path";
import { Api, type MqttAccess } from "../api.ts";
import { LineProcess } from "../line-process.ts";
import { type DemoAccount, openDemoAccount } from "./account.ts";
import { openDemoDashboard } from "./dashboard.ts";

export interface Scene {
  account: DemoAccount;
  deviceId: string;
  app: MqttAccess;
  /** Where the console shows the demo's dashboard. */
  dashboardPath: string;
  lamp: LineProcess;
  thermometer: LineProcess;
  phone: LineProcess;
}

/** Runs `act`, prints what it says was done, and how long it took. */
export async function step<T>(act: () => Promise<{ said: string; value: T }>): Promise<T> {
  const startedAt = performance.now();
  const { said, value } = await act();
  console.log(`✔ ${said}  (${(performance.now() - startedAt).toFixed(1)} ms)`);
  return value;
}

function startExample(name: "lamp" | "thermometer" | "phone", deviceId: string, access: MqttAccess): LineProcess {
  const script = join(import.meta.dirname, `${name}.ts`);
  return new LineProcess(
    process.execPath,
    ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", script],
    {
      name: `The ${name}`,
      env: { MQTT_URL: access.mqttUrl, MQTT_PASSWORD: access.secret, DEVICE_ID: deviceId },
      onLine: (line) => console.log(`    ${name.padEnd(5)} | ${line}`),
    },
  );
}

/** The id of the account's device of that name, which is registered if there is none. */
function openDevice(api: Api, name: string): Promise<string> {
  return step(async () => {
    const known = (await api.findDevices(name))[0];
    const device = known ?? (await api.createDevice(name));
    return { said: `${known ? "Found" : "Registered"} the ${name} as device ${device.id}`, value: device.id };
  });
}

/** `started` is told of each process at once, so that it can be ended whatever happens next. */
export async function playScene(url: string, stateDir: string, started: LineProcess[]): Promise<Scene> {
  const api = new Api(url);
  const account = await step(async () => {
    const opened = await openDemoAccount(api, stateDir);
    return {
      said: `${opened.isNew ? "Made" : "Signed in to"} the account ${opened.account.email}`,
      value: opened.account,
    };
  });
  const deviceId = await openDevice(api, "lamp");
  const thermometerId = await openDevice(api, "thermometer");
  const [lampAccess, thermometerAccess] = await step(async () => {
    const value = [await api.issueCredential(deviceId), await api.issueCredential(thermometerId)] as const;
    return { said: "Issued a credential to each of them", value };
  });
  const dashboardPath = await step(async () => {
    const { path, isNew } = await openDemoDashboard(api, deviceId, thermometerId);
    return { said: `${isNew ? "Made" : "Found"} a dashboard with both`, value: path };
  });
  const app = await step(async () => {
    return { said: "Issued an app token to the phone", value: await api.createAppToken("demo phone", 1) };
  });

  const lamp = await step(async () => {
    const value = startExample("lamp", deviceId, lampAccess);
    started.push(value);
    await value.nextLine(/^connected/, "connect");
    return { said: "Started the lamp, a process of its own; it is connected", value };
  });
  const thermometer = await step(async () => {
    const value = startExample("thermometer", thermometerId, thermometerAccess);
    started.push(value);
    await value.nextLine(/^connected/, "connect");
    return { said: "Started the thermometer, another process; it measures", value };
  });
  const phone = await step(async () => {
    const value = startExample("phone", deviceId, app);
    started.push(value);
    await value.nextLine(/^screen: the lamp is off/, "show that the lamp is off");
    return { said: "Started the phone, another process; its screen shows the lamp", value };
  });

  // The lamp also reports what it did: before its switch is pressed, the phone has to know.
  const reported = phone.nextLine(/^screen: the lamp is on$/, "show the lamp on after its LED went on");
  await step(async () => {
    const led = lamp.nextLine(/^LED on$/, "turn its LED on after the phone's button was pressed");
    phone.send("press");
    await led;
    return { said: "The phone's button was pressed and the lamp's LED went on", value: null };
  });
  await reported;
  await step(async () => {
    const screen = phone.nextLine(/^screen: the lamp is off$/, "show the lamp off after its switch was pressed");
    lamp.send("switch");
    await screen;
    return { said: "The lamp's switch was pressed and the phone's screen changed", value: null };
  });
  return { account, deviceId, app, dashboardPath, lamp, thermometer, phone };
}
