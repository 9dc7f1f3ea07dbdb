#include "ctl/remote.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/token.h"

enum { URL_MAX_BYTES = 2048, ANSWER_MAX_BYTES = 16 << 20, SERVER_MAX_BYTES = 512, TOKEN_FILE_MAX_BYTES = 1024 };
static const long limit_ms = 15000, connect_limit_ms = 5000;

struct cabin_ctl_remote {
	CURL *curl;
	struct curl_slist *headers, *headers_json;
	char server[SERVER_MAX_BYTES];
	char why[CURL_ERROR_SIZE];
	char *answer; /* that comes in */
	size_t size;
};

/* Text of a token's file: the token, or the link that has it after "#t=". */
static int read_token_file(char out[TOKEN_FILE_MAX_BYTES], const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "--token-file %s cannot be read: %s", path,
					  strerror(errno));
	size_t size = fread(out, 1, TOKEN_FILE_MAX_BYTES - 1, file);
	if (file != stdin)
		fclose(file);
	out[size] = '\0'; /* of a terminal, and of any file, the first word */
	out[strcspn(out, " \t\r\n")] = '\0';
	return 0;
}

/* `text`: token or link. Finds the token, and in a link the server too. */
static int find_token(const char **token, char server[SERVER_MAX_BYTES], const char *text)
{
	struct cabin_token read;
	const char *mark = strstr(text, "#t="), *page = strstr(text, "/desk/");
	*token = mark ? mark + 3 : text;
	if (cabin_token_read(&read, *token, strlen(*token)) != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "the token is no token of Cabin: `cabinctl token create "
							    "--role technician` makes one");
	if (read.role == CABIN_TOKEN_BOOTH)
		return cabin_ctl_complain(CABIN_CTL_NO_ACCESS, "this is a booth's token: a technician's or an "
							       "observer's is needed");
	if (mark && page && page < mark && !server[0] && page - text < SERVER_MAX_BYTES)
		snprintf(server, SERVER_MAX_BYTES, "%.*s", (int)(page - text), text);
	return 0;
}

static bool is_url(const char *server)
{
	return strncmp(server, "https://", 8) == 0 || strncmp(server, "http://", 7) == 0;
}

/* A plain server elsewhere gets the token in the clear. */
static void warn_of_plain(const char *server)
{
	if (strncmp(server, "http://", 7) == 0 && strncmp(server + 7, "127.", 4) != 0 &&
	    strncmp(server + 7, "localhost", 9) != 0 && strncmp(server + 7, "[::1]", 5) != 0 && isatty(STDERR_FILENO))
		fputs("cabinctl: warning: over http whoever shares the network can read the token; use https\n",
		      stderr);
}

static int choose(struct cabin_ctl_remote *remote, const struct cabin_ctl_options *options,
		  char file_text[TOKEN_FILE_MAX_BYTES], const char **token)
{
	const char *server = options->server ? options->server : getenv("CABIN_SERVER");
	const char *text = getenv("CABIN_TOKEN");
	if (server && strlen(server) >= sizeof(remote->server))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--server is too long");
	if (server)
		memcpy(remote->server, server, strlen(server) + 1);
	if (options->token_file) {
		int status = read_token_file(file_text, options->token_file);
		if (status != 0)
			return status;
		text = file_text;
	}
	if (!text || !*text)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "no token: --token-file FILE, or the environment's CABIN_TOKEN; `cabinctl "
					  "token create --role technician` makes one");
	int status = find_token(token, remote->server, text);
	if (status != 0)
		return status;
	if (!is_url(remote->server))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s%s: write it like https://venue.example:8443",
					  remote->server[0] ? "--server "
							    : "no server: --server URL, or the "
							      "environment's CABIN_SERVER",
					  remote->server);
	for (size_t size = strlen(remote->server); size > 0 && remote->server[size - 1] == '/'; size--)
		remote->server[size - 1] = '\0';
	warn_of_plain(remote->server);
	return 0;
}

static size_t take(char *bytes, size_t one, size_t count, void *context)
{
	struct cabin_ctl_remote *remote = context;
	if (remote->size + count > ANSWER_MAX_BYTES)
		return 0;
	char *answer = realloc(remote->answer, remote->size + count + 1);
	if (!answer)
		return 0;
	memcpy(answer + remote->size, bytes, count);
	remote->answer = answer;
	remote->size += count;
	answer[remote->size] = '\0';
	return count;
}

static bool set_up(struct cabin_ctl_remote *remote, const struct cabin_ctl_options *options, const char *token)
{
	char line[CABIN_TOKEN_MAX_BYTES + 32];
	snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
	struct curl_slist *plain = curl_slist_append(NULL, line);
	struct curl_slist *json = curl_slist_append(NULL, line);
	remote->headers = plain;
	remote->headers_json = json;
	CURL *curl = remote->curl = curl_easy_init();
	if (!curl || !plain || !json || !curl_slist_append(json, "Content-Type: application/json"))
		return false;
	bool good = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "cabinctl/" CABIN_VERSION);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, remote->why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, remote);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
	if (options->ca)
		good = good && curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca) == CURLE_OK;
	if (options->insecure) {
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	return good;
}

int cabin_ctl_remote_open(struct cabin_ctl_remote **out, const struct cabin_ctl_options *options)
{
	char file_text[TOKEN_FILE_MAX_BYTES] = "";
	const char *token = NULL;
	*out = NULL;
	struct cabin_ctl_remote *remote = calloc(1, sizeof(*remote));
	if (!remote)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "no memory");
	int status = choose(remote, options, file_text, &token);
	if (status == 0 && (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !set_up(remote, options, token)))
		status = cabin_ctl_complain(CABIN_CTL_FAILED, "libcurl cannot be set up");
	if (status != 0) {
		cabin_ctl_remote_close(remote);
		return status;
	}
	*out = remote;
	return 0;
}

void cabin_ctl_remote_close(struct cabin_ctl_remote *remote)
{
	if (!remote)
		return;
	curl_easy_cleanup(remote->curl);
	curl_slist_free_all(remote->headers);
	curl_slist_free_all(remote->headers_json);
	free(remote->answer);
	free(remote);
}

static int complain_of_curl(const struct cabin_ctl_remote *remote, CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return cabin_ctl_complain(CABIN_CTL_UNREACHED,
					  "%s: this name is not known here; check it, or write "
					  "the address",
					  remote->server);
	case CURLE_COULDNT_CONNECT:
		return cabin_ctl_complain(CABIN_CTL_UNREACHED,
					  "%s: nobody answers there; is cabind running, and is the port right?",
					  remote->server);
	case CURLE_OPERATION_TIMEDOUT:
		return cabin_ctl_complain(CABIN_CTL_UNREACHED, "%s: no answer in time; is the network fine?",
					  remote->server);
	case CURLE_PEER_FAILED_VERIFICATION:
		return cabin_ctl_complain(CABIN_CTL_UNREACHED,
					  "%s: its certificate is not trusted here (%s); --ca FILE names the venue's "
					  "own, --insecure takes any",
					  remote->server, remote->why);
	case CURLE_SSL_CACERT_BADFILE:
		return cabin_ctl_complain(CABIN_CTL_FAILED, "--ca: the file cannot be read, or is no certificate");
	default:
		return cabin_ctl_complain(CABIN_CTL_UNREACHED, "%s: %s", remote->server,
					  remote->why[0] ? remote->why : curl_easy_strerror(code));
	}
}

/* A status of the server that is no success. */
static int complain_of_answer(const struct cabin_ctl_remote *remote, long http)
{
	json_t *answer = json_loads(remote->answer ? remote->answer : "", 0, NULL);
	const char *code = cabin_ctl_text(answer, "error"), *text = cabin_ctl_text(answer, "text");
	int status = http == 401 || http == 403	  ? CABIN_CTL_NO_ACCESS
		     : http == 503 || http == 504 ? CABIN_CTL_UNREACHED
						  : CABIN_CTL_REFUSED;
	if (text)
		cabin_ctl_complain(status, "%s (%s)", text, code ? code : "?");
	else if (http == 404)
		cabin_ctl_complain(status, "%s has no such thing: is it a Cabin server, of this version?",
				   remote->server);
	else
		cabin_ctl_complain(status, "%s answers %ld: %.*s", remote->server, http,
				   (int)strcspn(remote->answer ? remote->answer : "", "\r\n"),
				   remote->answer ? remote->answer : "");
	json_decref(answer);
	return status;
}

int cabin_ctl_remote_ask(struct cabin_ctl_remote *remote, const char *method, const char *path, json_t *body,
			 char **text)
{
	char url[URL_MAX_BYTES];
	char *sent = body ? json_dumps(body, JSON_COMPACT) : NULL;
	bool lost = body && !sent;
	json_decref(body);
	if (text)
		*text = NULL;
	if (lost || snprintf(url, sizeof(url), "%s/api/v1%s", remote->server, path) >= (int)sizeof(url)) {
		free(sent);
		return cabin_ctl_complain(CABIN_CTL_FAILED, "the request is too long");
	}
	free(remote->answer);
	remote->answer = NULL;
	remote->size = 0;
	remote->why[0] = '\0';
	curl_easy_setopt(remote->curl, CURLOPT_URL, url);
	curl_easy_setopt(remote->curl, CURLOPT_HTTPHEADER, sent ? remote->headers_json : remote->headers);
	curl_easy_setopt(remote->curl, CURLOPT_POSTFIELDS, sent);
	curl_easy_setopt(remote->curl, CURLOPT_HTTPGET, sent ? 0L : 1L);
	curl_easy_setopt(remote->curl, CURLOPT_POST, sent ? 1L : 0L);
	curl_easy_setopt(remote->curl, CURLOPT_CUSTOMREQUEST, method);
	CURLcode code = curl_easy_perform(remote->curl);
	free(sent);
	if (code != CURLE_OK)
		return complain_of_curl(remote, code);
	long http = 0;
	curl_easy_getinfo(remote->curl, CURLINFO_RESPONSE_CODE, &http);
	if (http < 200 || http > 299)
		return complain_of_answer(remote, http);
	if (text) {
		*text = remote->answer ? remote->answer : strdup("");
		remote->answer = NULL;
	}
	return text && !*text ? cabin_ctl_complain(CABIN_CTL_FAILED, "no memory") : 0;
}

int cabin_ctl_remote_json(struct cabin_ctl_remote *remote, const char *method, const char *path, json_t *body,
			  json_t **out)
{
	char *text;
	*out = NULL;
	int status = cabin_ctl_remote_ask(remote, method, path, body, &text);
	if (status != 0)
		return status;
	*out = json_loads(text, 0, NULL);
	free(text);
	if (json_is_object(*out))
		return 0;
	json_decref(*out);
	*out = NULL;
	return cabin_ctl_complain(CABIN_CTL_REFUSED, "%s answers something else than JSON: is it a Cabin server?",
				  remote->server);
}

int cabin_ctl_remote_show(const struct cabin_ctl_options *options, const char *path,
			  int (*show)(struct cabin_ctl_remote *remote, json_t *answer))
{
	struct cabin_ctl_remote *remote;
	json_t *answer = NULL;
	char *text = NULL;
	int status = cabin_ctl_remote_open(&remote, options);
	if (status == 0 && options->json) {
		status = cabin_ctl_remote_ask(remote, "GET", path, NULL, &text);
		if (status == 0)
			puts(text);
	} else if (status == 0) {
		status = cabin_ctl_remote_json(remote, "GET", path, NULL, &answer);
		if (status == 0 && show)
			status = show(remote, answer);
	}
	free(text);
	json_decref(answer);
	cabin_ctl_remote_close(remote);
	return status;
}

/* Appends `lead` and the encoded value. */
static bool append(char *path, size_t path_size, const char *lead, const char *value)
{
	size_t size = strlen(path);
	char *encoded = curl_easy_escape(NULL, value, 0);
	int written = encoded ? snprintf(path + size, path_size - size, "%s%s", lead, encoded) : -1;
	curl_free(encoded);
	return written >= 0 && (size_t)written < path_size - size;
}

bool cabin_ctl_add_query(char *path, size_t path_size, const char *name, const char *value)
{
	char lead[64];
	snprintf(lead, sizeof(lead), "%c%s=", strchr(path, '?') ? '&' : '?', name);
	return !value || append(path, path_size, lead, value);
}

bool cabin_ctl_add_segment(char *path, size_t path_size, const char *segment)
{
	return append(path, path_size, "/", segment);
}

const char *cabin_ctl_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

double cabin_ctl_number(const json_t *object, const char *name, double otherwise)
{
	const json_t *value = json_object_get(object, name);
	return json_is_number(value) ? json_number_value(value) : otherwise;
}
