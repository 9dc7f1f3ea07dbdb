/* Shared by console_model.c (state, server, time, view) and console_keys.c (what keys
 * do). Nobody else includes it. */
#ifndef CABIN_CLIENT_CONSOLE_MODEL_INTERNAL_H
#define CABIN_CLIENT_CONSOLE_MODEL_INTERNAL_H

#include "client/console_model.h"

/* Appends a command, its other fields zero (canned −1). */
struct cabin_command *cabin_model_do(struct cabin_console_model *model, enum cabin_command_kind kind);
void cabin_model_say(struct cabin_console_model *model, enum cabin_said said, const char *text);
void cabin_model_unsay(struct cabin_console_model *model);
void cabin_model_microphone_on(struct cabin_console_model *model, bool take);
void cabin_model_microphone_off(struct cabin_console_model *model);
void cabin_model_cough_end(struct cabin_console_model *model);
void cabin_model_test_tone(struct cabin_console_model *model, bool on);
void cabin_model_echo(struct cabin_console_model *model, bool on);
void cabin_model_stop_preflight_sounds(struct cabin_console_model *model);
void cabin_model_listen(struct cabin_console_model *model, const struct cabin_event_channel *channel);
void cabin_model_listen_again(struct cabin_console_model *model);
void cabin_model_follow_monitor(struct cabin_console_model *model);

#endif
