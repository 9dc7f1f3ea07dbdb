# shellcheck shell=sh
# Sourced by ./cabin: an event of its own, on http and https.

# free_port N: N where nobody listens there, else a free one.
free_port() {
	node -e '
		const net = require("net");
		const attempt = (port) => net.createServer()
			.on("error", () => attempt(0))
			.listen(port, "0.0.0.0", function () { console.log(this.address().port); this.close(); });
		attempt(Number(process.argv[1]));' "$1"
}

# IPv4 addresses by which a phone may reach this machine.
lan_addresses() {
	for address in $(hostname -I 2>/dev/null); do
		case $address in
		*:*) ;;
		*) echo "$address" ;;
		esac
	done
}

# A certificate of its own for this machine's names and addresses; kept, and made
# again when these change or its end is near.
make_certificate() {
	names="DNS:localhost,IP:127.0.0.1,DNS:$(hostname)"
	for address in $(lan_addresses); do
		names="$names,IP:$address"
	done
	if [ -f build/demo/cert.pem ] && [ "$(cat build/demo/names 2>/dev/null)" = "$names" ] &&
		openssl x509 -in build/demo/cert.pem -noout -checkend 1209600 >/dev/null; then
		return 0
	fi
	say demo "make a certificate for $names"
	mkdir -p build/demo
	(umask 077 && quiet certificate openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-days 90 -sha256 -subj "/CN=Cabin demo on $(hostname)" -addext "subjectAltName=$names" \
		-addext 'basicConstraints=critical,CA:FALSE' -addext 'extendedKeyUsage=serverAuth' \
		-keyout build/demo/key.pem -out build/demo/cert.pem)
	printf '%s\n' "$names" >build/demo/names
}

# The event's key, kept, so that a booth's link of yesterday opens it today.
make_key() {
	[ -f build/demo/event.pub ] && [ -f build/demo/event ] && return 0
	mkdir -p build/demo
	rm -f build/demo/event build/demo/event.pub
	quiet key build/bin/cabinctl key create build/demo/event
}

# A link for each booth's console, and how to join with the native one.
show_booths() {
	for address in $(lan_addresses | head -n 1) localhost; do
		break
	done
	printf '  The interpreters'"'"' booths (a microphone needs https):\n\n'
	node -e 'fetch(process.argv[1]).then((answer) => answer.json()).then((event) =>
		event.booths.forEach((booth) => console.log(booth.id)))' "http://localhost:$1/api/v1/event" |
		while read -r booth; do
			link=$(build/bin/cabinctl token create --key build/demo/event --booth "$booth" --valid 1d \
				--server "https://$address:$2" | sed -n 's/^link *//p')
			printf '  %s\n  %s\n\n' "$booth" "$link"
		done
	printf '  The technician'"'"'s desk:\n  %s\n\n' "$(build/bin/cabinctl token create --key build/demo/event \
		--role technician --name Demo --valid 1d --server "https://$address:$2" | sed -n 's/^link *//p')"
	printf '  The sign for the lectern: https://%s:%s/stage/plenary\n' "$address" "$2"
	[ ! -x build/bin/cabin-booth ] ||
		printf '  The same booths in a terminal: build/bin/cabin-booth --trust-any --token LINK\n'
}

show_addresses() {
	addresses="$(lan_addresses | head -n 3) localhost"
	echo
	for address in $addresses; do
		printf '  http://%s:%s/\n  https://%s:%s/\n' "$address" "$1" "$address" "$2"
	done
	printf '\n  https plays with the least delay; a browser warns first, because this machine made the\n'
	printf '  certificate itself. http plays everywhere, a little later.\n\n'
	for address in $addresses; do
		qrencode -t ANSIUTF8 -m 2 "http://$address:$1/"
		break
	done
	echo
	show_booths "$1" "$2"
	printf '\n  Ctrl-C stops.\n'
}

stop_demo() {
	kill -TERM "$demo_pid" 2>/dev/null || true
}

command_demo() {
	port=8080
	tls_port=8443
	while [ $# -gt 0 ]; do
		case $1 in
		--port | --tls-port | --device | --api | --jack-server | --log-level)
			[ $# -ge 2 ] || fail "$1 needs a value"
			case $1 in
			--port) port=$2 ;;
			--tls-port) tls_port=$2 ;;
			--device) device=$2 ;;
			--api) api=$2 ;;
			--jack-server) jack_server=$2 ;;
			--log-level) log_level=$2 ;;
			esac
			shift 2
			;;
		*) fail "unknown option of demo: $1 (./cabin help)" ;;
		esac
	done
	# shellcheck disable=SC2086 # lists of words
	need $packages_build $packages_demo
	build_all OFF
	make_certificate
	make_key
	port=$(free_port "$port")
	tls_port=$(free_port "$tls_port")
	rm -f build/demo/port
	set -- --demo --listen "0.0.0.0:$port" --listen-tls "0.0.0.0:$tls_port" --port-file build/demo/port \
		--tls-cert build/demo/cert.pem --tls-key build/demo/key.pem --access-key build/demo/event.pub \
		--revoked build/demo/revoked.txt --log-level "${log_level:-warn}" \
		${device:+--device "$device"} ${api:+--api "$api"} ${jack_server:+--jack-server "$jack_server"}
	trap stop_demo INT TERM HUP
	build/bin/cabind "$@" </dev/null &
	demo_pid=$!
	while [ ! -s build/demo/port ] && kill -0 "$demo_pid" 2>/dev/null; do
		sleep 0.1
	done
	[ ! -s build/demo/port ] || show_addresses "$port" "$tls_port"
	# A signal ends the first wait; the second one has the server's own status.
	status=0
	wait "$demo_pid" || status=$?
	if kill -0 "$demo_pid" 2>/dev/null; then
		status=0
		wait "$demo_pid" || status=$?
	fi
	return $status
}
