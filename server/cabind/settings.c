#include "cabind/settings.h"

#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int cabin_share_path(char *out, size_t out_size, const char *name)
{
	char binary[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", binary, sizeof(binary) - 1);
	if (size <= 0)
		return CABIN_EIO;
	binary[size] = '\0';
	int written = snprintf(out, out_size, "%s/../share/cabin/%s", dirname(binary), name);
	return written > 0 && (size_t)written < out_size ? 0 : CABIN_ETOOBIG;
}

/* The demo's agenda begins now, its floor may come from a device. */
static int apply_demo(struct cabin_config *config, const struct cabin_options *options)
{
	enum { HOUR_S = 3600 };
	tzset();
	time_t now = time(NULL);
	struct tm local;
	if (!localtime_r(&now, &local))
		return CABIN_EINVAL;
	/* Zones are not all whole hours from UTC: count from the local minute. */
	int64_t hour = (int64_t)now - local.tm_min * 60 - local.tm_sec;
	int result = cabin_config_move_agenda(config, hour);
	if (result != 0 || !options->device)
		return result;
	const struct cabin_config_device device = {
	    .api = options->api, .name = options->device, .jack_server = options->jack_server};
	return cabin_config_use_device(config, 0, &device);
}

static int apply_options(struct cabin_config *config, const struct cabin_options *options, FILE *errors)
{
	struct cabin_config_server *server = &config->server;
	if (options->listen)
		server->listen = options->listen;
	if (options->tls_cert) {
		server->tls_cert = options->tls_cert;
		server->tls_key = options->tls_key;
	}
	if (options->listen_tls)
		server->listen_tls = options->listen_tls;
	else if (server->tls_cert && !server->listen_tls)
		server->listen_tls = "0.0.0.0:8443";
	if (options->access_key)
		config->access.key = options->access_key;
	if (options->revoked)
		config->access.revoked = options->revoked;
	if (options->demo)
		server->data = NULL; /* beside the demo's file is no place to write */
	if (options->data)
		server->data = options->data;
	if (options->log_level)
		server->log_level = options->log_level;
	if (server->listen_tls && !server->tls_cert) {
		fputs("cabind: --listen-tls needs a certificate; give --tls-cert and --tls-key\n", errors);
		return CABIN_EINVAL;
	}
	if (options->tls_port_file && !server->listen_tls) {
		fputs("cabind: --tls-port-file goes with https; give --tls-cert and --tls-key\n", errors);
		return CABIN_EINVAL;
	}
	return 0;
}

int cabin_settings_load(struct cabin_config **out, const struct cabin_options *options, FILE *errors)
{
	char demo_path[PATH_MAX];
	const char *path = options->config;
	*out = NULL;
	if (options->demo) {
		int result = cabin_share_path(demo_path, sizeof(demo_path), "demo/demo.yaml");
		if (result != 0) {
			fputs("cabind: cannot tell its own folder; is /proc mounted?\n", errors);
			return result;
		}
		path = demo_path;
	}
	struct cabin_config *config;
	int result = cabin_config_load(&config, path, errors);
	if (result != 0)
		return result;
	result = options->demo ? apply_demo(config, options) : 0;
	if (result != 0)
		fprintf(errors, "cabind: cannot prepare the demo (%s)\n", cabin_error_name(result));
	else
		result = apply_options(config, options, errors);
	if (result != 0) {
		cabin_config_destroy(config);
		return result;
	}
	*out = config;
	return 0;
}
