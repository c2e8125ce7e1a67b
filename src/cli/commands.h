/* commands.h - the functions behind the table of commands. */
#pragma once

#include "cli/cli.h"

#define PD_COMMAND(name) gboolean name (PdCli *cli, int argc, char **argv, GError **error)

PD_COMMAND (pd_command_init);
PD_COMMAND (pd_command_up);
PD_COMMAND (pd_command_sink);
PD_COMMAND (pd_command_config_check);
PD_COMMAND (pd_command_config_show);
PD_COMMAND (pd_command_migrate);
PD_COMMAND (pd_command_status);
PD_COMMAND (pd_command_unit_add);
PD_COMMAND (pd_command_unit_list);
PD_COMMAND (pd_command_unit_show);
PD_COMMAND (pd_command_unit_set);
PD_COMMAND (pd_command_person_add);
PD_COMMAND (pd_command_person_list);
PD_COMMAND (pd_command_person_show);
PD_COMMAND (pd_command_person_set);
PD_COMMAND (pd_command_ticket_list);
PD_COMMAND (pd_command_ticket_show);
PD_COMMAND (pd_command_ticket_create);
PD_COMMAND (pd_command_ticket_reply);
PD_COMMAND (pd_command_ticket_note);
PD_COMMAND (pd_command_ticket_take);
PD_COMMAND (pd_command_ticket_release);
PD_COMMAND (pd_command_ticket_done);
PD_COMMAND (pd_command_ticket_reopen);
PD_COMMAND (pd_command_deliver);
PD_COMMAND (pd_command_import_mbox);
PD_COMMAND (pd_command_import_maildir);
PD_COMMAND (pd_command_import_zenlix);
PD_COMMAND (pd_command_parse);
PD_COMMAND (pd_command_explain);
PD_COMMAND (pd_command_inbound_list);
PD_COMMAND (pd_command_inbound_show);
PD_COMMAND (pd_command_inbound_retry);
PD_COMMAND (pd_command_inbound_release);
PD_COMMAND (pd_command_inbound_drop);
PD_COMMAND (pd_command_outbox_list);
PD_COMMAND (pd_command_outbox_show);
PD_COMMAND (pd_command_outbox_retry);
PD_COMMAND (pd_command_outbox_hold);
PD_COMMAND (pd_command_outbox_cancel);
PD_COMMAND (pd_command_outbox_flush);
PD_COMMAND (pd_command_report_sla);
PD_COMMAND (pd_command_report_stats);
PD_COMMAND (pd_command_report_general);
PD_COMMAND (pd_command_report_person);
PD_COMMAND (pd_command_setting_list);
PD_COMMAND (pd_command_setting_show);
PD_COMMAND (pd_command_setting_set);
PD_COMMAND (pd_command_setting_reset);
PD_COMMAND (pd_command_trace);
