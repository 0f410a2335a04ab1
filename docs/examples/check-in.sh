#!/bin/sh
# Checks in with Homeport: reports when a report is due, hands what waits to a program of yours, and comes again when it is told to.
# POSIX sh (busybox ash, dash) and curl; on OpenWrt `opkg install curl ca-bundle`.
#
#   HOMEPORT_URL         https://devices.example.com
#   HOMEPORT_CREDENTIAL  a file with the device's credential, readable by its owner alone
#   HOMEPORT_HANDLER     is run as `handler KEY VALUE` for each message (set/led on) and each wish (delta/led on, of a named
#                        shadow shadows/wifi/delta/channel 6). What it writes to $HOMEPORT_STATE/reported, a JSON object, is
#                        reported to the classic shadow with the next check-in.
#   HOMEPORT_STATE       a folder that outlives the script; default /tmp/homeport
#   HOMEPORT_ONCE        1: check in once and end, for cron
set -u
umask 077
state=${HOMEPORT_STATE:-/tmp/homeport}
handler=${HOMEPORT_HANDLER:-true}
mkdir -p "$state" || exit 1
# Not on the command line, where every user of the machine could read it.
printf 'header = "Authorization: Bearer %s"\n' "$(cat "$HOMEPORT_CREDENTIAL")" >"$state/curl" || exit 1

kept() { cat "$state/$1" 2>/dev/null || printf '%s' "$2"; }

metrics() {
  [ -r /proc/uptime ] || return 0
  read -r uptime _ </proc/uptime
  read -r load _ </proc/loadavg
  memory=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  printf 'uptime=%s&cpu.load=%s&memory.availableKb=%s' "$uptime" "$load" "${memory:-0}"
}

# One request; its body goes to $state/body. Prints the status.
request() {
  set -- --silent --max-time 30 --config "$state/curl" --header "If-None-Match: $(kept etag none)" \
    --dump-header "$state/headers" --output "$state/body" --write-out '%{http_code}' "$@"
  curl "$@" "$HOMEPORT_URL/v1/checkin?format=line&ack=$(kept cursor '')"
}

header() { sed -n "s/^$1: *\([^[:space:]]*\).*/\1/Ip" "$state/headers" | tail -n 1; }

check_in() {
  : >"$state/body"
  now=$(date +%s)
  due=$(($(kept reportedAt 0) + $(kept reportAfter 0)))
  if [ "$now" -ge "$due" ] || [ -s "$state/reported" ]; then
    if [ -s "$state/reported" ]; then
      status=$(request --data "$(metrics)" --data-urlencode "reported@$state/reported")
    else
      status=$(request --data "$(metrics)")
    fi
    case $status in 200 | 304) printf '%s' "$now" >"$state/reportedAt" && rm -f "$state/reported" ;; esac
  else
    status=$(request)
  fi
  case $status in
  200) take ;;
  304) ;;
  *)
    echo "check-in answered ${status:-nothing}" >&2
    next=$(header retry-after)
    next=${next:-60}
    return 1
    ;;
  esac
  next=$(header x-next-checkin-seconds)
  next=${next:-60}
  header x-report-after-seconds >"$state/reportAfter"
}

# The cursor is kept only when everything before it was handled: what is interrupted comes again.
take() {
  cursor=
  while IFS= read -r line; do
    key=${line%%=*}
    value=${line#*=}
    case $key in
    cursor) cursor=$value ;;
    set/* | delta/* | shadows/*/delta/*) "$handler" "$key" "$value" </dev/null || return 0 ;;
    esac
  done <"$state/body"
  [ -z "$cursor" ] || printf '%s' "$cursor" >"$state/cursor"
  header etag >"$state/etag"
}

while :; do
  check_in
  result=$?
  [ "${HOMEPORT_ONCE:-0}" = 0 ] || exit "$result"
  sleep "$next"
done
