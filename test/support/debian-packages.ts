// The third-party clients that tests use when Debian's packages are installed, and how to tell that they are.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface DebianClient {
  /** Name of Debian's package. */
  packageName: string;
  isInstalled: () => boolean;
}

function python3Has(module: string): boolean {
  return spawnSync("/usr/bin/python3", ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
}

export const pahoPython: DebianClient = {
  packageName: "python3-paho-mqtt",
  isInstalled: () => python3Has("paho.mqtt.client"),
};

export const pahoC: DebianClient = {
  packageName: "paho.mqtt.c-examples",
  isInstalled: () => existsSync("/usr/bin/paho_c_pub") && existsSync("/usr/bin/paho_c_sub"),
};

export const prometheusExporter: DebianClient = {
  packageName: "prometheus-mqtt-exporter",
  isInstalled: () => existsSync("/usr/bin/prometheus-mqtt-exporter"),
};

/** mosquitto_pub and mosquitto_sub, which speak TCP alone: through the gateway. */
export const mosquittoClients: DebianClient = {
  packageName: "mosquitto-clients",
  isInstalled: () => existsSync("/usr/bin/mosquitto_pub") && existsSync("/usr/bin/mosquitto_sub"),
};

/** As a bridge. */
export const mosquittoBroker: DebianClient = {
  packageName: "mosquitto",
  isInstalled: () => existsSync("/usr/sbin/mosquitto"),
};

export const chromiumBrowser: DebianClient = {
  packageName: "chromium",
  isInstalled: () => existsSync("/usr/bin/chromium"),
};

/** Of the tests that run on MySQL. */
export const mariaDbServer: DebianClient = {
  packageName: "mariadb-server",
  isInstalled: () => existsSync("/usr/sbin/mariadbd") && existsSync("/usr/bin/mariadb-install-db"),
};

export const debianClients = [
  pahoPython,
  pahoC,
  mosquittoClients,
  mosquittoBroker,
  prometheusExporter,
  chromiumBrowser,
  mariaDbServer,
];

export function missingPackages(clients: DebianClient[] = debianClients): string[] {
  return clients.filter((client) => !client.isInstalled()).map((client) => client.packageName);
}

/** The command a person would type. */
export function installCommand(packages: string[]): string {
  return `sudo apt-get install --no-install-recommends ${packages.join(" ")}`;
}

/**
 * For `describe.skipIf`: whether tests of these clients are left out, and a suffix for their name that says why. With
 * `CI` set nothing is left out: a missing client fails.
 */
export function skipWithout(...clients: DebianClient[]): { skip: boolean; why: string } {
  const missing = missingPackages(clients);
  const skip = missing.length > 0 && !process.env.CI;
  return { skip, why: skip ? ` (to run: ${installCommand(missing)})` : "" };
}
