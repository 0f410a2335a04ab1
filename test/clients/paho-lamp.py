# The demo's lamp on Debian's python3-paho-mqtt, unmodified: obeys devices/{id}/set/led, reports on
# devices/{id}/streams/led, and flips its switch at the line "switch". Prints one line per event.
import os
import sys
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt

door = urlsplit(os.environ["MQTT_URL"])
device = "devices/" + os.environ["DEVICE_ID"]
is_v5 = os.environ["MQTT_VERSION"] == "5"
led = "off"


def set_led(state):
    global led
    led = state
    print("LED " + led, flush=True)
    report()


def report():
    return client.publish(device + "/streams/led", led, qos=1, retain=True)


def on_connect(client, userdata, flags, code, properties=None):
    if int(getattr(code, "value", code)) != 0:
        print("refused: " + str(code), flush=True)
        sys.exit(1)
    client.subscribe(device + "/set/led", qos=1)


def on_subscribe(client, userdata, message_id, granted, properties=None):
    global connected
    connected = report()


def on_publish(client, userdata, message_id):
    if message_id == connected.mid:
        print("connected", flush=True)


connected = None
client = mqtt.Client(transport="websockets", protocol=mqtt.MQTTv5 if is_v5 else mqtt.MQTTv311)
client.ws_set_options(path=door.path)
client.username_pw_set("lamp", os.environ["MQTT_PASSWORD"])
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_message = lambda client, userdata, message: set_led(message.payload.decode())
client.connect(door.hostname, door.port)
client.loop_start()

for line in sys.stdin:
    if line.strip() == "switch":
        set_led("off" if led == "on" else "on")
client.disconnect()
