// What the product needs of a database, whichever it is. A function is one statement or one batch; ids and times come from the
// caller; what belongs to somebody else is as absent as what does not exist.
import type { BetterAuthOptions } from "better-auth/minimal";
import type { Grants } from "../domain/access.ts";
import type { CredentialState } from "../domain/credentials.ts";
import type { AccountStore, PreferenceStore } from "./account-store.ts";
import type { DashboardStore, ShareStore } from "./dashboard-store.ts";
import type { ExportStore } from "./export-store.ts";
import type { DeliveryStore, PushSubscriptionStore, WebhookStore } from "./notification-stores.ts";

export interface Store {
  people: PeopleStore;
  hubs: HubStore;
  devices: DeviceStore;
  appTokens: AppTokenStore;
  dashboards: DashboardStore;
  shares: ShareStore;
  preferences: PreferenceStore;
  accounts: AccountStore;
  pairings: PairingStore;
  outbox: OutboxStore;
  webhooks: WebhookStore;
  pushSubscriptions: PushSubscriptionStore;
  deliveries: DeliveryStore;
  exports: ExportStore;
  schema: SchemaStore;
}

export interface PeopleStore {
  /** The tables of people, in the form better-auth wants them. */
  tables: BetterAuthOptions["database"];
  /**
   * Removes the user of this address if it has no way of signing in and is older than `createdBefore`: what is left of a
   * sign-up that failed between two statements.
   */
  removeUnfinished(email: string, createdBefore: number): Promise<void>;
  /** Where a person can be written to; null: there is no such user. */
  address(userId: string): Promise<{ email: string; isVerified: boolean } | null>;
  /** The user of an outside issuer's person, and their hub once they have one. */
  findOutside(accountId: string): Promise<{ userId: string; hubId: string | null } | null>;
  /** Makes user and account, or neither: `conflict` when the account's id or the address is taken. */
  createOutside(person: NewOutsidePerson): Promise<void>;
  /** Whether the device was unknown until now. */
  rememberDevice(device: KnownDevice): Promise<boolean>;
  /** After that, every device is unknown. */
  forgetDevices(userId: string): Promise<void>;
}

/** A device from which a person signed in. */
export interface KnownDevice {
  id: string;
  userId: string;
  now: number;
  /** When it is unknown again. */
  expiresAt: number;
}

export interface NewOutsidePerson {
  userId: string;
  /** Made from issuer and subject. */
  accountId: string;
  issuer: string;
  subject: string;
  email: string;
  emailVerified: boolean;
  name: string;
  createdAt: number;
}

export type AttributeValue = string | number | boolean;

export interface Device {
  id: string;
  userId: string;
  hubId: string;
  name: string;
  model: string | null;
  tags: string[];
  attributes: Record<string, AttributeValue>;
  grants: Grants;
  /** How often it is to check in, if it polls; null: as the deployment says. */
  checkInSeconds: number | null;
  /** The generation of its credential that is admitted; null: none. */
  gen: number | null;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export type NewDevice = Omit<Device, "gen" | "version" | "updatedAt">;
export type DeviceChange = Partial<
  Pick<Device, "name" | "model" | "tags" | "attributes" | "grants" | "checkInSeconds">
>;

/** One device of one user. */
export interface DeviceRef {
  userId: string;
  deviceId: string;
}

/** An outbox row to commit together with a change, if the hub of its subject was ever started. */
export interface NewNotice {
  id: string;
  now: number;
  /** When the scheduled job takes over if nobody deleted the row by then. */
  retryAt: number;
}

/** A committed change. `noticed`: the hub was started before, so the outbox row exists and the hub is to be told. */
export type Committed<T> = T & { noticed: boolean };

export interface Page<T> {
  items: T[];
  /** The id to continue after; null on the last page. */
  nextCursor: string | null;
}

export interface PageQuery {
  userId: string;
  cursor: string | null;
  limit: number;
}

export interface DeviceStore {
  create(device: NewDevice): Promise<void>;
  find(ref: DeviceRef): Promise<Device | null>;
  /** In order of creation. `name` matches any part, ignoring case; `tag` matches whole. */
  list(query: PageQuery & { name: string | null; tag: string | null }): Promise<Page<Device>>;
  /** Changes the given fields alone; tells the hub of all but attributes. Null when there is no such device. */
  update(ref: DeviceRef, change: DeviceChange, notice: NewNotice): Promise<Committed<{ device: Device }> | null>;
  /** Makes the next generation the only one admitted. */
  issueCredential(ref: DeviceRef, notice: NewNotice): Promise<Committed<{ device: Device }> | null>;
  revokeCredentials(ref: DeviceRef, notice: NewNotice): Promise<Committed<{ device: Device }> | null>;
  delete(ref: DeviceRef, notice: NewNotice): Promise<Committed<{ deleted: true }> | null>;
}

export interface AppToken {
  id: string;
  userId: string;
  hubId: string;
  name: string;
  /** Null: it may use the whole namespace, and the API. */
  grants: Grants | null;
  /** Null: lives until it is revoked. */
  expiresAt: number | null;
  createdAt: number;
}

export interface AppTokenStore {
  create(token: AppToken, notice: NewNotice): Promise<Committed<{ created: true }>>;
  find(tokenId: string): Promise<AppToken | null>;
  list(query: PageQuery): Promise<Page<AppToken>>;
  /** Of these tokens of the user, by id. At most 200 ids. */
  namesOf(ref: { userId: string; tokenIds: string[] }): Promise<Map<string, string>>;
  delete(ref: { userId: string; tokenId: string }, notice: NewNotice): Promise<Committed<{ deleted: true }> | null>;
}

/** A device that asks to be paired. Codes are known by their keyed hashes alone. */
export interface Pairing {
  deviceCodeHash: string;
  userCodeHash: string;
  clientId: string;
  suggestedName: string | null;
  country: string | null;
  /** `paired`: the device has fetched its credential. */
  status: "pending" | "approved" | "denied" | "paired";
  /** Who decided. */
  userId: string | null;
  deviceId: string | null;
  /** What the device has to wait between two polls. */
  intervalSeconds: number;
  lastPollAt: number | null;
  createdAt: number;
  expiresAt: number;
}

export type NewPairing = Omit<Pairing, "status" | "userId" | "deviceId" | "lastPollAt">;

export interface PairingStore {
  /** How many have not expired. */
  countOpen(now: number): Promise<number>;
  /** Throws `conflict` when the user code is in use. */
  create(pairing: NewPairing): Promise<void>;
  findByUserCode(userCodeHash: string): Promise<Pairing | null>;
  findByDeviceCode(deviceCodeHash: string): Promise<Pairing | null>;
  /** Approves with a device, denies with null. False: somebody decided before, or it has expired. */
  decide(decision: { userCodeHash: string; userId: string; deviceId: string | null; now: number }): Promise<boolean>;
  /** Notes a poll and makes later ones wait `slowDownSeconds` longer. */
  recordPoll(poll: { deviceCodeHash: string; now: number; slowDownSeconds: number }): Promise<void>;
  /** From approved to paired: true for exactly one caller, who may issue the credential. */
  claim(deviceCodeHash: string, now: number): Promise<boolean>;
  removeExpired(before: number): Promise<void>;
}

export interface Hub {
  id: string;
  userId: string;
  startedAt: number | null;
}

export interface HubStore {
  ofUser(userId: string): Promise<Hub | null>;
  /** The user's hub, made with `hubId` if there is none; null when there is no such user. */
  ensure(userId: string, hubId: string, now: number): Promise<Hub | null>;
  /** Called by a hub that runs for the first time, before it reads its list: from here on every change leaves a notice. */
  markStarted(hubId: string, now: number): Promise<void>;
  /** Every credential the hub has to admit: of devices, and app tokens that have not expired. */
  listCredentials(hubId: string, now: number): Promise<CredentialState[]>;
  /** What the hub has to know of these subjects now; a subject without a row is deleted. */
  credentialStates(subjects: string[]): Promise<CredentialState[]>;
}

export interface Notice {
  id: string;
  hubId: string;
  subject: string;
  attempts: number;
}

export interface OutboxStore {
  delete(ids: string[]): Promise<void>;
  due(now: number, limit: number): Promise<Notice[]>;
  /** Counts a failed attempt. */
  postpone(notices: { id: string; nextAttemptAt: number }[]): Promise<void>;
}

export interface SchemaStore {
  /** Throws `schema_outdated` when the newest migration this code knows was not applied. Remembers success, unless asked `again`. */
  check(options?: { again: boolean }): Promise<void>;
}
