// Bounds of a hub that are not configuration: what the attachment can hold, and what keeps one client from harming others.

/** Of the attachment's 16,384 bytes, for an unfinished packet; a longer one goes to SQLite. */
export const partialInAttachmentBytes = 2048;
/** Of the attachment, for subscriptions; further ones go to SQLite. */
export const subscriptionsInAttachmentBytes = 3072;
/** Of the attachment, for the topics behind a client's aliases; further ones go to SQLite. */
export const aliasesInAttachmentBytes = 1024;
/** Of the attachment, for what streams have counted; what is more is written to SQLite. */
export const runningInAttachmentBytes = 4096;
/** Devices of a hub with streams. */
export const maxStreamDevices = 20_000;
/** Topic aliases a client may give us, and those we give a client that takes some. */
export const maxInboundAliases = 10;
export const maxOutboundAliases = 32;
/** Unacknowledged QoS 1 and 2 messages to one client; further ones wait in SQLite. */
export const maxInFlight = 100;
/** Unreleased QoS 2 messages of a client of MQTT 5, which is told, and of one of 3.1.1, which cannot be told. */
export const receiveMaximum = 100;
export const maxReceived = 500;
/**
 * Bytes sent to a client since it was last heard of: above them it is sent no more QoS 0, at four times as many its connection
 * ends. Less is borne when all connections together have more than `hubUnheardBytes`, for an object has 128 MB.
 */
export const maxUnheardBytes = 8_388_608;
export const maxUnheardBytesWhenFull = 1_048_576;
export const hubUnheardBytes = 33_554_432;
/** Who asks for a keep alive as short as this wants to be missed at once, whatever that costs. */
export const exactKeepAliveSeconds = 5;
/** How long the bytes of all queues may be overestimated, by what was acknowledged since they were counted. */
export const queueRecountMs = 10_000;
/** Bytes of a client id; MQTT requires 23 [MQTT-3.1.3-5]. */
export const maxClientIdBytes = 256;
/** How long a socket may stay without CONNECT, looked at when another one comes. */
export const connectWithinMs = 10_000;
/** How long after a crash the row of a session waits for its client to come back, before it is written. */
export const keepOrphansMs = 60_000;
/** How long after a wake the close events of sockets that their peers closed meanwhile may be on their way. */
export const closeAfterWakeMs = 2000;
/** Sockets without CONNECT at the same time; the oldest make room. */
export const maxUnconnected = 100;
/** Connections of everybody whom one share lets in. */
export const maxShareConnections = 100;
/** The life of a connection whose app showed a JWT: its token is judged at CONNECT, and again after this. */
export const appConnectionMs = 24 * 3600 * 1000;
/** Levels of a topic filter. */
export const maxFilterLevels = 201;
/** Bytes collected for one socket before they leave; a frame holds at most this and one packet. */
export const frameBytes = 65_536;
/** Topics of one connection of which it is remembered whether it may publish to them. */
export const rememberedRights = 32;
/** Characters of such a topic; longer ones are not worth their memory. */
export const rememberedTopicLength = 256;
/** Shadows of one device, those deleted in the last two days included. */
export const maxShadowsPerDevice = 50;
/** How often metered counts are written to their row, and how often where no connection can keep them until then. */
export const meterFoldMs = 3_600_000;
export const meterLoneFoldMs = 600_000;
/** Of the attachment, keys of others whose counts it keeps; and keys in a row of counts, each less than 100 bytes. */
export const maxCarriedKeys = 4;
export const maxMeteredDevices = 10_000;
