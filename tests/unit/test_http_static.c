/* server/net/http_static and http_header: what is read, chosen, cached and told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/http.h"
#include "net/http_static.h"

static char folder[64];

static const char *const files[][2] = {
    {"index.html", "<!doctype html><p>Cabin, and some more words to be longer than its encodings"},
    {"index.html.gz", "gzip of it"},
    {"index.html.br", "br of it"},
    {"desk/index.html", "desk"},
    {"assets/listen-Bx3kQz1a.js", "let x = 1;"},
    {"assets/lone.gz", "not an encoding of anything"},
    {".secret", "never served"},
};

static int make_folder(void **state)
{
	strcpy(folder, "/tmp/cabin-static-XXXXXX");
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[128], *slash;
		snprintf(path, sizeof(path), "%s/%s", folder, files[i][0]);
		slash = strrchr(path, '/');
		*slash = 0;
		mkdir(path, 0700); /* may be there */
		*slash = '/';
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(files[i][1], file);
		assert_int_equal(fclose(file), 0);
	}
	return 0;
}

static int remove_folder(void **state)
{
	char path[128];
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i][0]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/desk", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/assets", folder);
	rmdir(path);
	return rmdir(folder);
}

static void paths(void **state)
{
	struct cabin_static *pages;
	assert_int_equal(cabin_static_load(&pages, folder), 0);
	static const char *const there[] = {
	    "/", "/index.html", "/desk/", "/desk/index.html", "/assets/listen-Bx3kQz1a.js", "/assets/lone.gz"};
	static const char *const missing[] = {"",	  "index.html", "/index.html.gz", "/desk",
					      "/assets/", "/.secret",	"/../index.html", "/assets/../index.html",
					      "//",	  "/x"};
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_non_null(cabin_static_find(pages, there[i]));
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		assert_null(cabin_static_find(pages, missing[i]));
	assert_true(cabin_static_is_folder(pages, "/desk"));
	assert_false(cabin_static_is_folder(pages, "/assets"));
	assert_true(cabin_static_find(pages, "/assets/listen-Bx3kQz1a.js")->immutable);
	assert_false(cabin_static_find(pages, "/")->immutable);
	cabin_static_destroy(pages);
	assert_int_equal(cabin_static_load(&pages, "/nowhere/at/all"), CABIN_ENOTFOUND);
	assert_null(pages);
}

static void encodings(void **state)
{
	static const struct {
		const char *accept;
		enum cabin_encoding chosen;
	} cases[] = {
	    {NULL, CABIN_ENCODING_IDENTITY},
	    {"", CABIN_ENCODING_IDENTITY},
	    {"identity", CABIN_ENCODING_IDENTITY},
	    {"gzip", CABIN_ENCODING_GZIP},
	    {"GZIP, deflate", CABIN_ENCODING_GZIP},
	    {"gzip, deflate, br, zstd", CABIN_ENCODING_BROTLI},
	    {"br;q=0, gzip;q=0.5", CABIN_ENCODING_GZIP},
	    {"gzip;q=0", CABIN_ENCODING_IDENTITY},
	    {"gzip; q=0.000", CABIN_ENCODING_IDENTITY},
	    {"*", CABIN_ENCODING_BROTLI},
	    {"br;q=0, *;q=0.1", CABIN_ENCODING_GZIP},
	    {"xbr, gzipped", CABIN_ENCODING_IDENTITY},
	    {",,;;=", CABIN_ENCODING_IDENTITY},
	};
	struct cabin_static *pages;
	assert_int_equal(cabin_static_load(&pages, folder), 0);
	const struct cabin_static_file *page = cabin_static_find(pages, "/");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(cabin_static_choose(page, cases[i].accept), cases[i].chosen);
	const struct cabin_static_file *script = cabin_static_find(pages, "/assets/listen-Bx3kQz1a.js");
	assert_int_equal(cabin_static_choose(script, "gzip, br"), CABIN_ENCODING_IDENTITY);
	assert_string_not_equal(page->bodies[CABIN_ENCODING_GZIP].etag, page->bodies[CABIN_ENCODING_BROTLI].etag);
	cabin_static_destroy(pages);
}

static void tags_types_and_hashes(void **state)
{
	assert_true(cabin_etag_matches("\"a\"", "\"a\""));
	assert_true(cabin_etag_matches("\"x\", W/\"a\" ,\"y\"", "\"a\""));
	assert_true(cabin_etag_matches("*", "\"a\""));
	assert_false(cabin_etag_matches("\"ab\"", "\"a\""));
	assert_false(cabin_etag_matches("\"a\"b", "\"a\""));
	assert_false(cabin_etag_matches("", "\"a\""));
	assert_false(cabin_etag_matches(NULL, "\"a\""));
	assert_string_equal(cabin_content_type("/x.wasm"), "application/wasm");
	assert_string_equal(cabin_content_type("/a.b/x.webmanifest"), "application/manifest+json");
	assert_string_equal(cabin_content_type("/x.SVG"), "image/svg+xml");
	assert_string_equal(cabin_content_type("/f.woff2"), "font/woff2");
	assert_string_equal(cabin_content_type("/a.js/x"), "application/octet-stream");
	assert_true(cabin_name_has_hash("/assets/index-DiwrgTda.js"));
	assert_true(cabin_name_has_hash("/assets/a.worker-a_b-c9dE.js"));
	assert_false(cabin_name_has_hash("/assets/listen-settings.js")); /* eight letters, but a word */
	assert_false(cabin_name_has_hash("/index.html"));
	assert_false(cabin_name_has_hash("/-12345678"));
	assert_false(cabin_name_has_hash("/x-1234567.js"));
}

static void header_names_the_pages_own_socket(void **state)
{
	char text[3072];
	struct cabin_http_reply reply = {.status = 200, .type = "text/html", .size = 12, .varies = true};
	size_t size = cabin_http_header_write(text, sizeof(text), &reply, "hall.example:8443", true, 784111777, false);
	assert_int_equal(size, strlen(text));
	assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
	assert_non_null(strstr(text, "connect-src 'self' wss://hall.example:8443\r\n"));
	assert_non_null(strstr(text, "script-src 'self' 'wasm-unsafe-eval';"));
	assert_non_null(strstr(text, "Vary: Accept-Encoding\r\n"));
	assert_non_null(strstr(text, "Content-Length: 12\r\n"));
	assert_string_equal(text + size - 4, "\r\n\r\n");
	/* A name that is none must not reach the policy, nor the header's lines. */
	static const char *const bad[] = {"", "a b", "x;script-src *", "a\r\nSet-Cookie: x", "*"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cabin_http_header_write(text, sizeof(text), &reply, bad[i], false, 0, true);
		assert_non_null(strstr(text, "connect-src 'self'\r\n"));
		assert_null(strstr(text, "Set-Cookie"));
		assert_non_null(strstr(text, "Connection: close\r\n"));
	}
	reply = (struct cabin_http_reply){.status = 304, .etag = "\"x\""};
	cabin_http_header_write(text, sizeof(text), &reply, "h", false, 0, false);
	assert_null(strstr(text, "Content-Length"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(encodings),
	    cmocka_unit_test(tags_types_and_hashes),
	    cmocka_unit_test(header_names_the_pages_own_socket),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
