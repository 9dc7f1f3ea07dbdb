#include "config/config_yaml.h"

#include <libfyaml.h>
#include <string.h>

#include "base/utf8.h"

/* What is being built:  events ─▶ [stack of open lists and maps] ─▶ tree */
struct builder {
	struct cabin_arena *arena;
	struct cabin_issues *issues;
	struct cabin_yaml *root;
	struct cabin_yaml *open[CABIN_YAML_DEPTH_MAX];
	struct cabin_yaml *pending_key[CABIN_YAML_DEPTH_MAX]; /* a map's key that waits for its value */
	uint32_t depth;
	uint32_t node_count;
	uint32_t document_count;
};

enum step { STEP_ON, STEP_STOP, STEP_NO_MEMORY };

static struct cabin_place place_of(const struct fy_mark *mark, struct cabin_place otherwise)
{
	if (!mark)
		return otherwise;
	return (struct cabin_place){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static struct cabin_place here(const struct builder *builder)
{
	if (builder->depth == 0)
		return (struct cabin_place){1, 1};
	const struct cabin_yaml *key = builder->pending_key[builder->depth - 1];
	const struct cabin_yaml *open = builder->open[builder->depth - 1];
	CABIN_ASSERT(key || open);
	return key ? key->place : open->place;
}

static enum step stop(struct builder *builder, struct cabin_place place, const char *what)
{
	cabin_issues_add(builder->issues, place, "%s", what);
	return STEP_STOP;
}

static void check_key(struct builder *builder, const struct cabin_yaml *map, const struct cabin_yaml *key)
{
	for (const struct cabin_yaml *child = map->children; child; child = child->next) {
		if (strcmp(child->key->text, key->text) != 0)
			continue;
		cabin_issues_add(builder->issues, key->place,
				 "key '%s' is here a second time, the first is in line %u; keep one of them", key->text,
				 child->key->place.line);
		return;
	}
}

/* Hangs `node` into the innermost open list or map, or makes it the root. */
static enum step attach(struct builder *builder, struct cabin_yaml *node)
{
	if (builder->depth == 0) {
		builder->root = node;
		return STEP_ON;
	}
	struct cabin_yaml *parent = builder->open[builder->depth - 1];
	struct cabin_yaml **pending_key = &builder->pending_key[builder->depth - 1];
	if (parent->kind == CABIN_YAML_MAP && !*pending_key) {
		if (node->kind != CABIN_YAML_SCALAR)
			return stop(builder, node->place, "a key is a list or a map; write a word as the key");
		if (parent->child_count >= CABIN_YAML_KEYS_MAX)
			return stop(builder, node->place, "more than 512 keys in one map; make it smaller");
		check_key(builder, parent, node);
		*pending_key = node;
		return STEP_ON;
	}
	node->key = *pending_key;
	*pending_key = NULL;
	if (parent->last_child)
		parent->last_child->next = node;
	else
		parent->children = node;
	parent->last_child = node;
	parent->child_count++;
	return STEP_ON;
}

static struct cabin_yaml *node_new(struct builder *builder, enum cabin_yaml_kind kind, const struct fy_mark *mark)
{
	struct cabin_yaml *node = cabin_arena_take(builder->arena, sizeof(*node));
	if (!node)
		return NULL;
	node->kind = kind;
	node->place = place_of(mark, here(builder));
	builder->node_count++;
	return node;
}

static enum step open_collection(struct builder *builder, enum cabin_yaml_kind kind, const struct fy_mark *mark)
{
	if (builder->depth == CABIN_YAML_DEPTH_MAX)
		return stop(builder, place_of(mark, here(builder)),
			    "lists and maps are nested more than 16 deep; no key needs that");
	struct cabin_yaml *node = node_new(builder, kind, mark);
	if (!node)
		return STEP_NO_MEMORY;
	enum step step = attach(builder, node);
	if (step != STEP_ON)
		return step;
	builder->open[builder->depth] = node;
	builder->pending_key[builder->depth] = NULL;
	builder->depth++;
	return STEP_ON;
}

static void check_text(struct builder *builder, struct cabin_yaml *node, const char *text, size_t size)
{
	size_t bad;
	if (!cabin_utf8_valid(text, size, &bad)) {
		cabin_issues_add(builder->issues, node->place,
				 "text is not UTF-8 after its escapes; write the letters themselves");
		node->text = "";
		return;
	}
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F)
			continue;
		cabin_issues_add(builder->issues, node->place,
				 "text holds a line break or a control character; write it in one line");
		node->text = "";
		return;
	}
}

static enum step add_scalar(struct builder *builder, struct fy_event *event)
{
	struct cabin_yaml *node = node_new(builder, CABIN_YAML_SCALAR, fy_event_start_mark(event));
	if (!node)
		return STEP_NO_MEMORY;
	size_t size = 0;
	const char *text = event->scalar.value ? fy_token_get_text(event->scalar.value, &size) : NULL;
	enum fy_node_style style = fy_event_get_node_style(event);
	node->plain = style == FYNS_PLAIN || style == FYNS_ANY;
	/* libfyaml's mark is behind the opening quote. */
	if ((style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED) && node->place.column > 1)
		node->place.column--;
	/* A block scalar (| or >) ends with a line break that nobody means. */
	while (size > 0 && text[size - 1] == '\n' && (style == FYNS_LITERAL || style == FYNS_FOLDED))
		size--;
	node->text = cabin_arena_copy(builder->arena, text ? text : "", size);
	if (!node->text)
		return STEP_NO_MEMORY;
	check_text(builder, node, node->text, size);
	return attach(builder, node);
}

static bool has_anchor_or_tag(const struct fy_event *event)
{
	switch (event->type) {
	case FYET_SCALAR:
		return event->scalar.anchor || event->scalar.tag;
	case FYET_SEQUENCE_START:
		return event->sequence_start.anchor || event->sequence_start.tag;
	case FYET_MAPPING_START:
		return event->mapping_start.anchor || event->mapping_start.tag;
	default:
		return false;
	}
}

static enum step take_event(struct builder *builder, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	if (builder->node_count >= CABIN_YAML_NODES_MAX)
		return stop(builder, place_of(mark, here(builder)), "more than 65,536 values; make the file smaller");
	if (has_anchor_or_tag(event) || event->type == FYET_ALIAS)
		return stop(builder, place_of(mark, here(builder)),
			    "anchors (&), aliases (*) and tags (!) are not used here; write the value itself");
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (builder->document_count++ > 0)
			return stop(builder, place_of(mark, here(builder)),
				    "a second document begins here; keep one document in the file");
		return STEP_ON;
	case FYET_SCALAR:
		return add_scalar(builder, event);
	case FYET_SEQUENCE_START:
		return open_collection(builder, CABIN_YAML_LIST, mark);
	case FYET_MAPPING_START:
		return open_collection(builder, CABIN_YAML_MAP, mark);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		builder->depth--;
		return STEP_ON;
	default:
		return STEP_ON;
	}
}

static bool add_parser_errors(struct cabin_issues *issues, struct fy_diag *diag)
{
	void *position = NULL;
	struct fy_diag_error *error;
	bool any = false;
	while ((error = fy_diag_errors_iterate(diag, &position))) {
		if (error->type != FYET_ERROR)
			continue;
		struct cabin_place place = {1, 1};
		if (error->line > 0 && error->column > 0)
			place = (struct cabin_place){(uint32_t)error->line, (uint32_t)error->column};
		cabin_issues_add(issues, place, "not YAML: %s; correct indentation, quotes and brackets around here",
				 error->msg);
		any = true;
	}
	return any;
}

/* True when the text may be handed to the parser. */
static bool check_bytes(struct cabin_issues *issues, const char *text, size_t size)
{
	const struct cabin_place whole = {0, 0};
	if (size > CABIN_YAML_MAX_BYTES) {
		cabin_issues_add(issues, whole, "larger than 1 MiB; this is not a configuration of Cabin");
		return false;
	}
	size_t bad = 0;
	bool valid = cabin_utf8_valid(text, size, &bad);
	const char *control = NULL;
	if (valid) {
		for (const char *c = text; c < text + size && !control; c++)
			if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\r' && *c != '\t') || *c == 0x7F)
				control = c;
		if (!control)
			return true;
		bad = (size_t)(control - text);
	}
	struct cabin_place place = {1, 1};
	for (size_t i = 0; i < bad; i++) {
		place.column += ((unsigned char)text[i] & 0xC0) != 0x80;
		if (text[i] == '\n')
			place = (struct cabin_place){place.line + 1, 1};
	}
	cabin_issues_add(issues, place,
			 valid ? "a control character; remove it" : "not UTF-8; save the file with the encoding UTF-8");
	return false;
}

int cabin_yaml_read(struct cabin_yaml **out, struct cabin_arena *arena, const char *text, size_t size,
		    struct cabin_issues *issues)
{
	*out = NULL;
	if (!check_bytes(issues, text, size))
		return 0;

	struct builder builder = {.arena = arena, .issues = issues};
	int result = CABIN_ENOMEM;
	struct fy_parser *parser = NULL;
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	if (!diag)
		return CABIN_ENOMEM;
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE, .diag = diag};
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, text, size) != 0)
		goto out;

	enum step step = STEP_ON;
	struct fy_event *event;
	while (step == STEP_ON && (event = fy_parser_parse(parser))) {
		step = take_event(&builder, event);
		fy_parser_event_free(parser, event);
	}
	if (step == STEP_NO_MEMORY)
		goto out;
	result = 0;
	/* Half a tree would only add errors that are none. */
	if (!add_parser_errors(issues, diag) && step == STEP_ON)
		*out = builder.root;
out:
	fy_parser_destroy(parser);
	/* Not fy_diag_unref: that leaves the collected errors in memory. */
	fy_diag_destroy(diag);
	return result;
}

struct cabin_yaml *cabin_yaml_get(const struct cabin_yaml *map, const char *key)
{
	if (!map || map->kind != CABIN_YAML_MAP)
		return NULL;
	for (struct cabin_yaml *child = map->children; child; child = child->next)
		if (strcmp(child->key->text, key) == 0)
			return child;
	return NULL;
}

bool cabin_yaml_is_null(const struct cabin_yaml *node)
{
	return node->kind == CABIN_YAML_SCALAR && node->plain &&
	       (node->text[0] == '\0' || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}
