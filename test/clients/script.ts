// The demo's script, for whatever clients play the lamp and the phone: the phone's button lights the LED, the lamp's
// switch changes the screen. What it takes is printed, never asserted.
import { expect } from "vitest";
import type { Api, MqttAccess } from "../../tools/api.ts";

export type Led = "on" | "off";

export interface Lamp {
  /** The next change of the LED. */
  nextLed(): Promise<Led>;
  flipSwitch(): void;
  stop(): Promise<void>;
}

export interface Phone {
  /** Asks the lamp to change. */
  press(wanted: Led): Promise<void>;
  /** The next thing the screen shows. */
  nextScreen(): Promise<Led>;
  stop(): Promise<void>;
}

/** What a lamp or a phone needs to connect; `url` is the door. */
export interface Ticket {
  url: string;
  password: string;
  deviceId: string;
}

export type Door = "direct" | "relayed";
export const doors: Door[] = ["direct", "relayed"];

/** A new device, with tickets for itself and for an app, to one of the two doors. */
export async function issueTickets(
  api: Api,
  door: Door,
  appAccess: MqttAccess,
): Promise<{ lamp: Ticket; phone: Ticket }> {
  const { id: deviceId } = await api.createDevice("lamp");
  const { secret, mqttUrl, relayUrl } = await api.issueCredential(deviceId);
  const url = door === "direct" ? mqttUrl : relayUrl;
  return { lamp: { url, password: secret, deviceId }, phone: { url, password: appAccess.secret, deviceId } };
}

/** The lamp is off, connected and has reported it. The phone is started here, so that it must learn that. */
export async function playScript(title: string, lamp: Lamp, startPhone: () => Promise<Phone>): Promise<void> {
  const phone = await startPhone();
  try {
    const pressedAt = performance.now();
    const led = lamp.nextLed();
    const screen = phone.nextScreen();
    await phone.press("on");
    expect(await led).toBe("on");
    const pressToLedMs = performance.now() - pressedAt;
    expect(await screen).toBe("on");

    const switchedAt = performance.now();
    const changed = phone.nextScreen();
    lamp.flipSwitch();
    expect(await changed).toBe("off");
    const switchToScreenMs = performance.now() - switchedAt;
    console.log(
      `${title}: button to LED ${pressToLedMs.toFixed(1)} ms, switch to screen ${switchToScreenMs.toFixed(1)} ms`,
    );
  } finally {
    await phone.stop();
  }
}
