// What several pages say.
export const common = {
  product: "Homeport",
  nav: {
    devices: "Devices",
    dashboards: "Dashboards",
    rules: "Rules",
    messages: "Messages",
    usage: "Usage",
    account: "Account",
    main: "Main",
  },
  actions: {
    save: "Save",
    cancel: "Cancel",
    close: "Close",
    delete: "Delete",
    edit: "Edit",
    retry: "Try again",
    copy: "Copy",
    copied: "Copied",
    back: "Back",
    done: "Done",
    signOut: "Sign out",
    update: "Reload",
  },
  live: {
    online: "Live",
    connecting: "Connecting…",
    offline: "Not connected",
    offlineLong: "No connection. What you see is the last that is known; it comes back by itself.",
    off: "Not connected",
  },
  time: { never: "never", now: "just now" },
  loading: "Loading…",
  you: "you",
  json: { invalid: "This is not JSON: {problem}", notObject: "It must be an object: {'{…}'}" },
  notFound: {
    title: "There is no such page",
    text: "It may have been removed, or the address is not right.",
    home: "To the devices",
  },
  skip: "Skip to the content",
  errors: {
    network: "The server cannot be reached. Look at your network; nothing was changed.",
    unexpected:
      "Something went wrong on our side. Try again; if it happens again, tell whoever runs this server: {requestId}",
  },
};
