// Looks: colours, light and dark, icons, and how the usual parts appear.
import { createVuetify } from "vuetify";
import { aliases, mdi } from "vuetify/iconsets/mdi-svg";

const shared = { success: "#2e7d4f", warning: "#b26a00", error: "#c0392b", info: "#1d6fa5" };

export const vuetify = createVuetify({
  icons: { defaultSet: "mdi", aliases, sets: { mdi } },
  theme: {
    defaultTheme: "system",
    themes: {
      light: {
        colors: {
          ...shared,
          background: "#f5f7f9",
          surface: "#ffffff",
          primary: "#0b3954",
          secondary: "#0f766e",
          accent: "#b45f06",
        },
        // Vuetify's own is too faint for the labels of fields.
        variables: { "medium-emphasis-opacity": 0.72 },
      },
      dark: {
        colors: {
          ...shared,
          success: "#66bb8a",
          warning: "#ffb74d",
          error: "#ff8a80",
          info: "#64b5f6",
          background: "#0d1721",
          surface: "#15222f",
          primary: "#8ecae6",
          secondary: "#5bc0be",
          accent: "#ffb65c",
        },
      },
    },
  },
  defaults: {
    VBtn: { variant: "flat", rounded: "lg", style: "text-transform: none; letter-spacing: normal" },
    VCard: { rounded: "xl", variant: "flat" },
    VTextField: { variant: "outlined", density: "comfortable", color: "primary" },
    VTextarea: { variant: "outlined", density: "comfortable", color: "primary" },
    VSelect: { variant: "outlined", density: "comfortable", color: "primary" },
    VAutocomplete: { variant: "outlined", density: "comfortable", color: "primary" },
    VCombobox: { variant: "outlined", density: "comfortable", color: "primary" },
    VSwitch: { color: "secondary", inset: true, hideDetails: "auto" },
    VAlert: { variant: "tonal", rounded: "lg" },
    VChip: { rounded: "lg" },
  },
});
