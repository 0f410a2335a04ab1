# RouterOS 7.13 or newer. Put your address and the device's credential here, save it as the script `homeport`, and add
#   /system/scheduler/add name=homeport interval=10s on-event="/system/script/run homeport"
# The scheduler only looks at the clock: a check-in is made when the last answer said so, and a report when one is due.
:local url "https://devices.example.com"
:local credential "PASTE-THE-CREDENTIAL"

:global homeportNextAt
:global homeportReportAt
:global homeportCursor
:local now [:tonum [:timestamp]]
:if ([:typeof $homeportNextAt] != "num") do={ :set homeportNextAt 0; :set homeportReportAt 0; :set homeportCursor "" }
:if ($now >= $homeportNextAt) do={
  # If what follows fails: again in a minute.
  :set homeportNextAt ($now + 60)
  :local body ""
  :if ($now >= $homeportReportAt) do={
    :local resource [/system/resource/get]
    :local version ($resource->"version")
    :set version [:pick $version 0 [:find ($version . " ") " "]]
    :set body ("uptime=" . ([:tonsec ($resource->"uptime")] / 1000000000) . "&cpu=" . ($resource->"cpu-load") . \
      "&memory.free=" . ($resource->"free-memory") . "&firmwareVersion=" . $version)
  }
  :local answer [/tool/fetch url=($url . "/v1/checkin?ack=" . $homeportCursor) http-method=post http-data=$body \
    http-header-field=("Authorization: Bearer " . $credential . ",Content-Type: application/x-www-form-urlencoded") \
    check-certificate=yes output=user as-value]
  :local said [:deserialize value=($answer->"data") from=json]
  :set homeportNextAt ($now + ($said->"nextCheckinSeconds"))
  :if ($body != "") do={ :set homeportReportAt ($now + ($said->"reportAfterSeconds")) }
  :foreach message in=($said->"messages") do={
    :log info ("homeport: " . ($message->"topic") . " = " . ($message->"payload"))
    :if (($message->"topic") = "set/identity") do={ /system/identity/set name=($message->"payload") }
  }
  :if ([:typeof ($said->"cursor")] = "str") do={ :set homeportCursor ($said->"cursor") }
}
