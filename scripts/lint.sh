# shellcheck shell=sh
# shellcheck disable=SC2086 # what is not quoted are lists of words
# Sourced by ./cabin: style and static checks. Each prints what it found; the status is the sum.

c_files() {
	find common audio server client tests -name node_modules -prune -o -name '*.[ch]' -print | sort
}

command_lint() {
	need $packages_build $packages_test $packages_lint
	build_c "$(preset)" build -DCABIN_TESTS=ON
	status=0
	say lint "clang-format"
	c_files | xargs clang-format --dry-run --Werror || status=1
	say lint "clang-tidy"
	# The compiler's own flags that clang does not know are no finding.
	c_files | grep '\.c$' | grep -v '^tests/fuzz/fuzz_' | xargs -P 2 -n 4 clang-tidy --quiet -p build \
		--extra-arg=-Wno-unknown-warning-option 2>"$logs/clang-tidy.log" || status=1
	say lint "cppcheck"
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 \
		--suppressions-list=tests/cppcheck.suppressions -D_GNU_SOURCE -I . -I common -I server -I tests \
		-j 2 common audio server client || status=1
	say lint "shellcheck"
	shellcheck -x -a cabin .ci/run || status=1
	say lint "web"
	npm_ci web
	(cd web && npm run --silent check) || status=1
	[ $status = 0 ] && say lint "nothing found"
	return $status
}
