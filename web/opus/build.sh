#!/bin/sh
# Builds opus-decoder.wasm from Debian's own source package of libopus, bit for bit.
#
#	web/opus/build.sh           writes web/opus/opus-decoder.wasm
#	web/opus/build.sh --check   builds it elsewhere and compares with the one in the tree
#	web/opus/build.sh --list    the Debian packages that it needs, one a line
#
# The source comes through apt, with a deb-src line in a temporary folder: the machine's own
# lists are neither read for it nor changed. OPUS_SOURCE=DIR takes an unpacked source instead.
# Exit status: 0 built (or the same), 1 it differs or could not be built, 2 wrong arguments.
set -eu

opus_version=1.3.1-3
suite=bookworm
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
packages="clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32 binaryen dpkg-dev debian-archive-keyring"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

say() { printf '%s\n' "opus: $*" >&2; }
fail() { say "$*"; exit 1; }

fetch_source() {
	apt=$work/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	# apt gives up root for the download; its own folder must let it in.
	chmod 755 "$work" "$apt"
	printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$apt/sources.list"
	set -- -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root
	say "fetching the source package opus $opus_version"
	(cd "$apt" && apt-get "$@" update && apt-get "$@" source --download-only "opus=$opus_version") >"$work/apt.log" 2>&1 ||
		{ cat "$work/apt.log" >&2; fail "the source package could not be fetched; is $mirror within reach?"; }
	# apt-get has checked it against the signed list, so dpkg-source need not check the uploader's key.
	dpkg-source --no-check -x "$apt/opus_$opus_version.dsc" "$work/source" >>"$work/apt.log" 2>&1 ||
		{ cat "$work/apt.log" >&2; fail "the source package could not be unpacked"; }
	source=$work/source
}

# The values of variable $2 in the makefile part $1.
sources_of() {
	awk -v name="$2" '
		$1 == name && $2 == "=" { on = 1; $1 = ""; $2 = "" }
		on { more = /\\$/; gsub(/\\/, ""); print; if (!more) exit }' "$source/$1"
}

build() {
	out=$1
	files=$(for pair in opus_sources.mk:OPUS_SOURCES celt_sources.mk:CELT_SOURCES \
		silk_sources.mk:SILK_SOURCES silk_sources.mk:SILK_SOURCES_FLOAT; do
		sources_of "${pair%%:*}" "${pair##*:}"
	done | tr ' ' '\n' | grep -v -e encoder -e '^$')
	mkdir -p "$work/objects"
	cd "$source"
	for file in $files "$here/opus_decoder.c"; do
		object=$work/objects/$(printf '%s' "${file#"$here"/}" | tr / _).o
		first=
		if [ "$file" = celt/modes.c ]; then first="-include $here/celt_tables.h"; fi
		# -Oz: 7 KB less with gzip than -O2, for 4 % more work a packet (25.8 and 24.7 µs on a
		# desktop): the page's first load matters more on a crowded Wi-Fi. SIMD, bulk memory and
		# the like would save 1 KB and lose phones.
		# shellcheck disable=SC2086 # two words, or none
		clang-14 --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -Oz -ffast-math \
			-DNDEBUG -DOPUS_BUILD -DUSE_ALLOCA -DFLOAT_APPROX -DHAVE_LRINTF -DHAVE_LRINT \
			-ffunction-sections -fdata-sections -fvisibility=hidden -ffile-prefix-map="$source"=. \
			-Iinclude -Icelt -Isilk -Isilk/float $first -w -c "$file" -o "$object" ||
			fail "$file does not compile"
	done
	clang-14 --target=wasm32-wasi -nostartfiles -L/usr/lib/wasm32-wasi "$work"/objects/*.o -o "$work/linked.wasm" \
		-Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all -z stack-size=131072 ||
		fail "it does not link"
	wasm-opt -Oz --strip-debug --strip-producers "$work/linked.wasm" -o "$out" || fail "wasm-opt failed"
	say "$(wc -c <"$out") bytes, $(gzip -9 -n -c "$out" | wc -c) with gzip"
}

check=no
case "${1-}" in
'') ;;
--check) check=yes ;;
--list)
	printf '%s\n' "$packages" | tr ' ' '\n'
	exit 0
	;;
*)
	say "usage: build.sh [--check | --list]"
	exit 2
	;;
esac

for tool in clang-14 wasm-ld-14 wasm-opt dpkg-source; do
	command -v "$tool" >/dev/null || fail "$tool is missing; apt-get install $packages"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
if [ -n "${OPUS_SOURCE-}" ]; then source=$OPUS_SOURCE; else fetch_source; fi

if [ "$check" = no ]; then
	build "$here/opus-decoder.wasm"
	exit 0
fi
build "$work/opus-decoder.wasm"
cmp "$work/opus-decoder.wasm" "$here/opus-decoder.wasm" ||
	fail "web/opus/opus-decoder.wasm is not what its sources make; run web/opus/build.sh"
say "opus-decoder.wasm is bit for bit what its sources make"
