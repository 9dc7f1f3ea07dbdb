#include "wire/desk_write.h"

#include "wire/json_writer.h"

int cabin_desk_write_joined_observer(char *out, size_t out_size)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};
	cabin_json_put(&to, "{\"type\":\"joined\",\"role\":\"observer\"}");
	return cabin_json_end(&to);
}

int cabin_desk_write_event(char *out, size_t out_size, const char *revision)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};
	cabin_json_put_string(&to, "{\"type\":\"event\",\"revision\":", revision);
	cabin_json_put(&to, "}");
	return cabin_json_end(&to);
}

int cabin_desk_write_talkback(char *out, size_t out_size, bool on, uint16_t channel)
{
	struct cabin_json_writer to = {.out = out, .size = out_size};
	cabin_json_put_bool(&to, "{\"type\":\"talkback\",\"on\":", on);
	cabin_json_put_whole(&to, ",\"channel\":", channel);
	cabin_json_put(&to, ",\"name\":null}");
	return cabin_json_end(&to);
}
