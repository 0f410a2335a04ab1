// The mails to people, word by word. A mail may reach somebody who never heard of this deployment, because a stranger typed the
// address: so none repeats a name or a text that its cause could have chosen.
import type { PersonNotice } from "../domain/person-notice.ts";
import type { Mail } from "./mail.ts";
import { asHtml, asText, type MailContent } from "./mail-layout.ts";

/** `baseUrl` is the deployment as people know it. */
export function personMail(notice: PersonNotice, baseUrl: string): Mail {
  const content = contentOf(notice, new URL(baseUrl).host);
  return { kind: notice.kind, subject: content.subject, text: asText(content), html: asHtml(content) };
}

const hour = "The link works for one hour.";
const notYou = "If it was not you, ignore this mail: nothing happens without the link.";

function contentOf(notice: PersonNotice, host: string): MailContent {
  switch (notice.kind) {
    case "verifyAddress":
      return {
        subject: `Confirm your address for ${host}`,
        paragraphs: [`Somebody, probably you, gave this address to ${host}. Please confirm that it is yours. ${hour}`],
        link: { label: "Confirm this address", url: notice.url },
        closing: notYou,
      };
    case "alreadyRegistered":
      return {
        subject: `You have an account at ${host}`,
        paragraphs: [
          `Somebody, probably you, tried to sign up at ${host} with this address. It has an account already: sign in ` +
            "with it, or ask for a new password if you have forgotten yours.",
        ],
        closing: "If it was not you, ignore this mail: nothing has changed.",
      };
    case "resetPassword":
      return {
        subject: `A new password for ${host}`,
        paragraphs: [`Somebody, probably you, asked for a new password for your account at ${host}. ${hour}`],
        link: { label: "Choose a new password", url: notice.url },
        closing: "If it was not you, ignore this mail: your password stays as it is.",
      };
    case "passwordReset":
      return {
        subject: `Your password for ${host} was changed`,
        paragraphs: [
          `Your account at ${host} has a new password, set with the link from an earlier mail. All sessions were ended.`,
        ],
        closing: "If it was not you, somebody else reads your mail: secure your mailbox, then ask for a new password.",
      };
    case "changeAddress":
      return {
        subject: `A new address for your account at ${host}`,
        paragraphs: [
          `Your account at ${host} is to get the address ${notice.newAddress}. Please confirm this; a mail to the new ` +
            `address follows. ${hour}`,
        ],
        link: { label: "Confirm the change", url: notice.url },
        closing: "If it was not you, do not follow the link, and change your password: somebody is signed in as you.",
      };
    case "dashboardShared":
      return {
        subject: `A dashboard is shared with you at ${host}`,
        paragraphs: [
          `${notice.owner} shares a dashboard with you at ${host}. Sign in there with this address to see it; make an ` +
            "account with it if you have none.",
        ],
        link: { label: "Open the dashboard", url: notice.url },
        closing: "If you do not know who that is, ignore this mail: they learn and see nothing of you.",
      };
    case "newDevice":
      return {
        subject: `A sign-in to ${host} from a new device`,
        paragraphs: [
          `Somebody, probably you, signed in to your account at ${host} from a device that we have not seen before:`,
          `${notice.device}, from the network address ${notice.address}, on ${instant(notice.at)}.`,
        ],
        closing: "If it was not you, ask for a new password: that ends all sessions.",
      };
  }
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " at ")} UTC`;
}
