#include "desk/notice-choice.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "desk/notice.h"

static const char *const channels[] = {
  [PD_CHANNEL_MAIL] = "mail",
  [PD_CHANNEL_WEB] = "web",
  [PD_CHANNEL_PUSH] = "push",
  [PD_CHANNEL_SMS] = "sms",
};

/* Mails that are no event of a ticket, and that one can do without. */
static const char *const others[] = { "client-request", "digest", "mailing" };

const char *
pd_channel_name (PdNoticeChannel channel)
{
  g_return_val_if_fail ((gsize)channel < G_N_ELEMENTS (channels), "");
  return channels[channel];
}

static gboolean
find_channel (const char *name, PdNoticeChannel *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (channels); i++)
    if (strcmp (channels[i], name) == 0)
      {
        *out = (PdNoticeChannel)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
pd_channel_parse (const char *name, PdNoticeChannel *out, GError **error)
{
  return find_channel (name, out)
         || pd_fail (error, PD_ERROR_INVALID,
                     "there is no channel \"%s\"; it is mail, web, push or sms", name);
}

void
pd_notice_choice_take (PdNoticeChoice *choice, const char *event, const char *channel,
                       gboolean wanted)
{
  PdNoticeChannel which;

  if (!find_channel (channel, &which))
    return;
  if (event[0] == '\0')
    choice->all_off |= wanted ? 0 : 1U << which;
  else
    {
      choice->one_set |= 1U << which;
      choice->one_off |= wanted ? 0 : 1U << which;
    }
}

gboolean
pd_notice_choice_wants (const PdNoticeChoice *choice, PdNoticeChannel channel)
{
  guint bit = 1U << channel;

  return ((choice->one_set & bit) != 0 ? choice->one_off & bit : choice->all_off & bit) == 0;
}

const char *const *
pd_notice_choice_events (void)
{
  static const char *names[PD_N_NOTICES + G_N_ELEMENTS (others) + 1];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (int i = 0; i < PD_N_NOTICES; i++)
        names[i] = pd_notice_event_name ((PdNoticeEvent)i);
      for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
        names[PD_N_NOTICES + i] = others[i];
      g_once_init_leave (&ready, 1);
    }
  return names;
}

gboolean
pd_notice_choice_check (const char *event, GError **error)
{
  PdNearest nearest = PD_NEAREST (event);
  g_autofree char *all = NULL;

  if (event[0] == '\0' || g_strv_contains (pd_notice_choice_events (), event))
    return TRUE;
  for (const char *const *name = pd_notice_choice_events (); *name != NULL; name++)
    pd_nearest_offer (&nearest, *name);
  if (nearest.best != NULL)
    return pd_fail (error, PD_ERROR_INVALID,
                    "there is no choice for the event \"%s\"; did you mean \"%s\"?", event,
                    nearest.best);
  all = g_strjoinv (", ", (char **)pd_notice_choice_events ());
  return pd_fail (error, PD_ERROR_INVALID, "there is no choice for the event \"%s\"; events are %s",
                  event, all);
}

gboolean
pd_notice_choice_set (PdDesk *desk, gint64 person, const char *event, PdNoticeChannel channel,
                      gboolean wanted, GError **error)
{
  return pd_notice_choice_check (event, error)
         && pd_db_exec (desk->db, PD_SQL_NOTICE_CHOICE_SET,
                        PD_BIND (PD_INT (person), PD_TEXT (event),
                                 PD_TEXT (pd_channel_name (channel)), PD_INT (wanted ? 1 : 0)),
                        NULL, error);
}

gboolean
pd_notice_choice_drop (PdDesk *desk, gint64 person, const char *event, PdNoticeChannel channel,
                       GError **error)
{
  return pd_notice_choice_check (event, error)
         && pd_db_exec (
             desk->db, PD_SQL_NOTICE_CHOICE_DROP,
             PD_BIND (PD_INT (person), PD_TEXT (event), PD_TEXT (pd_channel_name (channel))), NULL,
             error);
}

static void
stored_free (gpointer data)
{
  PdStoredChoice *stored = data;

  g_free (stored->event);
  g_free (stored);
}

GPtrArray *
pd_notice_choice_list (PdDesk *desk, gint64 person, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (stored_free);
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_NOTICE_CHOICE_LIST, PD_BIND (PD_INT (person)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      PdNoticeChannel channel;
      PdStoredChoice *stored;

      if (!find_channel (pd_rows_text (rows, 1), &channel))
        continue;
      stored = g_new0 (PdStoredChoice, 1);
      stored->event = g_strdup (pd_rows_text (rows, 0));
      stored->channel = channel;
      stored->wanted = pd_rows_int (rows, 2) != 0;
      g_ptr_array_add (list, stored);
    }
  return got == 0 ? g_steal_pointer (&list) : NULL;
}
