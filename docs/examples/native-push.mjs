// A relay from Homeport's signed webhooks to native apps, for Node 20 and later; docs/native-push.md explains it.
// `npm install standardwebhooks jose`, then write a server that calls these functions: `phonesOf` is your own database.
import { connect } from "node:http2";
import { importPKCS8, SignJWT } from "jose";
import { Webhook } from "standardwebhooks";

const day = 86_400;
const now = () => Math.floor(Date.now() / 1000);

/**
 * What to do with a request to `/hooks/{person}`. Throws unless it was signed with the secret of that person's webhook.
 * `body`: the text exactly as it came. Sends to each phone, and returns those that are gone, to be forgotten.
 */
export async function relay({ body, headers, secret, phones, senders }) {
  const { type, data } = new Webhook(secret).verify(body, headers);
  const gone = [];
  for (const phone of phones) {
    const note = { title: data.title, text: data.text, ruleId: data.rule?.id ?? type };
    if ((await senders[phone.kind](phone.token, note)) === "gone") gone.push(phone);
  }
  return gone;
}

/** `account`: the service account's JSON file, parsed. */
export function fcmSender(account, { fcm = "https://fcm.googleapis.com" } = {}) {
  let access = { token: "", until: 0 };

  async function accessToken() {
    if (access.until > now()) return access.token;
    const assertion = await new SignJWT({ scope: "https://www.googleapis.com/auth/firebase.messaging" })
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(account.client_email)
      .setAudience(account.token_uri)
      .setIssuedAt(now())
      .setExpirationTime(now() + 3600)
      .sign(await importPKCS8(account.private_key, "RS256"));
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    const response = await fetch(account.token_uri, { method: "POST", body: new URLSearchParams(grant) });
    if (!response.ok) throw new Error(`the access token was refused: ${response.status}`);
    const { access_token: token, expires_in: seconds } = await response.json();
    access = { token, until: now() + seconds - 60 };
    return token;
  }

  return async (token, { title, text, ruleId }) => {
    const response = await fetch(`${fcm}/v1/projects/${account.project_id}/messages:send`, {
      method: "POST",
      headers: { authorization: `Bearer ${await accessToken()}`, "content-type": "application/json" },
      body: JSON.stringify({
        message: {
          token,
          notification: { title, body: text },
          data: { ruleId },
          android: { priority: "HIGH", ttl: `${day}s`, collapse_key: ruleId },
        },
      }),
    });
    if (response.status === 404) return "gone";
    if (!response.ok) throw new Error(`FCM answered ${response.status}: ${await response.text()}`);
    return "sent";
  };
}

/** `key`: the text of the .p8 file. */
export function apnsSender({ key, keyId, teamId, bundleId }, { apns = "https://api.push.apple.com" } = {}) {
  let provider = { token: "", until: 0 };
  let session = null;

  /** Apple wants it renewed after 20 to 60 minutes. */
  async function providerToken() {
    if (provider.until > now()) return provider.token;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "ES256", kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(now())
      .sign(await importPKCS8(key, "ES256"));
    provider = { token, until: now() + 40 * 60 };
    return token;
  }

  async function send(token, { title, text, ruleId }) {
    const authorization = `bearer ${await providerToken()}`;
    if (session === null || session.closed || session.destroyed) {
      session = connect(apns);
      session.on("error", () => session.destroy());
    }
    const request = session.request({
      ":method": "POST",
      ":path": `/3/device/${token}`,
      authorization,
      "apns-topic": bundleId,
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": String(now() + day),
      "apns-collapse-id": ruleId,
    });
    request.end(JSON.stringify({ aps: { alert: { title, body: text }, sound: "default" }, ruleId }));
    const status = await new Promise((resolve, reject) => {
      request.on("response", (headers) => resolve(headers[":status"])).on("error", reject);
    });
    let answer = "";
    for await (const chunk of request.setEncoding("utf8")) answer += chunk;
    if (status === 410 || answer.includes("BadDeviceToken")) return "gone";
    if (status !== 200) throw new Error(`APNs answered ${status}: ${answer}`);
    return "sent";
  }

  return Object.assign(send, { close: () => session?.close() });
}
