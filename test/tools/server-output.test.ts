import { describe, expect, it } from "vitest";
import { readableOutput } from "../../tools/server-output.ts";

const output = `[wrangler:info] Ready on http://127.0.0.1:8787
[wrangler:info] GET /api/auth/verify-email?token=secret 200 OK (14ms)
{"event":"hub.fill.failed"}
\u001b[34m[wrangler:info] send_email binding called with MessageBuilder:\u001b[39m
From: "Homeport" <homeport@localhost>
To: ada@example.com
Subject: Confirm your address

Text: /tmp/a.txt
HTML: /tmp/a.html
\u001b[33mWARNING\u001b[0m something
`;

const shown = `{"event":"hub.fill.failed"}
Mail to ada@example.com: Confirm your address
  text: /tmp/a.txt
  HTML: /tmp/a.html
\u001b[33mWARNING\u001b[0m something
`;

describe("what the server prints", () => {
  it.each([1, 7, 64, 10_000])("is warnings, lines of the Worker and mails, in pieces of %i characters", (size) => {
    let seen = "";
    const take = readableOutput((text) => (seen += text));
    for (let i = 0; i < output.length; i += size) take(output.slice(i, i + size));
    expect(seen).toBe(shown);
  });
});
