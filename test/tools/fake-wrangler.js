// Stands in for wrangler in the tests of `npm run setup:cloud` and `npm run deploy`, which cannot reach Cloudflare. Plays
// an account whose contents are in FAKE_ACCOUNT (JSON), changes them as the real commands would, and records each call.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";

const args = process.argv.slice(2);
const call = args.join(" ");
const accountPath = process.env.FAKE_ACCOUNT;
const account = JSON.parse(readFileSync(accountPath, "utf8"));
const input = call.startsWith("secret bulk") ? readFileSync(0, "utf8") : "";
appendFileSync(`${accountPath}.calls`, `${JSON.stringify({ call, input })}\n`);

function answer(text, exitCode = 0) {
  writeFileSync(accountPath, JSON.stringify(account));
  (exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(exitCode);
}

const failing = account.failing?.find((start) => call.startsWith(start));
if (failing) answer("✘ [ERROR] A request to the Cloudflare API failed. [code: 10000]", 1);
else if (call === "whoami --json") answer(JSON.stringify({ loggedIn: account.signedIn }), account.signedIn ? 0 : 1);
else if (call === "d1 list --json") answer(JSON.stringify(account.databases));
else if (call === "kv namespace list") answer(JSON.stringify(account.namespaces));
else if (call.startsWith("d1 create ")) {
  account.databases.push({ uuid: "11111111-2222-3333-4444-555555555555", name: args[2] });
  answer("✅ Successfully created DB");
} else if (call.startsWith("kv namespace create ")) {
  account.namespaces.push({ id: "0123456789abcdef0123456789abcdef", title: args[3] });
  answer("✨ Success!");
} else if (call.startsWith("r2 bucket create ")) {
  if (account.buckets.includes(args[3])) {
    answer("✘ [ERROR] The bucket you tried to create already exists, and you own it. [code: 10004]", 1);
  } else {
    account.buckets.push(args[3]);
    answer("✅ Created bucket");
  }
} else if (call.startsWith("queues info ")) {
  if (account.queues.includes(args[2])) answer(`Queue Name: ${args[2]}`);
  else answer(`✘ [ERROR] Queue "${args[2]}" does not exist. To create it, run: wrangler queues create ${args[2]}`, 1);
} else if (call.startsWith("queues create ")) {
  account.queues.push(args[2]);
  answer("✅ Created queue");
} else if (call === "secret list --format json") {
  if (account.secrets === null) answer('✘ [ERROR] Worker "homeport" not found.', 1);
  else answer(JSON.stringify(account.secrets.map((name) => ({ name, type: "secret_text" }))));
} else if (call === "secret bulk") {
  account.secrets = [...(account.secrets ?? []), ...Object.keys(JSON.parse(input))];
  answer("✨ secrets successfully created");
} else if (call.startsWith("d1 migrations apply DB --remote") || call.startsWith("deploy")) answer("done");
else answer(`unknown call: ${call}`, 2);
