// Bounds of a hub that are not configuration: what the attachment can hold, and what keeps one client from harming others.

/** Of the attachment's 16,384 bytes, for an unfinished packet; a longer one goes to SQLite. */
export const partialInAttachmentBytes = 4096;
/** Of the attachment, for subscriptions; further ones go to SQLite. */
export const subscriptionsInAttachmentBytes = 6000;
/** Unacknowledged QoS 1 messages of one connection; further ones wait in SQLite. */
export const maxInFlight = 500;
/** Messages that wait for one connection's acknowledgements; a client that lets more pile up is disconnected. */
export const maxPendingMessages = 1000;
/** Bytes of a client id; MQTT requires 23 [MQTT-3.1.3-5]. */
export const maxClientIdBytes = 256;
/** How long a socket may stay without CONNECT, looked at when another one comes. */
export const connectWithinMs = 10_000;
/** Sockets without CONNECT at the same time; the oldest make room. */
export const maxUnconnected = 100;
/** The life of a connection whose app showed a JWT: its token is judged at CONNECT, and again after this. */
export const appConnectionMs = 24 * 3600 * 1000;
/** Levels of a topic filter. */
export const maxFilterLevels = 128;
/** Bytes collected for one socket before they leave; a frame holds at most this and one packet. */
export const frameBytes = 65_536;
/** Topics of one connection of which it is remembered whether it may publish to them. */
export const rememberedRights = 32;
/** Characters of such a topic; longer ones are not worth their memory. */
export const rememberedTopicLength = 256;
