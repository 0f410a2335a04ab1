// A person's own settings.
export const account = {
  title: "Account",
};
