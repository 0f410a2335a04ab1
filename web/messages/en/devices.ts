// The list of devices and the page of one.
export const devices = {
  title: "Devices",
};
