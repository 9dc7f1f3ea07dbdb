#!/bin/sh
# Builds the pages' WebAssembly from Debian's own source package of libopus and from our own
# common/media, bit for bit:
#
#	opus-decoder.wasm   what every page needs: libopus's decoder; small
#	opus-encoder.wasm   what an interpreter's page sends with: libopus's encoder; quick
#	ears.wasm           what it hears with: tone, hearing protection, and a meter for the voice
#
#	web/opus/build.sh           writes them into web/opus
#	web/opus/build.sh --check   builds them elsewhere and compares with those in the tree
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
top=$(CDPATH='' cd -- "$here/../.." && pwd)
media=$top/common/media

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

# libopus_files [MAKEFILE:VARIABLE]: the files of both directions, and those of one more list.
libopus_files() {
	for pair in "$@" opus_sources.mk:OPUS_SOURCES celt_sources.mk:CELT_SOURCES \
		silk_sources.mk:SILK_SOURCES silk_sources.mk:SILK_SOURCES_FLOAT; do
		sources_of "${pair%%:*}" "${pair##*:}"
	done | tr ' ' '\n' | grep -v '^$'
}

# compile FOLDER FILE FLAG…: one object of libopus or of our exports; the flags come last.
compile() {
	object=$work/$1/$(printf '%s' "${2#"$top"/}" | tr / _).o
	file=$2
	shift 2
	clang-14 --target=wasm32-wasi -isystem /usr/include/wasm32-wasi "$@" \
		-ffunction-sections -fdata-sections -fvisibility=hidden -ffile-prefix-map="$source"=. \
		-ffile-prefix-map="$top"=. -c "$file" -o "$object" ||
		fail "$file does not compile"
}

# link FOLDER OUT STACK_BYTES LEVEL
link() {
	clang-14 --target=wasm32-wasi -nostartfiles -L/usr/lib/wasm32-wasi "$work/$1"/*.o -o "$work/$1.wasm" \
		-Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all -z stack-size="$3" ||
		fail "$1 does not link"
	wasm-opt "$4" --strip-debug --strip-producers "$work/$1.wasm" -o "$2" || fail "wasm-opt failed"
	say "$1.wasm: $(wc -c <"$2") bytes, $(gzip -9 -n -c "$2" | wc -c) with gzip"
}

opus_flags="-ffast-math -DNDEBUG -DOPUS_BUILD -DUSE_ALLOCA -DFLOAT_APPROX -DHAVE_LRINTF -DHAVE_LRINT
	-Iinclude -Icelt -Isilk -Isilk/float -w"

# -Oz: 7 KB less with gzip than -O2, for 4 % more work a packet (25.8 and 24.7 µs on a
# desktop): the page's first load matters more on a crowded Wi-Fi. SIMD, bulk memory and
# the like would save 1 KB and lose phones.
build_decoder() {
	mkdir -p "$work/opus-decoder"
	cd "$source"
	for file in $(libopus_files | grep -v encoder) "$here/opus_decoder.c"; do
		first=
		if [ "$file" = celt/modes.c ]; then first="-include $here/celt_tables.h"; fi
		# shellcheck disable=SC2086 # lists of words
		compile opus-decoder "$file" -Oz $opus_flags $first
	done
	link opus-decoder "$1" 131072 -Oz
}

# For an interpreter's computer: quick before small.
build_encoder() {
	mkdir -p "$work/opus-encoder"
	cd "$source"
	for file in $(libopus_files opus_sources.mk:OPUS_SOURCES_FLOAT) "$here/opus_encoder.c"; do
		# shellcheck disable=SC2086 # lists of words
		compile opus-encoder "$file" -O2 $opus_flags
	done
	link opus-encoder "$1" 262144 -O2
}

# Without -ffast-math: the protection has to know a NaN when it meets one.
build_ears() {
	mkdir -p "$work/ears"
	for file in "$here/ears.c" "$media/a_weighting.c" "$media/level.c" "$media/protection.c" "$media/tone.c" \
		"$media/voice_level.c"; do
		compile ears "$file" -O2 -std=c17 -D_GNU_SOURCE -I"$top/common" -Wall -Wextra -Werror
	done
	link ears "$1" 65536 -O2
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
	build_decoder "$here/opus-decoder.wasm"
	build_encoder "$here/opus-encoder.wasm"
	build_ears "$here/ears.wasm"
	exit 0
fi
mkdir "$work/built"
build_decoder "$work/built/opus-decoder.wasm"
build_encoder "$work/built/opus-encoder.wasm"
build_ears "$work/built/ears.wasm"
same=yes
for name in opus-decoder.wasm opus-encoder.wasm ears.wasm; do
	if cmp "$work/built/$name" "$here/$name"; then
		say "$name is bit for bit what its sources make"
	else
		say "web/opus/$name is not what its sources make; run web/opus/build.sh"
		same=no
	fi
done
[ "$same" = yes ]
