/* reply.c - what of a text the sender wrote now. */
#include "mail/mail-reader.h"

void
pd_reader_reply (PdReader *reader)
{
  g_free (reader->mail->visible);
  reader->mail->visible = g_strdup (reader->mail->text);
}
