// What models and groups of devices desire.
import { useI18n } from "vue-i18n";
import type { Schemas } from "../api/client.ts";

export type Configuration = Schemas["Configuration"];

/** What it is for, in words: "All devices tagged garden". */
export function useConfigurationWords(): (configuration: Pick<Configuration, "kind" | "key" | "shadowName">) => string {
  const { t } = useI18n();
  return ({ kind, key, shadowName }) => {
    const whom = t(`configurations.for.${kind}`, { key });
    return shadowName === null ? whom : `${whom} · ${t("configurations.shadow", { name: shadowName })}`;
  };
}
