// Dashboards over HTTP: kept, sorted, versioned, bounded, and shared with people and by links.
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { call, createUser, type TestUser } from "../support/api.ts";
import { Mailbox } from "../support/mailbox.ts";

const lamp = "dev_01jcz7k3q8w6x2f0v9rt";
const led = {
  id: "led",
  type: "switch",
  command: { deviceId: lamp, set: "led" },
  on: "on",
  off: "off",
  state: { deviceId: lamp, stream: "led" },
};

async function addDashboard(user: TestUser, fields: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await user.post("/v1/dashboards", { title: "Home", ...fields });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}

describe("a dashboard", () => {
  it("is kept as it was made, until it is deleted", async () => {
    const user = await createUser();
    const made = await user.post("/v1/dashboards", { title: " Home ", icon: "sofa", widgets: [led] });
    expect(made).toMatchObject({ status: 201, body: { title: "Home", icon: "sofa", widgets: [led], version: 1 } });
    expect(made.headers.get("etag")).toBe('"1"');
    const path = `/v1/dashboards/${made.body.id}`;
    expect((await user.get(path)).body).toEqual(made.body);
    expect(await user.delete(path)).toMatchObject({ status: 204 });
    expect(await user.get(path)).toMatchObject({ status: 404 });
    expect(await user.delete(path)).toMatchObject({ status: 404 });
  });

  it("is not overwritten by a browser that did not see the last change", async () => {
    const user = await createUser();
    const path = `/v1/dashboards/${await addDashboard(user)}`;
    const change = (version: string, title: string) =>
      user.call("PATCH", path, { headers: { "if-match": version }, body: { title } });
    expect(await change('"1"', "First")).toMatchObject({ status: 200, body: { title: "First", version: 2 } });
    const late = await change('"1"', "Second");
    expect(late).toMatchObject({
      status: 412,
      body: { error: { code: "precondition_failed" }, current: { title: "First", version: 2 } },
    });
    expect(late.headers.get("etag")).toBe('"2"');
    expect(await change("2", "Second")).toMatchObject({ status: 200, body: { title: "Second", version: 3 } });
    expect(await change("x", "Third")).toMatchObject({ status: 400 });
    expect(await user.patch(path, { icon: null })).toMatchObject({ status: 200, body: { title: "Second" } });
  });

  it("is listed in the person's order, in pages, without its widgets", async () => {
    const user = await createUser();
    const ids = [];
    for (const title of ["a", "b", "c"]) ids.push(await addDashboard(user, { title, widgets: [led] }));
    const titles = async () => {
      const first = (await user.get("/v1/dashboards?limit=2")).body;
      expect(first.items[0]).not.toHaveProperty("widgets");
      const second = (await user.get(`/v1/dashboards?limit=2&cursor=${first.nextCursor}`)).body;
      expect(second.nextCursor).toBeNull();
      return [...first.items, ...second.items].map(({ title }) => title);
    };
    expect(await titles()).toEqual(["a", "b", "c"]);
    expect(await user.post("/v1/dashboards/order", { ids: [ids[2], ids[1]] })).toMatchObject({ status: 204 });
    expect(await titles()).toEqual(["c", "b", "a"]);
    const other = await createUser();
    expect(await other.post("/v1/dashboards/order", { ids: [ids[0]] })).toMatchObject({ status: 400 });
    expect((await other.get("/v1/dashboards")).body.items).toEqual([]);
  });

  it("is one of at most 80", async () => {
    const user = await createUser();
    await Promise.all(Array.from({ length: 80 }, () => addDashboard(user)));
    const answer = await user.post("/v1/dashboards", { title: "one more" });
    expect(answer).toMatchObject({ status: 429, body: { error: { code: "quota_exceeded" } } });
    const all = (await user.get("/v1/dashboards?limit=200")).body.items.map(({ id }: { id: string }) => id);
    expect(await user.post("/v1/dashboards/order", { ids: all.toReversed() })).toMatchObject({ status: 204 });
    expect((await user.get("/v1/dashboards?limit=200")).body.items[0].id).toBe(all[79]);
  });

  const source = { deviceId: lamp, stream: "t" };
  it.each([
    { id: "b", type: "button", command: { topic: "shared/door" }, payload: "open" },
    { id: "s", type: "slider", command: { deviceId: lamp, set: "level" }, min: 0, max: 10, step: 0.5, unit: "%" },
    { id: "c", type: "colour", command: { deviceId: lamp, set: "rgb" }, template: '{"hex":"{value}"}' },
    { id: "g", type: "gauge", source, min: -20, max: 50, place: { x: 6, y: 0, w: 6, h: 4 } },
    { id: "v", type: "value", source: { topic: "tele/lamp/LWT" }, decimals: 1 },
    { id: "h", type: "chart", series: [{ source, label: "Inside" }, { source }], range: "week" },
    { id: "t", type: "text", text: "Water the plants" },
    { id: "m", type: "map", points: [{ latitude: source, longitude: source }] },
    { id: "p", type: "camera", url: "https://camera.example/a.jpg", refreshSeconds: 5 },
  ])("has a widget as $type", async (widget) => {
    const user = await createUser();
    const id = await addDashboard(user, { widgets: [widget] });
    expect((await user.get(`/v1/dashboards/${id}`)).body.widgets).toEqual([widget]);
  });

  it.each([
    ["an unknown kind", { id: "a", type: "clock" }],
    ["an unknown field", { ...led, colour: "red" }],
    ["a foreign topic", { id: "a", type: "button", command: { topic: "$SYS/x" }, payload: "" }],
    ["a topic of the hub's", { id: "a", type: "button", command: { topic: `devices/${lamp}/presence` }, payload: "" }],
    ["a wildcard", { id: "a", type: "value", source: { topic: "#" } }],
    ["an upward name", { ...led, command: { deviceId: lamp, set: "../led" } }],
    ["a device of another form", { ...led, command: { deviceId: "+", set: "led" } }],
    ["no scale", { id: "a", type: "gauge", source, min: 5, max: 5 }],
    ["no picture", { id: "a", type: "camera" }],
    ["a script for a picture", { id: "a", type: "camera", url: "javascript:alert(1)" }],
    ["a place beyond the edge", { ...led, place: { x: 10, y: 0, w: 4, h: 1 } }],
  ])("has no widget with %s", async (_, widget) => {
    const answer = await (await createUser()).post("/v1/dashboards", { title: "Home", widgets: [widget] });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 400 });
    expect(answer.body.error.message).toContain("widgets.0");
  });

  it("has no endless or repeated widgets", async () => {
    const user = await createUser();
    const texts = Array.from({ length: 20 }, (_, i) => ({ id: `t${i}`, type: "text", text: "x".repeat(4000) }));
    for (const widgets of [[led, led], texts, Array.from({ length: 101 }, (_, i) => ({ ...led, id: `w${i}` }))]) {
      expect(await user.post("/v1/dashboards", { title: "Home", widgets })).toMatchObject({ status: 400 });
    }
  });
});

describe("a share with a person", () => {
  it("is told them by mail, if its owner's address is confirmed, as often as a person's rules may write", async () => {
    const mailbox = new Mailbox({ MAX_NOTIFICATION_MAILS_PER_DAY: "2", REQUIRE_VERIFIED_EMAIL: "true" });
    const [owner, other] = [await createUser(), await createUser()];
    const id = await addDashboard(owner, { title: "<b>Buy this</b>" });
    const share = async (email: string) => {
      const body = { kind: "person", email, rights: "view" };
      return mailbox.call("POST", `/v1/dashboards/${id}/shares`, { token: owner.token, body });
    };
    const first = await share(other.email);
    expect(first).toMatchObject({ status: 201, body: { isMailed: false } });
    await owner.delete(`/v1/dashboard-shares/${first.body.id}`);
    expect(mailbox.mails).toEqual([]);

    await owner.confirmAddress();
    // Whether anybody has the address makes no difference.
    const newcomer = await createUser({ isSaved: false });
    let link = "";
    for (const { email } of [other, newcomer]) {
      const made = await share(email);
      expect(made).toMatchObject({ status: 201, body: { isMailed: true } });
      const mail = mailbox.take(email);
      link = `/v1/shared-dashboards/${made.body.id}`;
      expect(mail.link).toBe(`/dashboards/shared/${made.body.id}`);
      expect(mail.text).toContain(owner.email);
      // Nothing but the address is the owner's word.
      expect(mail.text + mail.html + mail.subject).not.toMatch(/Buy|Ada/);
    }
    expect(await share(`${newId("mail")}@example.com`)).toMatchObject({ status: 201, body: { isMailed: false } });
    expect(mailbox.mails).toEqual([]);
    expect((await owner.post(`/v1/dashboards/${id}/shares`, { kind: "link" })).body.isMailed).toBe(false);

    await newcomer.save();
    expect(await newcomer.post(`${link}/token`)).toMatchObject({ status: 404 });
    await newcomer.confirmAddress();
    expect(await newcomer.post(`${link}/token`)).toMatchObject({ status: 200 });
    expect(await newcomer.get(link)).toMatchObject({ status: 200, body: { title: "<b>Buy this</b>" } });
  });

  it("is seen by them, with the owner's name, until either ends it", async () => {
    const [owner, other, stranger] = [await createUser(), await createUser(), await createUser()];
    const id = await addDashboard(owner, { widgets: [led] });
    const path = `/v1/dashboards/${id}/shares`;
    const body = { kind: "person", email: other.email.toUpperCase(), rights: "control" };
    const made = await owner.post(path, body);
    expect(made).toMatchObject({ status: 201, body: { kind: "person", email: other.email, secret: null, url: null } });
    expect(await owner.post(path, body)).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    expect((await owner.get(path)).body.items).toMatchObject([{ id: made.body.id, rights: "control" }]);
    const shared = `/v1/shared-dashboards/${made.body.id}`;
    expect((await other.get("/v1/shared-dashboards")).body).toEqual({
      items: [expect.objectContaining({ id: made.body.id, title: "Home", owner: { name: "Ada" }, rights: "control" })],
      nextCursor: null,
    });
    expect((await other.get("/v1/dashboards")).body.items).toEqual([]);
    expect(await other.get(`/v1/dashboards/${id}`)).toMatchObject({ status: 404 });
    expect((await other.get(shared)).body.widgets).toEqual([led]);
    expect(JSON.stringify((await other.get(shared)).body)).not.toContain(owner.userId);
    for (const who of [owner, stranger]) expect(await who.get(shared)).toMatchObject({ status: 404 });
    const change = { rights: "view" };
    expect(await owner.patch(`/v1/dashboard-shares/${made.body.id}`, change)).toMatchObject({ body: change });
    expect(await other.patch(`/v1/dashboard-shares/${made.body.id}`, change)).toMatchObject({ status: 404 });
    expect(await other.delete(shared)).toMatchObject({ status: 204 });
    expect((await other.get("/v1/shared-dashboards")).body.items).toEqual([]);
    expect((await owner.get(path)).body.items).toEqual([]);
  });

  it("needs somebody to share with", async () => {
    const owner = await createUser();
    const path = `/v1/dashboards/${await addDashboard(owner)}/shares`;
    for (const email of ["nobody@example.com", owner.email]) {
      expect(await owner.post(path, { kind: "person", email, rights: "view" })).toMatchObject({ status: 400 });
    }
  });

  it("waits for whoever confirms the address, where addresses are confirmed", async () => {
    const owner = await createUser();
    const path = `/v1/dashboards/${await addDashboard(owner)}/shares`;
    const late = await createUser({ isSaved: false });
    const body = { kind: "person", email: late.email, rights: "view" };
    const bindings = { REQUIRE_VERIFIED_EMAIL: "true", MAIL_FROM: "a@example.com" };
    expect(await owner.call("POST", path, { body, bindings })).toMatchObject({ status: 201 });
    await late.save();
    expect((await late.get("/v1/shared-dashboards")).body.items).toEqual([]);
    await late.confirmAddress();
    expect((await late.get("/v1/shared-dashboards")).body.items).toHaveLength(1);
  });
});

describe("a link", () => {
  it("opens the dashboard for whoever has it, until it is ended", async () => {
    const owner = await createUser();
    const id = await addDashboard(owner, { widgets: [led] });
    const made = await owner.post(`/v1/dashboards/${id}/shares`, { kind: "link", label: "Neighbours" });
    expect(made).toMatchObject({ status: 201, body: { kind: "link", rights: "view", email: null } });
    const { secret, url } = made.body;
    expect(url).toBe(`https://homeport.test/shared#${secret}`);
    expect(JSON.stringify((await owner.get(`/v1/dashboards/${id}/shares`)).body)).not.toContain(secret);
    const opened = await call("POST", "/v1/shared-dashboards/open", { body: { secret } });
    expect(opened).toMatchObject({
      status: 200,
      body: { dashboard: { title: "Home", widgets: [led], rights: "view", owner: { name: "Ada" } } },
    });
    expect(await owner.patch(`/v1/dashboard-shares/${made.body.id}`, { rights: "control" })).toMatchObject({
      status: 400,
    });
    await owner.delete(`/v1/dashboard-shares/${made.body.id}`);
    const refused = await call("POST", "/v1/shared-dashboards/open", { body: { secret } });
    expect(refused).toMatchObject({ status: 404, body: { error: { message: "There is no such link." } } });
    expect(await call("GET", `/v1/devices/${lamp}/streams`, { token: opened.body.token })).toMatchObject({
      status: 401,
    });
  });

  it("is opened by its own secret alone", async () => {
    const owner = await createUser();
    const path = `/v1/dashboards/${await addDashboard(owner)}/shares`;
    const [one, two] = [await owner.post(path, { kind: "link" }), await owner.post(path, { kind: "link" })];
    const other = await createUser();
    const person = await owner.post(path, { kind: "person", email: other.email, rights: "view" });
    const random = (two.body.secret as string).split(".")[1];
    for (const secret of ["", "x", `${one.body.id}.${random}`, `${person.body.id}.${random}`, `${one.body.id}.`]) {
      const answer = await call("POST", "/v1/shared-dashboards/open", { body: { secret } });
      expect(answer).toMatchObject({ status: 404, body: { error: { message: "There is no such link." } } });
    }
  });
});
