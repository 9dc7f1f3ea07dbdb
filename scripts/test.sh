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

# run_node SUITE: each file tests/SUITE/*.test.mjs in a process of its own, one after another.
run_node() {
	for file in tests/"$1"/*.test.mjs; do
		case $file in
		*"$pattern"*) ;;
		*) continue ;;
		esac
		suite_began=$(date +%s)
		name=$1-$(basename "$file" .test.mjs)
		log=$logs/$name.log
		status=0
		timeout -k 20 "${2:-600}" node --test-reporter=tap --test-reporter-destination="$logs/$name.tap" \
			--test-reporter=spec --test-reporter-destination=stdout "$file" >"$log" 2>&1 </dev/null || status=$?
		good=$(number '^# pass \([0-9]*\)' "$logs/$name.tap")
		bad=$(number '^# fail \([0-9]*\)' "$logs/$name.tap")
		stopped=$(number '^# cancelled \([0-9]*\)' "$logs/$name.tap")
		missed=$(number '^# skipped \([0-9]*\)' "$logs/$name.tap")
		bad=$((${bad:-0} + ${stopped:-0}))
		[ $status = 0 ] || [ $bad -gt 0 ] || bad=1
		[ $status = 0 ] || sed 's/\x1b\[[0-9;]*m//g' "$log" | tail -n 120
		count "$name" "${good:-0}" $bad "${missed:-0}"
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

suite_integration() {
	run_node integration
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
