// Times and amounts as people read them, in the language of the page.
import { onScopeDispose, ref, type Ref } from "vue";
import { useI18n } from "vue-i18n";

/** Epoch ms, brought up to date every `everyMs` while the component is there. */
export function useNow(everyMs = 15_000): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), everyMs);
  onScopeDispose(() => clearInterval(timer));
  return now;
}

const units = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

export function useFormats() {
  const { t, locale } = useI18n();

  /** "3 minutes ago"; of the last minute "just now". */
  function ago(at: number | null, now: number): string {
    if (at === null) return t("common.time.never");
    const elapsed = at - now;
    const fitting = units.find(([, ms]) => Math.abs(elapsed) >= ms);
    if (!fitting) return t("common.time.now");
    const [unit, ms] = fitting;
    return new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }).format(Math.trunc(elapsed / ms), unit);
  }

  function dateTime(at: number, options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "medium" }) {
    return new Intl.DateTimeFormat(locale.value, options).format(at);
  }

  /** At most four significant digits, the rest is noise on a screen. */
  function number(value: number, options: Intl.NumberFormatOptions = { maximumSignificantDigits: 4 }): string {
    return new Intl.NumberFormat(locale.value, options).format(value);
  }

  /** US$ with as many digits as a small amount needs. */
  function dollars(value: number): string {
    const digits = value === 0 || value >= 1 ? 2 : Math.min(8, Math.max(2, 2 - Math.floor(Math.log10(value))));
    return number(value, { style: "currency", currency: "USD", maximumFractionDigits: digits });
  }

  return { ago, dateTime, number, dollars };
}
