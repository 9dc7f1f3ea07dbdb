#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/revoked.h"
#include "access/token.h"
#include "ctl/command.h"

enum { LINK_MAX_BYTES = 1024, TIME_BYTES = 32 };

static const char default_valid[] = "3d";

/* RFC 3339 in the machine's own zone. */
static const char *write_time(char out[TIME_BYTES], int64_t unix_s)
{
	time_t when = (time_t)unix_s;
	struct tm local;
	size_t size = localtime_r(&when, &local) ? strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%S%z", &local) : 0;
	if (size == 0)
		return "?";
	/* +0700 to +07:00 */
	memmove(out + size - 1, out + size - 2, 3);
	out[size - 2] = ':';
	return out;
}

/* The page that the token opens; the fragment is never sent in a request. */
static bool write_link(char out[LINK_MAX_BYTES], const char *server, enum cabin_token_role role, const char *text)
{
	size_t size = strlen(server);
	while (size > 0 && server[size - 1] == '/')
		size--;
	int written = snprintf(out, LINK_MAX_BYTES, "%.*s/%s/#t=%s", (int)size, server,
			       role == CABIN_TOKEN_BOOTH ? "booth" : "desk", text);
	return written > 0 && written < LINK_MAX_BYTES;
}

static int read_role(enum cabin_token_role *out, const char *role)
{
	*out = CABIN_TOKEN_BOOTH;
	for (int i = 0; role && i < CABIN_TOKEN_ROLE_COUNT; i++) {
		*out = (enum cabin_token_role)i;
		if (strcmp(role, cabin_token_role_name(*out)) == 0)
			return 0;
	}
	return role ? cabin_ctl_complain(CABIN_CTL_USAGE, "--role %s: write booth, technician or observer", role) : 0;
}

/* Copies an option into its field, if it was given. */
static int fill_text(char *out, size_t out_size, const char *option, const char *value)
{
	if (value && strlen(value) >= out_size)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "%s is too long: at most %zu bytes", option, out_size - 1);
	if (value)
		memcpy(out, value, strlen(value) + 1);
	return 0;
}

static int fill_token(struct cabin_token *token, const struct cabin_ctl_options *options)
{
	int64_t valid_s = cabin_ctl_seconds(options->valid ? options->valid : default_valid);
	*token = (struct cabin_token){.expires_unix_s = (int64_t)time(NULL) + valid_s};
	if (valid_s == 0)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--valid %s: write a time such as 90m, 12h, 3d or 2w",
					  options->valid);
	int status = read_role(&token->role, options->role);
	if (status != 0)
		return status;
	if (options->booth && token->role != CABIN_TOKEN_BOOTH)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--booth does not go with --role %s", options->role);
	if (!options->booth && token->role == CABIN_TOKEN_BOOTH)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--booth is missing: the booth's id, as in the "
							   "configuration; or --role technician, or observer");
	cabin_token_new_id(token->id);
	status = fill_text(token->booth, sizeof(token->booth), "--booth", options->booth);
	return status ? status : fill_text(token->name, sizeof(token->name), "--name", options->name);
}

static int print_json(const struct cabin_token *token, const char *text, const char *link)
{
	char expires[TIME_BYTES];
	json_t *answer =
	    json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:I}", "id", token->id, "role", cabin_token_role_name(token->role),
		      "booth", token->booth[0] ? token->booth : NULL, "name", token->name[0] ? token->name : NULL,
		      "expires", write_time(expires, token->expires_unix_s), "exp", (json_int_t)token->expires_unix_s);
	if (answer && text)
		json_object_set_new(answer, "token", json_string(text));
	if (answer && link)
		json_object_set_new(answer, "link", json_string(link));
	char *line = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	if (!line)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "no memory");
	puts(line);
	free(line);
	return CABIN_CTL_OK;
}

static void print_lines(const struct cabin_token *token, const char *text, const char *link)
{
	char expires[TIME_BYTES];
	printf("id       %s\n", token->id);
	if (token->role == CABIN_TOKEN_BOOTH)
		printf("booth    %s\n", token->booth);
	else
		printf("role     %s\n", cabin_token_role_name(token->role));
	if (token->name[0])
		printf("name     %s\n", token->name);
	printf("expires  %s\n", write_time(expires, token->expires_unix_s));
	if (text)
		printf("token    %s\n", text);
	if (link)
		printf("link     %s\n", link);
}

int cabin_ctl_token_create(const struct cabin_ctl_options *options)
{
	struct cabin_token token;
	struct cabin_secret_key key;
	char text[CABIN_TOKEN_MAX_BYTES + 1], link[LINK_MAX_BYTES], why[CABIN_KEY_WHY_BYTES];
	if (!options->key)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "--key is missing: the event's secret key, which `cabinctl key "
					  "create` makes");
	if (options->server && strncmp(options->server, "https://", 8) != 0 &&
	    strncmp(options->server, "http://", 7) != 0)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--server %s: write it like https://venue.example:8443",
					  options->server);
	if (cabin_access_init() != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "this machine gives no random numbers");
	int status = fill_token(&token, options);
	if (status != 0)
		return status;
	if (cabin_key_read_secret(&key, options->key, why) != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "%s", why);
	int size = cabin_token_sign(text, sizeof(text), &token, &key);
	cabin_key_forget(&key);
	if (size < 0)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  options->booth
					      ? "--booth %s is not an id (lower-case letters, digits and hyphens), or "
						"--name is not plain UTF-8 text"
					      : "--name is not plain UTF-8 text",
					  options->booth);
	if (options->server && !write_link(link, options->server, token.role, text))
		return cabin_ctl_complain(CABIN_CTL_USAGE, "--server is too long");
	bool has_link = options->server;
	if (options->json)
		return print_json(&token, text, has_link ? link : NULL);
	print_lines(&token, text, has_link ? link : NULL);
	return options->qr ? cabin_ctl_print_qr(has_link ? link : text) : CABIN_CTL_OK;
}

int cabin_ctl_token_show(const struct cabin_ctl_options *options)
{
	struct cabin_token token;
	const char *text = strstr(options->operands[0], "#t=");
	text = text ? text + 3 : options->operands[0];
	if (cabin_token_read(&token, text, strlen(text)) != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "this is no token of Cabin, nor a link with one");
	if (options->json)
		return print_json(&token, NULL, NULL);
	print_lines(&token, NULL, NULL);
	if (time(NULL) >= token.expires_unix_s)
		puts("It has expired.");
	return CABIN_CTL_OK;
}

int cabin_ctl_token_revoke(const struct cabin_ctl_options *options)
{
	struct cabin_token token;
	const char *id = options->operands[0], *text = strstr(id, "#t=");
	if (!options->list)
		return cabin_ctl_complain(CABIN_CTL_USAGE,
					  "--list is missing: the server's list of revoked tokens (access.revoked)");
	text = text ? text + 3 : id;
	if (cabin_token_read(&token, text, strlen(text)) == 0)
		id = token.id;
	int result = cabin_revoked_append(options->list, id, options->remark);
	if (result == CABIN_EINVAL)
		return cabin_ctl_complain(CABIN_CTL_USAGE, "'%s' is neither a token nor its id (16 hex digits)", id);
	if (result != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "%s cannot be written: %s", options->list, strerror(errno));
	printf("%s revoked in %s\n", id, options->list);
	return CABIN_CTL_OK;
}
