// The part of the configuration that is about people: their mails, and who else may vouch for them. Read through config.ts alone.
import { z } from "zod";

const mailFrom = /^$|^[^\s<>@"]+@[^\s<>@"]+$|^[^<>"\r\n]+<[^\s<>@"]+@[^\s<>@"]+>$/;

const yesOrNo = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

export const peopleVariables = {
  /** Who the deployment's mails come from, `address` or `Name <address>`; empty: it sends none. */
  MAIL_FROM: z.string().regex(mailFrom, "must be `address` or `Name <address>`").default(""),
  /** Whether people must confirm their address before they may sign in with a password. Needs MAIL_FROM. */
  REQUIRE_VERIFIED_EMAIL: yesOrNo,
};

type PeopleConfig = z.infer<z.ZodObject<typeof peopleVariables>>;

/** What one variable demands of another. */
export function checkPeopleVariables(config: PeopleConfig, { addIssue }: z.RefinementCtx): void {
  if (config.REQUIRE_VERIFIED_EMAIL && config.MAIL_FROM === "") {
    addIssue({ code: "custom", path: ["REQUIRE_VERIFIED_EMAIL"], message: "needs MAIL_FROM, or nobody could sign in" });
  }
}
