// What devices announce of themselves.
export const entities = {
  press: "Press",
  away: "It says that it is not available.",
  announce: "Show it in Home Assistant",
  announceHint: "Announces the device by MQTT discovery to a Home Assistant that is connected to your hub.",
};
