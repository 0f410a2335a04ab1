// Boards that a person programs.
import type { Snippet } from "./snippets.ts";

export const arduino: Snippet = {
  key: "arduino",
  title: "ESP32 (Arduino)",
  file: "lamp.ino",
  code: ({ mqttUrl, credential, deviceId }) => `#include <WiFi.h>
#include <mqtt_client.h>
#include <esp_crt_bundle.h>

const char* ssid = "YOUR WIFI";
const char* wifiPassword = "ITS PASSWORD";

void onEvent(void*, esp_event_base_t, int32_t id, void* data) {
  auto event = (esp_mqtt_event_handle_t)data;
  if (id == MQTT_EVENT_CONNECTED) {
    esp_mqtt_client_subscribe(event->client, "devices/${deviceId}/set/led", 1);
    esp_mqtt_client_publish(event->client, "devices/${deviceId}/streams/led", "off", 0, 1, 1);
  }
  if (id == MQTT_EVENT_DATA) {
    bool on = strncmp(event->data, "on", 2) == 0;
    digitalWrite(LED_BUILTIN, on);
    esp_mqtt_client_publish(event->client, "devices/${deviceId}/streams/led", on ? "on" : "off", 0, 1, 1);
  }
}

void setup() {
  pinMode(LED_BUILTIN, OUTPUT);
  WiFi.begin(ssid, wifiPassword);
  while (WiFi.status() != WL_CONNECTED) delay(200);
  esp_mqtt_client_config_t config = {};
  config.broker.address.uri = "${mqttUrl}";
  config.broker.verification.crt_bundle_attach = esp_crt_bundle_attach;
  config.credentials.username = "lamp";
  config.credentials.authentication.password = "${credential}";
  auto client = esp_mqtt_client_init(&config);
  esp_mqtt_client_register_event(client, MQTT_EVENT_ANY, onEvent, nullptr);
  esp_mqtt_client_start(client);
}

void loop() { delay(1000); }
`,
};

export const espIdf: Snippet = {
  key: "espIdf",
  title: "ESP-IDF",
  file: "main.c",
  code: ({ mqttUrl, credential, deviceId }) => `#include "mqtt_client.h"
#include "esp_crt_bundle.h"

static void on_event(void *arg, esp_event_base_t base, int32_t id, void *data) {
  esp_mqtt_event_handle_t event = data;
  if (id == MQTT_EVENT_CONNECTED) {
    esp_mqtt_client_subscribe(event->client, "devices/${deviceId}/set/#", 1);
    esp_mqtt_client_publish(event->client, "devices/${deviceId}/streams/temperature", "21.5", 0, 1, 0);
  }
}

/* After the network is up. Needs CONFIG_MQTT_TRANSPORT_WEBSOCKET_SECURE, which is on by default. */
void connect_to_homeport(void) {
  esp_mqtt_client_config_t config = {
    .broker.address.uri = "${mqttUrl}",
    .broker.verification.crt_bundle_attach = esp_crt_bundle_attach,
    .credentials.username = "board",
    .credentials.authentication.password = "${credential}",
  };
  esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
  esp_mqtt_client_register_event(client, ESP_EVENT_ANY_ID, on_event, NULL);
  esp_mqtt_client_start(client);
}
`,
};

export const microPython: Snippet = {
  key: "microPython",
  title: "MicroPython",
  file: "main.py",
  code: ({
    baseUrl,
    credential,
  }) => `# Checks in over HTTPS; each answer says when to come back, when to report again, and brings what waits.
import time
import requests

headers = {"Authorization": "Bearer ${credential}"}
report_at, cursor = 0, None

while True:
    body, wait = {}, 60
    if cursor:
        body["ack"] = cursor
    if time.time() >= report_at:
        body["metrics"] = {"temperature": 21.5}
    try:
        answer = requests.post("${baseUrl}/v1/checkin", json=body, headers=headers)
        told = answer.json()
        answer.close()
        wait = told["nextCheckinSeconds"]
        if "metrics" in body:
            report_at = time.time() + told["reportAfterSeconds"]
        cursor = told["cursor"] or cursor
        for message in told["messages"]:
            print(message["topic"], message.get("payload"))
    except Exception as problem:
        print("next time:", problem)
    time.sleep(wait)
`,
};
