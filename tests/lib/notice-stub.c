/* Instead of lib/desk/notice.c: nobody is told. */
#include "desk/notice.h"

gboolean
pd_notice_queue (PdDesk *desk, const PdNotice *notice, GError **error)
{
  return TRUE;
}
