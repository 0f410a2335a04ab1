# Debian's python3-paho-mqtt, 3.1.1 and 5, obeying the commands and saying the events that lines.mjs describes.
import json
import os
import sys
import threading
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

options = json.loads(os.environ["CLIENT"])
door = urlsplit(options["url"])
is_v5 = options["version"] == 5
subscribed_topics = {}
published_ids = {}


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def number(code):
    return int(getattr(code, "value", code))


def on_connect(client, userdata, flags, code, properties=None):
    if number(code) == 0:
        say("connected", sessionPresent=bool(flags["session present"]))
    else:
        say("failed", command="connect", why=str(code))


def on_message(client, userdata, message):
    say("message", topic=message.topic, text=message.payload.decode(), qos=message.qos, retain=bool(message.retain))


def confirm(message_id):
    if message_id in published_ids:
        say("published", id=published_ids.pop(message_id))


client = mqtt.Client(
    client_id=options["clientId"],
    transport="websockets",
    protocol=mqtt.MQTTv5 if is_v5 else mqtt.MQTTv311,
    **({} if is_v5 else {"clean_session": not options["isPersistent"]}),
)
client.ws_set_options(path=door.path)
client.username_pw_set("me", options["password"])
if options.get("will"):
    will = options["will"]
    client.will_set(will["topic"], will["text"], will["qos"], will["retain"])
client.on_connect = on_connect
client.on_message = on_message
client.on_disconnect = lambda client, userdata, code, properties=None: say("closed")
client.on_subscribe = lambda client, userdata, message_id, granted, properties=None: say(
    "subscribed", topic=subscribed_topics[message_id], qos=number(granted[0])
)
client.on_publish = lambda client, userdata, message_id: confirm(message_id)

if is_v5:
    properties = Properties(PacketTypes.CONNECT)
    if options["isPersistent"]:
        properties.SessionExpiryInterval = 3600
    client.connect(door.hostname, door.port, clean_start=not options["isPersistent"], properties=properties)
else:
    client.connect(door.hostname, door.port)


# Commands and the network take turns in one thread, so that no answer comes before its packet identifier is known.
def obey(command):
    if command["do"] == "subscribe":
        _, message_id = client.subscribe(command["topic"], command["qos"])
        subscribed_topics[message_id] = command["topic"]
    elif command["do"] == "publish":
        info = client.publish(command["topic"], command["text"], command["qos"], command["retain"])
        published_ids[info.mid] = command["id"]
        if info.is_published():  # QoS 0 is, before its identifier is known here
            confirm(info.mid)
    else:
        client.disconnect()


waiting = []


def read_commands():
    for line in sys.stdin:
        waiting.append(json.loads(line))


threading.Thread(target=read_commands, daemon=True).start()
while client.loop(timeout=0.02) == mqtt.MQTT_ERR_SUCCESS:
    while waiting:
        obey(waiting.pop(0))
