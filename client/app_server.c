/* What the connection says, and what the model wants of server and sound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "client/app_internal.h"
#include "client/orders.h"
#include "client/settings.h"

enum { JOIN_AGAIN_MS = 2000, REPORT_MS = 1000, PACKET_MS = 20, BITRATE_BPS = 48000 };

static bool send_text(struct cabin_booth_app *app, const char *text, enum cabin_send_gate gate)
{
	return app->generation && cabin_connection_send(app->connection, app->generation, text, gate);
}

static void join(struct cabin_booth_app *app)
{
	char text[CABIN_SEND_TEXT_MAX_BYTES + 1];
	const struct cabin_join wanted = {
	    .token = app->options->token,
	    .name = app->model.settings.name,
	    .resume = app->seat_lost ? NULL : app->session.resume,
	    .seat = app->seat_lost	? 0
		    : app->session.seat ? app->session.seat
					: (uint8_t)app->options->seat,
	    .mic = app->model.microphone != CABIN_MICROPHONE_OFF,
	};
	app->join_again_ns = 0;
	if (cabin_order_join(text, sizeof(text), &wanted) > 0)
		(void)send_text(app, text, CABIN_SEND_GATE_CLOSE);
}

/* Sound leaves while the microphone or the echo is on; packets may be sent from `joined`
 * on. The gate is opened first, so that the first packet finds it open. */
static void open_uplink(struct cabin_booth_app *app, const char *text, bool on)
{
	bool may = on && app->session.joined;
	if (!may)
		cabin_uplink_send(app->uplink, false, app->session.ssrc, app->generation);
	(void)send_text(app, text, may ? CABIN_SEND_GATE_OPEN : CABIN_SEND_GATE_CLOSE);
	if (may)
		cabin_uplink_send(app->uplink, true, app->session.ssrc, app->generation);
}

static void joined(struct cabin_booth_app *app)
{
	const struct cabin_session *session = &app->session;
	uint32_t packet_ms = app->options->packet_ms ? app->options->packet_ms : session->packet_ms;
	app->seat_lost = false;
	app->refusal = (struct cabin_server_event){0};
	cabin_uplink_encode(app->uplink, packet_ms ? packet_ms : PACKET_MS,
			    session->bitrate_bps ? session->bitrate_bps : BITRATE_BPS, session->complexity);
	cabin_log(CABIN_LOG_INFO, "booth", "joined", "booth=%s seat=%u server=\"%s\"", session->booth_id, session->seat,
		  session->server);
	if (app->model.microphone != CABIN_MICROPHONE_OFF || app->model.echo)
		open_uplink(app, NULL, true);
}

static void refused(struct cabin_booth_app *app, const struct cabin_server_event *event)
{
	app->refusal = *event;
	/* The grace time is over and somebody else sits there: any seat, then. */
	if (strcmp(event->error.code, "seat-taken") == 0 && app->session.joins > 0)
		app->seat_lost = true;
	app->join_again_ns = cabin_console_now_ns(app) + JOIN_AGAIN_MS * CABIN_NS_PER_MS;
}

static void take_text(struct cabin_booth_app *app, const char *text, size_t size)
{
	struct cabin_server_event event;
	if (cabin_session_take(&app->session, &event, text, size)) {
		cabin_log(CABIN_LOG_WARN, "booth", "not-a-message", "bytes=%zu", size);
		return;
	}
	if (event.kind == CABIN_SERVER_WELCOME)
		join(app);
	if (event.kind == CABIN_SERVER_JOINED)
		joined(app);
	if (event.kind == CABIN_SERVER_ERROR && !app->session.joined)
		refused(app, &event);
	if (event.kind == CABIN_SERVER_ERROR)
		cabin_log(CABIN_LOG_INFO, "booth", "refused", "code=%s", event.error.code);
	/* The channels' names come by HTTP and have a call of their own. */
	if (event.kind != CABIN_SERVER_OTHER)
		cabin_model_server(&app->model, &event, cabin_console_now_ns(app));
}

static void lost(struct cabin_booth_app *app, const struct cabin_connection_event *event)
{
	app->generation = 0;
	app->join_again_ns = 0;
	cabin_uplink_send(app->uplink, false, 0, 0);
	cabin_session_lost(&app->session);
	cabin_log(CABIN_LOG_WARN, "booth", "connection-lost", "problem=%d close_code=%u again_ms=%u", event->problem,
		  event->close_code, event->again_ms);
	cabin_model_lost(&app->model, (enum cabin_connection_problem)event->problem, event->text, event->again_ms,
			 cabin_console_now_ns(app));
}

void cabin_console_events(struct cabin_booth_app *app)
{
	struct cabin_connection_event event;
	while (cabin_inbox_pop(app->events, &event) == 0) {
		const struct cabin_server_event other = {.kind = CABIN_SERVER_OTHER};
		switch ((enum cabin_connection_event_kind)event.kind) {
		case CABIN_CONNECTION_OPEN:
			app->generation = event.generation;
			cabin_model_connected(&app->model, cabin_console_now_ns(app));
			break;
		case CABIN_CONNECTION_TEXT:
			take_text(app, event.text, event.text_size);
			break;
		case CABIN_CONNECTION_EVENT:
			if (cabin_session_take_event(&app->session, event.text, event.text_size) == 0)
				cabin_model_server(&app->model, &other, cabin_console_now_ns(app));
			break;
		case CABIN_CONNECTION_LOST:
			lost(app, &event);
			break;
		}
		free(event.text);
		cabin_console_commands(app);
	}
}

void cabin_console_set_sound(struct cabin_booth_app *app)
{
	const struct cabin_sound_settings *settings = &app->model.settings.sound;
	const struct cabin_downlink_sound sound = {
	    .volume_db = (float)settings->volume_db,
	    .bass_db = (float)settings->bass_db,
	    .treble_db = (float)settings->treble_db,
	    .monitor_db = (float)settings->monitor_db,
	    .sensitivity_db = (float)settings->sensitivity_db_spl,
	    .test_tone = app->test_tone,
	};
	cabin_downlink_set(app->downlink, &sound);
}

static void save(struct cabin_booth_app *app)
{
	if (app->settings_path[0] && cabin_booth_settings_save(&app->model.settings, app->settings_path))
		cabin_log(CABIN_LOG_WARN, "booth", "settings-not-kept", "file=\"%s\" todo=\"make its folder writable\"",
			  app->settings_path);
}

static void do_command(struct cabin_booth_app *app, const struct cabin_command *command)
{
	char text[CABIN_SEND_TEXT_MAX_BYTES + 1] = "";
	int size = cabin_order_command(text, sizeof(text), command);
	if (size < 0) {
		cabin_log(CABIN_LOG_WARN, "booth", "command-too-long", "kind=%d", (int)command->kind);
		return;
	}
	switch (command->kind) {
	case CABIN_COMMAND_MIC:
		open_uplink(app, text, command->on);
		return;
	case CABIN_COMMAND_ECHO:
		cabin_downlink_select(app->downlink, CABIN_DOWNLINK_ECHO, command->on ? app->session.ssrc : 0, true);
		open_uplink(app, text, command->on);
		return;
	case CABIN_COMMAND_COUGH:
		cabin_uplink_cough(app->uplink, command->on);
		break;
	case CABIN_COMMAND_LISTEN:
		cabin_downlink_select(app->downlink, CABIN_DOWNLINK_SOURCE, command->channel, true);
		break;
	case CABIN_COMMAND_MONITOR:
		cabin_downlink_select(app->downlink, CABIN_DOWNLINK_MONITOR, command->channel, true);
		break;
	case CABIN_COMMAND_TEST_TONE:
		app->test_tone = command->on;
		cabin_console_set_sound(app);
		break;
	case CABIN_COMMAND_SOUND:
		cabin_console_set_sound(app);
		break;
	case CABIN_COMMAND_SAVE:
		save(app);
		break;
	case CABIN_COMMAND_BELL:
		if (app->terminal)
			cabin_terminal_bell(app->terminal);
		break;
	case CABIN_COMMAND_QUIT:
		app->quits = true;
		break;
	default:
		break;
	}
	if (size > 0)
		(void)send_text(app, text, CABIN_SEND_GATE_KEEP);
}

void cabin_console_commands(struct cabin_booth_app *app)
{
	struct cabin_command command;
	while (cabin_model_command(&app->model, &command))
		do_command(app, &command);
}

static double limited(double value, double most)
{
	return value < 0 || !isfinite(value) ? 0 : value > most ? most : value;
}

/* As any listener's: docs/protocol.md, section 7. */
static void report(struct cabin_booth_app *app, const struct cabin_downlink_figures *down)
{
	char text[CABIN_SEND_TEXT_MAX_BYTES], delay[32] = "null", round_trip[32] = "null";
	double round_trip_ms = cabin_clock_sync_round_trip_ms(cabin_connection_clock(app->connection));
	if (!app->session.joined || app->model.source == 0)
		return;
	if (down->delay_ms >= 0)
		snprintf(delay, sizeof(delay), "%.1f", limited(down->delay_ms, 600000));
	if (round_trip_ms >= 0)
		snprintf(round_trip, sizeof(round_trip), "%.2f", limited(round_trip_ms, 600000));
	snprintf(text, sizeof(text),
		 "{\"type\":\"report\",\"channel\":%u,\"state\":\"%s\",\"buffer_ms\":%.1f,\"target_ms\":%.1f,"
		 "\"late_ms\":%.1f,\"concealed_ms\":%.1f,\"underruns\":%u,\"mouth_to_ear_ms\":%s,\"round_trip_ms\":%s,"
		 "\"hidden\":false,\"fallback\":\"native\"}",
		 app->model.source,
		 !down->started	 ? "starting"
		 : down->stalled ? "stalled"
				 : "live",
		 limited((double)down->buffer_ms, 600000), limited((double)down->target_ms, 600000),
		 limited((double)down->late_ms, 600000), limited((double)down->concealed_ms, 600000),
		 down->underruns < 10000 ? down->underruns : 10000, delay, round_trip);
	(void)send_text(app, text, CABIN_SEND_GATE_KEEP);
}

static void gather_facts(struct cabin_booth_app *app, const struct cabin_downlink_figures *down,
			 struct cabin_facts *facts)
{
	struct cabin_uplink_figures up;
	struct cabin_player_figures player;
	struct cabin_connection_figures connection;
	const struct cabin_clock_sync *sync = cabin_connection_clock(app->connection);
	cabin_uplink_figures(app->uplink, &up);
	cabin_player_figures(app->player, &player);
	cabin_connection_figures(app->connection, &connection);
	const struct cabin_protection_meter *meter = &down->protection;
	float reduction_db = meter->ceiling_reduction_db + meter->sustained_reduction_db + meter->average_reduction_db;
	/* Of a sine whose peak is that sample. */
	double full_scale_db = meter->calibrated ? (double)meter->sensitivity_db : 0;
	*facts = (struct cabin_facts){
	    .microphone_open = up.open,
	    .headset_open = player.open,
	    .sends = app->model.microphone != CABIN_MICROPHONE_OFF,
	    .voice = up.verdict,
	    .own_dbfs = up.rms_dbfs,
	    .own_peak_dbfs = up.peak_dbfs,
	    .floor_dbfs = down->source_dbfs,
	    .protection_on = true,
	    .protection_calibrated = meter->calibrated,
	    .protection_ceiling = (float)(full_scale_db + (double)meter->ceiling_dbfs),
	    .protection_reduction_db = reduction_db,
	    .protection_warning = meter->warning,
	    .delay_ms = down->delay_ms,
	    .round_trip_ms = cabin_clock_sync_round_trip_ms(sync),
	    .lost_percent = (double)down->lost_percent,
	    .dropped = connection.packets_old + connection.packets_refused,
	};
	(void)cabin_clock_sync_server_us(sync, cabin_console_now_ns(app), &facts->server_us);
}

void cabin_console_tick(struct cabin_booth_app *app)
{
	struct cabin_facts facts;
	struct cabin_downlink_figures down;
	uint64_t now_ns = cabin_console_now_ns(app);
	cabin_downlink_figures(app->downlink, &down);
	gather_facts(app, &down, &facts);
	cabin_model_tick(&app->model, &facts, now_ns);
	if (app->join_again_ns && now_ns >= app->join_again_ns && app->generation && !app->session.joined)
		join(app);
	if (now_ns >= app->report_ns) {
		app->report_ns = now_ns + REPORT_MS * CABIN_NS_PER_MS;
		report(app, &down);
	}
	cabin_console_commands(app);
}
