// What the person prefers: applied at once, remembered by this browser for its next start, kept by the server for their other devices.
import { readonly, ref } from "vue";
import { answerOf, api } from "./call-api.ts";
import { i18n, languages } from "./i18n.ts";
import { vuetify } from "./vuetify.ts";

export interface Preferences {
  language: string;
  theme: "system" | "light" | "dark";
}

const storageKey = "homeport.preferences";
const preferences = ref<Preferences>({ language: "en", theme: "system", ...remembered() });

function remembered(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}

function apply(): void {
  const { language, theme } = preferences.value;
  vuetify.theme.change(theme);
  const known = language in languages ? (language as keyof typeof languages) : "en";
  i18n.global.locale.value = known;
  document.documentElement.lang = known;
}

/** At the start, before anything is shown. */
export function applyPreferences(): void {
  apply();
}

/** Takes over what the server has of the person who is signed in. */
export async function loadPreferences(): Promise<void> {
  const { language, theme } = await answerOf(api.GET("/v1/preferences"));
  remember({ ...(language && { language }), ...(theme && { theme }) });
}

function remember(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  localStorage.setItem(storageKey, JSON.stringify(preferences.value));
  apply();
}

export function usePreferences() {
  async function change(changed: Partial<Preferences>): Promise<void> {
    remember(changed);
    await answerOf(api.PATCH("/v1/preferences", { body: changed }));
  }
  return { preferences: readonly(preferences), change };
}
