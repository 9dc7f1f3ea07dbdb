# shellcheck shell=sh
# shellcheck disable=SC2086,SC2046 # what is not quoted are lists of words
# Sourced by ./cabin: every suite, each counted, one closing line.

passed=0
failed=0
skipped=0
pattern=

# count SUITE PASSED FAILED [SKIPPED]: adds up and says so.
count() {
	passed=$((passed + $2))
	failed=$((failed + $3))
	skipped=$((skipped + ${4:-0}))
	say test "$1: $2 passed, $3 failed in $(($(date +%s) - suite_began)) s"
}

# as_test NAME COMMAND…: a command that is a test by itself.
as_test() {
	name=$1
	shift
	suite_began=$(date +%s)
	if quiet "$name" "$@"; then count "$name" 1 0; else count "$name" 0 1; fi
}

number() {
	sed -n "s/$1/\\1/p" "$2" 2>/dev/null | tail -n 1
}

# run_ctest SUITE FOLDER [CTEST OPTION…]
run_ctest() {
	suite=$1
	folder=$2
	shift 2
	suite_began=$(date +%s)
	log=$logs/ctest-$suite.log
	# Sanitizers of this compiler cannot map their shadow where the kernel randomises much.
	$without_randomisation ctest --test-dir "$folder" --output-on-failure --timeout 300 -j 2 \
		${pattern:+-R "$pattern"} "$@" >"$log" 2>&1 </dev/null || sed -n '/\*\*\*/,$p' "$log" | head -n 150
	bad=$(number '.*tests passed, \([0-9]*\) tests failed out of [0-9]*' "$log")
	total=$(number '.*tests failed out of \([0-9]*\)' "$log")
	if [ -n "$total" ]; then
		count "$suite" $((total - bad)) "$bad"
	elif [ -z "$pattern" ]; then
		cat "$log"
		count "$suite" 0 1
	fi
}

# run_file SUITE NAME [LIMIT_S]: one file of node's tests in a process of its own; its status and seconds into
# build/logs. A pattern leaves out the others.
run_file() {
	file=tests/$1/$2.test.mjs
	file_log=$logs/$1-$2
	rm -f "$file_log.result"
	case $file in
	*"$pattern"*) ;;
	*) return 0 ;;
	esac
	file_began=$(date +%s)
	status=0
	timeout -k 20 "${3:-600}" node --test-reporter=tap --test-reporter-destination="$file_log.tap" \
		--test-reporter=spec --test-reporter-destination=stdout "$file" >"$file_log.log" 2>&1 </dev/null || status=$?
	echo "$status $(($(date +%s) - file_began))" >"$file_log.result"
}

# count_file SUITE NAME: what run_file found.
count_file() {
	file_log=$logs/$1-$2
	[ -f "$file_log.result" ] || return 0
	read -r status seconds <"$file_log.result"
	good=$(number '^# pass \([0-9]*\)' "$file_log.tap")
	bad=$(number '^# fail \([0-9]*\)' "$file_log.tap")
	stopped=$(number '^# cancelled \([0-9]*\)' "$file_log.tap")
	missed=$(number '^# skipped \([0-9]*\)' "$file_log.tap")
	bad=$((${bad:-0} + ${stopped:-0}))
	[ "$status" = 0 ] || [ $bad -gt 0 ] || bad=1
	[ "$status" = 0 ] || sed 's/\x1b\[[0-9;]*m//g' "$file_log.log" | tail -n 120
	suite_began=$(($(date +%s) - seconds))
	count "$1-$2" "${good:-0}" $bad "${missed:-0}"
}

# run_lane SUITE NAME…: one after another, uncounted.
run_lane() {
	lane_suite=$1
	shift
	for name in "$@"; do
		run_file "$lane_suite" "$name"
	done
}

# run_node SUITE [LIMIT_S] [NAME…]: each file of it, one after another, but those NAMEs.
run_node() {
	node_suite=$1
	limit_s=${2:-600}
	[ $# -lt 2 ] || shift
	shift
	for file in tests/"$node_suite"/*.test.mjs; do
		name=$(basename "$file" .test.mjs)
		case " $* " in
		*" $name "*) continue ;;
		esac
		run_file "$node_suite" "$name" "$limit_s"
		count_file "$node_suite" "$name"
	done
}

suite_c() {
	run_ctest c build
}

suite_asan() {
	suite_began=$(date +%s)
	build_c asan build/asan || { count asan 0 1 && return 0; }
	ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 run_ctest asan build/asan -LE load
}

suite_tsan() {
	suite_began=$(date +%s)
	build_c tsan build/tsan || { count tsan 0 1 && return 0; }
	run_ctest tsan build/tsan -LE load
}

suite_fuzz() {
	suite_began=$(date +%s)
	build_c fuzz build/fuzz || { count fuzz 0 1 && return 0; }
	for driver in build/fuzz/bin/fuzz_*; do
		name=${driver##*/fuzz_}
		found=build/fuzz/found/$name
		mkdir -p "$found"
		as_test "fuzz-$name" $without_randomisation "$driver" -max_total_time=60 -timeout=10 -print_final_stats=1 \
			-artifact_prefix="$found/crash-" "$found" "tests/fuzz/corpus/$name"
	done
}

# The WebAssembly in the tree is what Debian's sources and common/media make, bit for bit.
suite_wasm() {
	as_test wasm web/opus/build.sh --check
}

suite_web() {
	as_test web-check npm --prefix web run check
	suite_began=$(date +%s)
	log=$logs/vitest.log
	result=$top/build/logs/vitest.json
	rm -f "$result"
	(cd web && npx vitest run --reporter=default --reporter=json --outputFile.json="$result") >"$log" 2>&1 </dev/null ||
		sed 's/\x1b\[[0-9;]*m//g' "$log" | tail -n 80
	if [ -s "$result" ]; then
		count web $(node -p 'const r = JSON.parse(fs.readFileSync(process.argv[1]));
			[r.numPassedTests, r.numFailedTests + (r.success || r.numFailedTests ? 0 : 1), r.numPendingTests].join(" ")' "$result")
	else
		tail -n 40 "$log"
		count web 0 1
	fi
}

suite_sizes() {
	as_test sizes npm --prefix web run size
}

# These mostly wait, for holds, files that play out, a scrape; none measures how long a packet takes. Two at a time.
lane_1='desk_edges loudness slow prometheus http start'
lane_2='alarms desk passthrough hostile_desk metrics access api ctl ctl_remote'

suite_integration() {
	run_lane integration $lane_1 &
	other_lane=$!
	trap 'kill $other_lane; exit 130' INT TERM
	run_lane integration $lane_2
	wait
	trap - INT TERM
	for name in $lane_1 $lane_2; do
		count_file integration "$name"
	done
	run_node integration 600 $lane_1 $lane_2
}

suite_e2e() {
	run_node e2e
}

suite_long() {
	run_node long 1500
}

command_test() {
	suites='c asan web sizes integration e2e'
	all_suites="$suites tsan fuzz wasm long"
	chosen=
	while [ $# -gt 0 ]; do
		case $1 in
		--all)
			suites=$all_suites
			export CABIN_TEST_ALL=1
			;;
		-*) fail "unknown option of test: $1 (./cabin help)" ;;
		*)
			case " $all_suites " in
			*" $1 "*) chosen="$chosen $1" ;;
			*) pattern=$1 ;;
			esac
			;;
		esac
		shift
	done
	[ -z "$pattern" ] || suites='c integration e2e'
	suites=${chosen:-$suites}
	need $packages_build $packages_test
	case $suites in
	*fuzz*) need $packages_fuzz ;;
	esac
	case $suites in
	*wasm*) need $(web/opus/build.sh --list) ;;
	esac
	mkdir -p "$logs"
	without_randomisation='setarch -R'
	$without_randomisation true 2>/dev/null || without_randomisation=
	suite_began=$(date +%s)
	if build_all ON && npm_ci tests; then
		for suite_name in $suites; do
			"suite_$suite_name"
		done
	else
		count build 0 1
	fi
	echo
	if [ $skipped -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ $failed = 0 ] && [ $passed -gt 0 ]
}
