// Who made a change, in words: the person, one of their devices, or the id of something else.
import { useI18n } from "vue-i18n";
import { useDevices } from "./devices/devices.ts";
import { useSession } from "./session.ts";

export function useAuthors(): (author: string) => string {
  const { t } = useI18n();
  const { person } = useSession();
  const { byId } = useDevices();
  return (author) => (author === person.value?.id ? t("common.you") : (byId.value.get(author)?.name ?? author));
}
