// Every numbered normative statement of MQTT 3.1.1 (OASIS Standard, 29 October 2014, appendix B: 141 of them), one a line, in
// our words: id | whom it binds | kind | what it asks | why no test can show it here. Kinds: must, mustNot, or both in one
// statement. Read by statements.ts.

export const statements311 = `
1.5.3-1 | both | both | Strings are well-formed UTF-8; ill-formed ones end the connection
1.5.3-2 | both | mustNot | Strings hold no U+0000; one that does ends the connection
1.5.3-3 | both | mustNot | U+FEFF is kept wherever it stands in a string
2.2.2-1 | both | must | Reserved flags of the fixed header have the value the table gives
2.2.2-2 | both | must | Invalid flags end the connection
2.3.1-1 | both | must | SUBSCRIBE, UNSUBSCRIBE and PUBLISH above QoS 0 have a packet id above zero
2.3.1-2 | client | must | A client's new packet takes an unused packet id | binds the client
2.3.1-3 | client | must | A client resends with the same packet id | binds the client
2.3.1-4 | server | must | The server's PUBLISH above QoS 0 takes packet ids by the same rules
2.3.1-5 | both | mustNot | A QoS 0 PUBLISH has no packet id
2.3.1-6 | both | must | PUBACK, PUBREC and PUBREL carry the packet id of their PUBLISH
2.3.1-7 | server | must | SUBACK and UNSUBACK carry the packet id of what they answer
3.1.0-1 | client | must | The first packet is CONNECT
3.1.0-2 | server | must | A second CONNECT ends the connection
3.1.2-1 | server | mustNot | A CONNECT of another protocol name is not taken for MQTT 3.1.1
3.1.2-2 | server | must | An unsupported level gets CONNACK 0x01 and the connection ends
3.1.2-3 | server | must | The reserved connect flag is checked; set, the connection ends
3.1.2-4 | both | must | Clean session 0: the session is resumed or made, and kept
3.1.2-5 | server | must | QoS 1 and 2 messages wait for the absent client of such a session
3.1.2-6 | both | both | Clean session 1: a new session, none of whose state is used later
3.1.2-7 | server | mustNot | Retained messages are not deleted with a session
3.1.2-8 | server | must | A will is stored, and published at the end unless DISCONNECT came
3.1.2-9 | client | must | The will flag promises will topic and message
3.1.2-10 | server | must | The will is forgotten once published or after DISCONNECT
3.1.2-11 | client | both | Without the will flag: will QoS and retain 0, no will fields
3.1.2-12 | server | mustNot | Without the will flag no will is published
3.1.2-13 | client | must | Without a will, will QoS is 0
3.1.2-14 | client | mustNot | Will QoS is 0, 1 or 2, never 3
3.1.2-15 | client | must | Without a will, will retain is 0
3.1.2-16 | server | must | A will without retain is published as a non-retained message
3.1.2-17 | server | must | A will with retain is published as a retained message
3.1.2-18 | client | mustNot | No user name without its flag
3.1.2-19 | client | must | The user name flag promises a user name
3.1.2-20 | client | mustNot | No password without its flag
3.1.2-21 | client | must | The password flag promises a password
3.1.2-22 | client | must | No password flag without the user name flag
3.1.2-23 | client | must | Silent clients send PINGREQ within their keep alive | binds the client
3.1.2-24 | server | must | Silence for 1.5 times the keep alive ends the connection as a failure
3.1.3-1 | client | must | CONNECT's payload: client id, will, user name, password, in this order
3.1.3-2 | both | must | The client id identifies the session
3.1.3-3 | client | must | A client id is present and comes first
3.1.3-4 | client | must | The client id is a valid string
3.1.3-5 | server | must | Client ids of 1 to 23 letters and digits are accepted
3.1.3-6 | server | must | An empty client id, if allowed, is replaced by a unique one
3.1.3-7 | client | must | An empty client id goes with clean session 1 | binds the client; the server's part is 3.1.3-8
3.1.3-8 | server | must | An empty client id with clean session 0 gets CONNACK 0x02 and the connection ends
3.1.3-9 | server | must | A refused client id gets CONNACK 0x02 and the connection ends
3.1.3-10 | client | must | The will topic is a valid string
3.1.3-11 | client | must | The user name is a valid string
3.1.4-1 | server | must | A CONNECT against the format ends the connection without CONNACK
3.1.4-2 | server | must | The older connection of a client id ends
3.1.4-3 | server | must | Clean session is carried out
3.1.4-4 | server | must | An accepted CONNECT gets CONNACK 0x00
3.1.4-5 | server | mustNot | Nothing after a refused CONNECT is processed
3.2.0-1 | server | must | CONNACK is the server's first packet
3.2.2-1 | server | must | Clean session is answered with session present 0
3.2.2-2 | server | must | A stored session is answered with session present 1
3.2.2-3 | server | must | No stored session is answered with session present 0
3.2.2-4 | server | must | A refusing CONNACK has session present 0
3.2.2-5 | server | must | A refusing CONNACK is followed by the end of the connection
3.2.2-6 | server | must | Where no return code fits, the connection ends without CONNACK
3.3.1-1 | both | must | A redelivered PUBLISH has DUP 1
3.3.1-2 | both | must | DUP is 0 at QoS 0
3.3.1-3 | server | must | Outgoing DUP tells of the outgoing delivery alone
3.3.1-4 | both | mustNot | No PUBLISH of QoS 3; one ends the connection
3.3.1-5 | server | must | A retained message is stored with its QoS
3.3.1-6 | server | must | A new subscription gets the last retained message of each topic
3.3.1-7 | server | must | A retained QoS 0 message discards what was retained before
3.3.1-8 | server | must | What a new subscription gets has RETAIN 1
3.3.1-9 | server | must | What an established subscription gets has RETAIN 0
3.3.1-10 | server | must | An empty retained message is delivered and removes the retained one
3.3.1-11 | server | mustNot | An empty retained message is not stored
3.3.1-12 | server | mustNot | A message without retain neither becomes nor touches a retained one
3.3.2-1 | both | must | The topic comes first in PUBLISH and is a valid string
3.3.2-2 | both | mustNot | No wildcards in the topic of a PUBLISH
3.3.2-3 | server | must | The topic sent matches the subscriber's filter
3.3.4-1 | both | must | PUBLISH is answered as its QoS asks
3.3.5-1 | server | must | Overlapping subscriptions: delivery at their highest QoS
3.3.5-2 | server | must | A forbidden PUBLISH is acknowledged, or ends the connection
3.6.1-1 | both | must | PUBREL's flags are 0010; others end the connection
3.8.1-1 | client | must | SUBSCRIBE's flags are 0010; others end the connection
3.8.3-1 | client | must | Topic filters are valid strings
3.8.3-2 | server | must | A server without wildcards refuses filters that have them | wildcards are supported
3.8.3-3 | client | must | SUBSCRIBE has at least one filter
3.8.3-4 | server | must | Reserved bits, or QoS 3, in SUBSCRIBE end the connection
3.8.4-1 | server | must | SUBSCRIBE is answered with SUBACK
3.8.4-2 | server | must | SUBACK has the packet id of its SUBSCRIBE
3.8.4-3 | server | both | The same filter replaces the subscription, resends retained messages, interrupts nothing
3.8.4-4 | server | must | Several filters are handled in turn and answered by one SUBACK
3.8.4-5 | server | must | SUBACK has a code for each filter: the granted QoS or a refusal
3.8.4-6 | server | must | Delivery QoS is the lower of published and granted QoS
3.9.3-1 | server | must | SUBACK's codes are in the order of the filters
3.9.3-2 | server | mustNot | SUBACK uses no codes but 0x00, 0x01, 0x02 and 0x80
3.10.1-1 | client | must | UNSUBSCRIBE's flags are 0010; others end the connection
3.10.3-1 | client | must | UNSUBSCRIBE's filters are valid strings
3.10.3-2 | client | must | UNSUBSCRIBE has at least one filter
3.10.4-1 | server | must | A subscription is deleted by the very same filter
3.10.4-2 | server | must | After it, no new messages are added
3.10.4-3 | server | must | Deliveries of QoS 1 and 2 that began are completed
3.10.4-4 | server | must | UNSUBSCRIBE is answered with UNSUBACK of the same packet id
3.10.4-5 | server | must | UNSUBACK comes if nothing was deleted too
3.10.4-6 | server | must | Several filters are handled in turn and answered by one UNSUBACK
3.12.4-1 | server | must | PINGREQ is answered with PINGRESP
3.14.1-1 | server | must | Flags of DISCONNECT other than 0 end the connection
3.14.4-1 | client | must | The client closes after DISCONNECT | binds the client
3.14.4-2 | client | mustNot | The client sends nothing after DISCONNECT
3.14.4-3 | server | must | DISCONNECT discards the will
4.1.0-1 | both | must | Session state is kept for as long as the session lasts
4.1.0-2 | both | must | A session lasts at least as long as its connection
4.3.1-1 | both | must | QoS 0 is sent with QoS 0 and DUP 0
4.3.2-1 | both | must | QoS 1, sender: unused packet id, DUP 0, unacknowledged until PUBACK
4.3.2-2 | both | must | QoS 1, receiver: PUBACK; afterwards the same packet id is a new message
4.3.3-1 | both | both | QoS 2, sender: PUBLISH until PUBREC, then PUBREL until PUBCOMP, never PUBLISH again
4.3.3-2 | both | both | QoS 2, receiver: PUBREC for PUBLISH and repeats, PUBCOMP for PUBREL, one delivery
4.4.0-1 | both | must | Unacknowledged PUBLISH and PUBREL are sent again when the session resumes
4.5.0-1 | server | must | A message is added to every session with a matching subscription
4.5.0-2 | client | must | A client acknowledges what it receives | binds the client
4.6.0-1 | client | must | A client resends in the original order | binds the client; the server's part is 4.6.0-6
4.6.0-2 | client | must | A client's PUBACKs follow the order of the PUBLISHes | binds the client; the server's part is 4.6.0-6
4.6.0-3 | client | must | A client's PUBRECs follow the order of the PUBLISHes | binds the client; the server's part is 4.6.0-6
4.6.0-4 | client | must | A client's PUBRELs follow the order of the PUBRECs | binds the client; the server's part is 4.6.0-6
4.6.0-5 | server | must | Every topic is ordered unless someone says otherwise
4.6.0-6 | server | must | The rules of order hold for deliveries; one client's messages stay in order
4.7.1-1 | both | mustNot | Wildcards belong to filters, not to topics
4.7.1-2 | both | must | # fills the last level of a filter, or is all of it
4.7.1-3 | both | must | + fills a whole level of a filter
4.7.2-1 | server | mustNot | A leading wildcard does not match topics that begin with $
4.7.3-1 | both | must | Topics and filters have at least one character
4.7.3-2 | both | mustNot | Topics and filters hold no U+0000
4.7.3-3 | both | mustNot | Topics and filters have at most 65,535 bytes
4.7.3-4 | server | mustNot | Topics are matched as they are, nothing normalised
4.8.0-1 | both | must | A protocol violation ends its connection
4.8.0-2 | both | must | A passing failure while a packet is handled ends its connection
6.0.0-1 | both | must | Packets travel in binary frames; another frame ends the connection
6.0.0-2 | both | mustNot | Packets need not begin or end with frames
6.0.0-3 | client | must | The client offers the subprotocol mqtt | binds the client
6.0.0-4 | server | must | The server selects the subprotocol mqtt
7.0.0-1 | server | must | A server that connects to other servers conforms as a client too | the hub opens no MQTT connections
7.0.0-2 | both | mustNot | No extension is needed to work together | shown by the stock clients of test/clients, which run unmodified
7.1.1-1 | server | must | A transport is supported that carries bytes in order and without loss | given by the transport: a WebSocket over TCP
7.1.2-1 | client | must | A client supports such a transport | binds the client
`;
