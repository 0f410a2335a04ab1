// What the deployment has to tell a person by mail. Carries nothing that somebody else could have written, except an address that
// the person's own session named, and the confirmed one of whoever shares something with them.

export type PersonNotice =
  | { kind: "verifyAddress"; url: string }
  | { kind: "alreadyRegistered" }
  | { kind: "resetPassword"; url: string }
  | { kind: "passwordReset" }
  | { kind: "changeAddress"; newAddress: string; url: string }
  | { kind: "dashboardShared"; owner: string; url: string }
  | { kind: "newDevice"; device: string; address: string; at: number };
