// Every numbered normative statement of MQTT 5.0 (OASIS Standard, 7 March 2019, appendix B: 251 of them), one a line, in our
// words: id | whom it binds | kind | what it asks | why no test can show it here. Kinds: must, mustNot, or both in one
// statement. Read by statements.ts.

export const statements5 = `
1.5.4-1 | both | both | Strings are well-formed UTF-8, without encoded surrogates
1.5.4-2 | both | mustNot | Strings hold no U+0000
1.5.4-3 | both | mustNot | U+FEFF is kept wherever it stands in a string
1.5.5-1 | both | must | Variable byte integers use as few bytes as their value needs
1.5.7-1 | both | must | Both halves of a string pair are valid strings
2.1.3-1 | both | must | Reserved flags of the fixed header have the value the table gives
2.2.1-2 | both | mustNot | A QoS 0 PUBLISH has no packet id
2.2.1-3 | client | must | A client's new SUBSCRIBE, UNSUBSCRIBE, PUBLISH takes an unused packet id, not zero
2.2.1-4 | server | must | The server's new QoS 1 or 2 PUBLISH takes an unused packet id, not zero
2.2.1-5 | both | must | PUBACK, PUBREC, PUBREL, PUBCOMP carry the packet id of their PUBLISH
2.2.1-6 | server | must | SUBACK and UNSUBACK carry the packet id of what they answer
2.2.2-1 | both | must | No properties means a property length of zero
3.1.0-1 | client | must | The first packet is CONNECT
3.1.0-2 | server | must | A second CONNECT is a protocol error and ends the connection
3.1.2-1 | server | must | An unknown protocol name ends the connection; CONNACK 0x84 may say why
3.1.2-2 | server | must | An unsupported version ends the connection; CONNACK 0x84 may say why
3.1.2-3 | server | must | The reserved connect flag is checked; set, the packet is malformed
3.1.2-4 | both | must | Clean start discards a present session and begins a new one
3.1.2-5 | server | must | Without clean start a present session is resumed
3.1.2-6 | server | must | Without clean start and without a session a new one begins
3.1.2-7 | server | must | A will is stored with its session
3.1.2-8 | server | must | The will is published after the end, delay and DISCONNECT 0x00 considered
3.1.2-9 | client | must | The will flag promises will properties, topic and payload
3.1.2-10 | server | must | The will is forgotten once published or after DISCONNECT 0x00
3.1.2-11 | client | must | Without a will, will QoS is 0
3.1.2-12 | client | mustNot | Will QoS is 0, 1 or 2, never 3
3.1.2-13 | client | must | Without a will, will retain is 0
3.1.2-14 | server | must | A will without retain is published as a non-retained message
3.1.2-15 | server | must | A will with retain is published as a retained message
3.1.2-16 | client | mustNot | No user name without its flag
3.1.2-17 | client | must | The user name flag promises a user name
3.1.2-18 | client | mustNot | No password without its flag
3.1.2-19 | client | must | The password flag promises a password
3.1.2-20 | client | must | Silent clients send PINGREQ within their keep alive | binds the client
3.1.2-21 | client | must | The client follows the server keep alive | binds the client
3.1.2-22 | server | must | Silence for 1.5 times the keep alive ends the connection as a failure
3.1.2-23 | both | must | The session is kept after the connection while its expiry is above zero
3.1.2-24 | server | mustNot | No packet larger than the client's maximum packet size is sent
3.1.2-25 | server | must | What is too large for a client counts as sent
3.1.2-26 | server | mustNot | No topic alias above the client's maximum
3.1.2-27 | server | mustNot | No topic alias for a client that allows none
3.1.2-28 | server | mustNot | No response information for a client that asked for none
3.1.2-29 | server | mustNot | Unwanted problem information stays out of all but PUBLISH, CONNACK, DISCONNECT
3.1.2-30 | client | mustNot | During enhanced authentication the client sends AUTH and DISCONNECT alone | binds the client; enhanced authentication is refused at once
3.1.3-1 | client | must | CONNECT's payload: client id, will, user name, password, in this order
3.1.3-2 | both | must | The client id identifies the session
3.1.3-3 | client | must | A client id is present and comes first
3.1.3-4 | client | must | The client id is a valid string
3.1.3-5 | server | must | Client ids of 1 to 23 letters and digits are accepted
3.1.3-6 | server | must | An empty client id, if allowed, is replaced by a unique one
3.1.3-7 | server | must | The assigned client id is used and returned in CONNACK
3.1.3-8 | server | must | A refused client id ends the connection; CONNACK 0x85 may say why
3.1.3-9 | server | mustNot | No will when the session is resumed within the will delay
3.1.3-10 | server | must | The will's user properties keep their order
3.1.3-11 | client | must | The will topic is a valid string
3.1.3-12 | client | must | The user name is a valid string
3.1.4-1 | server | must | A CONNECT against the format ends the connection
3.1.4-2 | server | must | A CONNECT that fails further checks ends the connection
3.1.4-3 | server | must | The older connection of a client id gets DISCONNECT 0x8E and ends
3.1.4-4 | server | must | Clean start is carried out
3.1.4-5 | server | must | An accepted CONNECT gets CONNACK 0x00
3.1.4-6 | server | mustNot | Nothing after a refused CONNECT is processed, AUTH aside
3.2.0-1 | server | must | CONNACK 0x00 comes before every other packet but AUTH
3.2.0-2 | server | mustNot | One CONNACK a connection, no more
3.2.2-1 | server | must | Bits 7 to 1 of the CONNACK flags are 0
3.2.2-2 | server | must | Clean start is answered with session present 0
3.2.2-3 | server | must | Otherwise session present tells whether a session was there
3.2.2-4 | client | must | A client that knows of no session closes on session present 1 | binds the client
3.2.2-5 | client | must | A client discards its state on session present 0 | binds the client
3.2.2-6 | server | must | A refusing CONNACK has session present 0
3.2.2-7 | server | must | A CONNACK of 0x80 or above is followed by the end of the connection
3.2.2-8 | server | must | CONNACK uses a code of its table
3.2.2-9 | server | must | A server without QoS 1 or 2 announces its maximum | every QoS is supported
3.2.2-10 | server | must | Such a server takes SUBSCRIBE of any QoS all the same | every QoS is supported
3.2.2-11 | client | mustNot | No PUBLISH above the announced maximum QoS | every QoS is supported
3.2.2-12 | server | must | A will above the maximum QoS is refused | every QoS is supported
3.2.2-13 | server | must | A retained will is refused where retained messages are not supported | retained messages are supported
3.2.2-14 | client | mustNot | No retained PUBLISH where they are not supported | retained messages are supported
3.2.2-15 | client | mustNot | No packet above the server's maximum packet size
3.2.2-16 | server | must | An assigned client id is used by no other session
3.2.2-17 | client | mustNot | No topic alias above the server's maximum
3.2.2-18 | client | mustNot | No topic alias for a server that allows none | the server allows them
3.2.2-19 | server | mustNot | No reason string that makes CONNACK larger than the client takes
3.2.2-20 | server | mustNot | No user property that makes CONNACK larger than the client takes | the hub adds no user properties
3.2.2-21 | client | must | The client uses the server keep alive instead of its own | binds the client
3.2.2-22 | server | must | Without server keep alive the client's own value counts
3.3.1-1 | both | must | A redelivered PUBLISH has DUP 1
3.3.1-2 | both | must | DUP is 0 at QoS 0
3.3.1-3 | server | must | Outgoing DUP tells of the outgoing delivery alone
3.3.1-4 | both | mustNot | No PUBLISH of QoS 3
3.3.1-5 | server | must | A retained message replaces the one of its topic
3.3.1-6 | server | must | An empty retained message is delivered and removes the retained one
3.3.1-7 | server | mustNot | An empty retained message is not stored
3.3.1-8 | server | mustNot | A message without retain neither becomes nor touches a retained one
3.3.1-9 | server | must | Retain handling 0: retained messages are sent
3.3.1-10 | server | both | Retain handling 1: retained messages are sent to new subscriptions alone
3.3.1-11 | server | mustNot | Retain handling 2: no retained messages are sent
3.3.1-12 | server | must | Without retain as published, messages are forwarded with RETAIN 0
3.3.1-13 | server | must | With retain as published, RETAIN is forwarded as it came
3.3.2-1 | both | must | The topic comes first in PUBLISH and is a valid string
3.3.2-2 | both | mustNot | No wildcards in the topic of a PUBLISH
3.3.2-3 | server | must | The topic sent matches the subscriber's filter
3.3.2-4 | server | must | The payload format indicator is forwarded unaltered
3.3.2-5 | server | must | A copy that expired before its delivery began is deleted
3.3.2-6 | server | must | The expiry forwarded is what remains of it
3.3.2-7 | both | mustNot | Topic aliases do not outlive their connection
3.3.2-8 | both | mustNot | No topic alias 0
3.3.2-9 | client | mustNot | A client uses no alias above the server's maximum
3.3.2-10 | client | must | A client accepts every alias up to its maximum | binds the client
3.3.2-11 | server | mustNot | The server uses no alias above the client's maximum
3.3.2-12 | server | must | The server accepts every alias up to its maximum
3.3.2-13 | client | must | The response topic is a valid string
3.3.2-14 | client | mustNot | No wildcards in the response topic
3.3.2-15 | server | must | The response topic is forwarded unaltered
3.3.2-16 | server | must | Correlation data is forwarded unaltered
3.3.2-17 | server | must | User properties are forwarded unaltered
3.3.2-18 | server | must | User properties are forwarded in their order
3.3.2-19 | client | must | The content type is a valid string
3.3.2-20 | server | must | The content type is forwarded unaltered
3.3.4-1 | both | must | PUBLISH is answered as its QoS asks
3.3.4-2 | server | must | Overlapping subscriptions: delivery at their highest QoS
3.3.4-3 | server | must | The identifiers of matching subscriptions are sent along
3.3.4-4 | server | must | A single copy carries the identifiers of all matching subscriptions
3.3.4-5 | server | must | Of several copies each carries its subscription's identifier | overlapping subscriptions get one copy
3.3.4-6 | client | mustNot | No subscription identifier in a client's PUBLISH
3.3.4-7 | client | mustNot | A client keeps to the server's receive maximum
3.3.4-8 | client | mustNot | A client delays nothing but PUBLISH for it | binds the client
3.3.4-9 | server | mustNot | The server keeps to the client's receive maximum
3.3.4-10 | server | mustNot | The server delays nothing but PUBLISH for it
3.4.2-1 | both | must | PUBACK uses a code of its table
3.4.2-2 | both | mustNot | No reason string that makes PUBACK larger than its receiver takes
3.4.2-3 | both | mustNot | No user property that makes PUBACK larger than its receiver takes | the hub adds no user properties
3.5.2-1 | both | must | PUBREC uses a code of its table
3.5.2-2 | both | mustNot | No reason string that makes PUBREC larger than its receiver takes
3.5.2-3 | both | mustNot | No user property that makes PUBREC larger than its receiver takes | the hub adds no user properties
3.6.1-1 | both | must | PUBREL's flags are 0010; others are malformed
3.6.2-1 | both | must | PUBREL uses a code of its table
3.6.2-2 | both | mustNot | No reason string that makes PUBREL larger than its receiver takes
3.6.2-3 | both | mustNot | No user property that makes PUBREL larger than its receiver takes | the hub adds no user properties
3.7.2-1 | both | must | PUBCOMP uses a code of its table
3.7.2-2 | both | mustNot | No reason string that makes PUBCOMP larger than its receiver takes
3.7.2-3 | both | mustNot | No user property that makes PUBCOMP larger than its receiver takes | the hub adds no user properties
3.8.1-1 | client | must | SUBSCRIBE's flags are 0010; others are malformed
3.8.3-1 | client | must | Topic filters are valid strings
3.8.3-2 | client | must | SUBSCRIBE has at least one filter
3.8.3-3 | server | mustNot | No local: nothing comes back to the client that published it
3.8.3-4 | client | mustNot | No local on a shared subscription is a protocol error
3.8.3-5 | server | must | Reserved bits of subscription options make SUBSCRIBE malformed
3.8.4-1 | server | must | SUBSCRIBE is answered with SUBACK
3.8.4-2 | server | must | SUBACK has the packet id of its SUBSCRIBE
3.8.4-3 | server | must | The same filter again replaces the subscription
3.8.4-4 | server | both | Replacing resends retained messages (handling 0) and loses no message
3.8.4-5 | server | must | Several filters are handled in turn and answered by one SUBACK
3.8.4-6 | server | must | SUBACK has a code for each filter
3.8.4-7 | server | must | The code is the granted QoS or a refusal
3.8.4-8 | server | must | Delivery QoS is the lower of published and granted QoS
3.9.2-1 | server | mustNot | No reason string that makes SUBACK larger than the client takes
3.9.2-2 | server | mustNot | No user property that makes SUBACK larger than the client takes | the hub adds no user properties
3.9.3-1 | server | must | SUBACK's codes are in the order of the filters
3.9.3-2 | server | must | SUBACK uses codes of its table
3.10.1-1 | client | must | UNSUBSCRIBE's flags are 0010; others are malformed
3.10.3-1 | client | must | UNSUBSCRIBE's filters are valid strings
3.10.3-2 | client | must | UNSUBSCRIBE has at least one filter
3.10.4-1 | server | must | A subscription is deleted by the very same filter
3.10.4-2 | server | must | After it, no new messages are added for that filter
3.10.4-3 | server | must | Deliveries of QoS 1 and 2 that began are completed
3.10.4-4 | server | must | UNSUBSCRIBE is answered with UNSUBACK
3.10.4-5 | server | must | UNSUBACK has the packet id, and comes if nothing was deleted too
3.10.4-6 | server | must | Several filters are handled in turn and answered by one UNSUBACK
3.11.2-1 | server | mustNot | No reason string that makes UNSUBACK larger than the client takes
3.11.2-2 | server | mustNot | No user property that makes UNSUBACK larger than the client takes | the hub adds no user properties
3.11.3-1 | server | must | UNSUBACK's codes are in the order of the filters
3.11.3-2 | server | must | UNSUBACK uses codes of its table
3.12.4-1 | server | must | PINGREQ is answered with PINGRESP
3.14.0-1 | server | mustNot | No DISCONNECT before an accepting CONNACK
3.14.1-1 | both | must | Flags of DISCONNECT other than 0 are malformed (0x81)
3.14.2-1 | both | must | DISCONNECT uses a code of its table
3.14.2-2 | server | mustNot | The server's DISCONNECT has no session expiry
3.14.2-3 | both | mustNot | No reason string that makes DISCONNECT larger than its receiver takes
3.14.2-4 | both | mustNot | No user property that makes DISCONNECT larger than its receiver takes | the hub adds no user properties
3.14.4-1 | both | mustNot | No packets after one's own DISCONNECT
3.14.4-2 | both | must | After one's own DISCONNECT the connection is closed
3.14.4-3 | server | must | DISCONNECT 0x00 discards the will
3.15.1-1 | both | must | Flags of AUTH other than 0 are malformed
3.15.2-1 | both | must | AUTH uses a code of its table | the hub sends no AUTH
3.15.2-2 | both | mustNot | No reason string that makes AUTH larger than its receiver takes | the hub sends no AUTH
3.15.2-3 | both | mustNot | No user property that makes AUTH larger than its receiver takes | the hub sends no AUTH
4.1.0-1 | both | mustNot | Session state is not discarded while the connection is open
4.1.0-2 | server | must | It is discarded once the connection is closed and the expiry has passed
4.2.0-1 | both | must | A transport is supported that carries bytes in order and without loss | given by the transport: a WebSocket over TCP
4.3.1-1 | both | must | QoS 0 is sent with QoS 0 and DUP 0
4.3.2-1 | both | must | QoS 1: each new message takes an unused packet id
4.3.2-2 | both | must | QoS 1: sent first with DUP 0
4.3.2-3 | both | must | QoS 1: unacknowledged until PUBACK
4.3.2-4 | both | must | QoS 1: the receiver answers with PUBACK once the message is its own
4.3.2-5 | both | must | QoS 1: after PUBACK the same packet id is a new message
4.3.3-1 | both | must | QoS 2: each new message takes an unused packet id
4.3.3-2 | both | must | QoS 2: sent first with DUP 0
4.3.3-3 | both | must | QoS 2: unacknowledged until PUBREC
4.3.3-4 | both | must | QoS 2: PUBREC below 0x80 is answered with PUBREL of the same packet id
4.3.3-5 | both | must | QoS 2: PUBREL is unacknowledged until PUBCOMP
4.3.3-6 | both | mustNot | QoS 2: PUBLISH is not sent again after its PUBREL
4.3.3-7 | both | mustNot | QoS 2: a message once sent does not expire
4.3.3-8 | both | must | QoS 2: the receiver answers with PUBREC once the message is its own
4.3.3-9 | both | must | QoS 2: after a refusing PUBREC the packet id starts a new message
4.3.3-10 | both | both | QoS 2: until PUBREL a repeat gets PUBREC and is delivered to nobody
4.3.3-11 | both | must | QoS 2: PUBREL is answered with PUBCOMP of the same packet id
4.3.3-12 | both | must | QoS 2: after PUBCOMP the same packet id is a new message
4.3.3-13 | both | must | QoS 2: the exchange goes on although the message expired
4.4.0-1 | both | both | Unacknowledged PUBLISH and PUBREL are sent again when the session resumes, never else
4.4.0-2 | both | mustNot | PUBACK or PUBREC of 0x80 or above ends redelivery
4.5.0-1 | server | must | A message is added to every session with a matching subscription
4.5.0-2 | client | must | A client acknowledges what it receives | binds the client
4.6.0-1 | client | must | A client resends in the original order | binds the client
4.6.0-2 | client | must | A client's PUBACKs follow the order of the PUBLISHes | binds the client
4.6.0-3 | client | must | A client's PUBRECs follow the order of the PUBLISHes | binds the client
4.6.0-4 | client | must | A client's PUBRELs follow the order of the PUBRECs | binds the client
4.6.0-5 | server | must | One client's messages of a topic and QoS are delivered in their order
4.6.0-6 | server | must | Every topic is ordered for subscriptions that are not shared
4.7.0-1 | both | mustNot | Wildcards belong to filters, not to topics
4.7.1-1 | both | must | # fills the last level of a filter, or is all of it
4.7.1-2 | both | must | + fills a whole level of a filter
4.7.2-1 | server | mustNot | A leading wildcard does not match topics that begin with $
4.7.3-1 | both | must | Topics and filters have at least one character
4.7.3-2 | both | mustNot | Topics and filters hold no U+0000
4.7.3-3 | both | mustNot | Topics and filters have at most 65,535 bytes
4.7.3-4 | server | mustNot | Topics are matched as they are, nothing normalised
4.8.2-1 | client | must | A shared filter begins with $share/ and a name
4.8.2-2 | client | both | The share name has no /, + or #; slash and filter follow
4.8.2-3 | server | must | Each member gets messages at its own granted QoS
4.8.2-4 | server | must | A QoS 2 delivery to a member is completed when it reconnects
4.8.2-5 | server | mustNot | If its session ends first, that message goes to no other member
4.8.2-6 | server | mustNot | A message refused by a member goes to no other member
4.9.0-1 | both | must | The first send quota is above zero and at most the receive maximum
4.9.0-2 | both | mustNot | At quota zero no QoS 1 or 2 PUBLISH is sent
4.9.0-3 | both | must | At quota zero all other packets are handled as ever
4.12.0-1 | server | must | An unsupported authentication method ends the connection; 0x8C may say why
4.12.0-2 | server | must | The server's AUTH says 0x18 | the hub sends no AUTH
4.12.0-3 | client | must | The client's answering AUTH says 0x18 | binds the client; the hub sends no AUTH
4.12.0-4 | server | must | Refused enhanced authentication ends the connection | enhanced authentication does not begin
4.12.0-5 | server | must | The method of CONNECT is repeated in every AUTH and in CONNACK | enhanced authentication does not begin
4.12.0-6 | server | mustNot | Without a method in CONNECT, no AUTH and no method in CONNACK
4.12.0-7 | client | mustNot | Without a method in CONNECT the client sends no AUTH
4.12.1-1 | client | must | Re-authentication uses the same method | binds the client
4.12.1-2 | both | must | Failed re-authentication ends the connection | enhanced authentication does not begin
4.13.1-1 | server | must | A malformed packet or protocol error ends the connection
4.13.2-1 | both | must | A code of 0x80 or above in CONNACK or DISCONNECT means the connection is closed
6.0.0-1 | both | must | Packets travel in binary frames; another frame ends the connection
6.0.0-2 | both | mustNot | Packets need not begin or end with frames
6.0.0-3 | client | must | The client offers the subprotocol mqtt | binds the client
6.0.0-4 | server | must | The server selects the subprotocol mqtt
`;
