// The console's language. English is complete; another language is another file of `messages` with the same keys, named here.
import { createI18n } from "vue-i18n";
import { en } from "./messages/en.ts";

export type Messages = typeof en;

/** By BCP 47 tag, in their own words. */
export const languages = { en: "English" } as const;

export const i18n = createI18n<[Messages], "en", false>({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  messages: { en },
});
