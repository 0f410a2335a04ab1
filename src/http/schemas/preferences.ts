// What people prefer, as the API takes and shows it.
import { z } from "@hono/zod-openapi";

const language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "must be a language tag")
  .openapi({ example: "en" });
const theme = z.enum(["light", "dark", "system"]);
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "must be an IANA time zone")
  .openapi({ example: "Europe/Berlin" });

const ruleMails = z.boolean().openapi({ description: "False: none of what rules would tell by mail" });

export const preferences = z.object({ language, theme, timeZone, ruleMails }).partial().openapi("Preferences");

export const preferencesChange = z
  .strictObject({
    language: language.nullable(),
    theme: theme.nullable(),
    timeZone: timeZone.nullable(),
    ruleMails: ruleMails.nullable(),
  })
  .partial()
  .openapi("PreferencesChange", { example: { theme: "dark" } });

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).format() !== "";
  } catch {
    return false;
  }
}
