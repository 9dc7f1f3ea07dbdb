#include <stdlib.h>
#include <string.h>

#include "config/config_sections.h"

void cabin_config_read_event(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	struct cabin_draft_event event = {NULL, {NULL, NULL, NULL}};
	cabin_reader_section(reader, &cabin_schema_event, cabin_yaml_get(top, "event"), &event);
	config->event_id = event.id;
	config->event_name = event.name;
}

void cabin_config_read_server(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	struct cabin_config_server *server = &config->server;
	const struct cabin_yaml *node = cabin_yaml_get(top, "server");
	cabin_schema_set_defaults(&cabin_schema_server, server);
	cabin_reader_section(reader, &cabin_schema_server, node, server);

	const struct cabin_yaml *cert = cabin_yaml_get(node, "tls_cert"), *key = cabin_yaml_get(node, "tls_key");
	const struct cabin_yaml *listen_tls = cabin_yaml_get(node, "listen_tls");
	if (cert && !key)
		cabin_issues_add(reader->issues, cert->key->place,
				 "tls_cert stands without tls_key; add tls_key with the certificate's private key");
	if (key && !cert)
		cabin_issues_add(reader->issues, key->key->place,
				 "tls_key stands without tls_cert; add tls_cert with the key's certificate");
	if (listen_tls && !cert && !key)
		cabin_issues_add(reader->issues, listen_tls->key->place,
				 "listen_tls stands without a certificate; add tls_cert and tls_key");
	/* Else a listener would be closed before it may skip. */
	const struct cabin_yaml *close_after = cabin_yaml_get(node, "close_after_ms");
	if (close_after && server->close_after_ms < server->queue_limit_ms)
		cabin_issues_add(reader->issues, close_after->place,
				 "close_after_ms is less than queue_limit_ms; write at least %u",
				 server->queue_limit_ms);
	if (!server->data) {
		server->data = cabin_arena_format(reader->arena, "%s/cabin-data", reader->folder);
		reader->no_memory |= !server->data;
	}
	if (server->tls_cert && !server->listen_tls)
		server->listen_tls = "0.0.0.0:8443";
}

const struct cabin_text cabin_config_floor_name = {"Âm thanh hội trường", "Son de la salle", "Floor"};

bool cabin_config_language_name(const char *id, struct cabin_text *out)
{
	static const struct cabin_config_language known[] = {
	    {"vi", {"Tiếng Việt", "Vietnamien", "Vietnamese"}},
	    {"fr", {"Tiếng Pháp", "Français", "French"}},
	    {"en", {"Tiếng Anh", "Anglais", "English"}},
	    {"de", {"Tiếng Đức", "Allemand", "German"}},
	    {"es", {"Tiếng Tây Ban Nha", "Espagnol", "Spanish"}},
	    {"it", {"Tiếng Ý", "Italien", "Italian"}},
	    {"pt", {"Tiếng Bồ Đào Nha", "Portugais", "Portuguese"}},
	    {"ru", {"Tiếng Nga", "Russe", "Russian"}},
	    {"zh", {"Tiếng Trung", "Chinois", "Chinese"}},
	    {"ja", {"Tiếng Nhật", "Japonais", "Japanese"}},
	    {"ko", {"Tiếng Hàn", "Coréen", "Korean"}},
	    {"lo", {"Tiếng Lào", "Lao", "Lao"}},
	    {"km", {"Tiếng Khmer", "Khmer", "Khmer"}},
	    {"th", {"Tiếng Thái", "Thaï", "Thai"}},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].id, id) != 0)
			continue;
		*out = known[i].name;
		return true;
	}
	return false;
}

static void read_language(struct cabin_reader *reader, const struct cabin_yaml *item, struct cabin_config *config)
{
	struct cabin_config_language *language = &config->languages[config->language_count++];
	struct cabin_draft_language draft = {NULL, {NULL, NULL, NULL}};
	const struct cabin_yaml *id = item;
	if (item->kind == CABIN_YAML_SCALAR) {
		draft.id = cabin_arena_copy(reader->arena, item->text, strlen(item->text));
		reader->no_memory |= !draft.id;
	} else {
		cabin_reader_section(reader, &cabin_schema_language, item, &draft);
		id = cabin_yaml_get(item, "id");
	}
	language->id = draft.id;
	language->name = draft.name;
	if (!id || !draft.id)
		return;
	size_t size = strlen(draft.id);
	if (size < 2 || size > 3 || strspn(draft.id, "abcdefghijklmnopqrstuvwxyz") != size)
		cabin_issues_add(reader->issues, id->place,
				 "'%s' is not a language tag; write 2 or 3 lower-case letters, such as vi", draft.id);
	else if (!draft.name.en && !cabin_yaml_get(item, "name") &&
		 !cabin_config_language_name(draft.id, &language->name))
		cabin_issues_add(
		    reader->issues, id->place,
		    "the name of language '%s' is not built in; write {id: %s, name: {vi: …, fr: …, en: …}}", draft.id,
		    draft.id);
	for (uint16_t i = 0; i + 1 < config->language_count; i++)
		if (config->languages[i].id && strcmp(config->languages[i].id, draft.id) == 0)
			cabin_issues_add(reader->issues, id->place, "language '%s' is in the list already; remove one",
					 draft.id);
}

void cabin_config_read_languages(struct cabin_reader *reader, const struct cabin_yaml *top, struct cabin_config *config)
{
	const struct cabin_yaml *list = cabin_yaml_get(top, "languages");
	if (!cabin_reader_is_list(reader, list, "languages"))
		return;
	if (list->child_count < 1 || list->child_count > CABIN_LANGUAGES_MAX) {
		cabin_issues_add(reader->issues, list->place, "languages has %u items; write 1 to %d",
				 list->child_count, CABIN_LANGUAGES_MAX);
		return;
	}
	config->languages = cabin_reader_take(reader, list->child_count * sizeof(config->languages[0]));
	for (const struct cabin_yaml *item = list->children; item && config->languages; item = item->next)
		read_language(reader, item, config);
}
