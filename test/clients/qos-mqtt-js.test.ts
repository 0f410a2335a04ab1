// The project's own client package, in both versions, as a process that can be killed.
import { describeBehaviour } from "./behaviour.ts";

for (const version of [4, 5] as const) {
  describeBehaviour("mqtt", { program: "mqtt-js.mjs", version, qos: [0, 1, 2] });
}
