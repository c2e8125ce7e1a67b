/* mapi.h - a list of MAPI properties as TNEF carries it (MS-OXTNEF 2.1.3.4);
 * not installed.
 */
#pragma once

#include <glib.h>

#define PD_MAPI_MAX_PROPERTIES 5000 /* in one list */

/* Property types (MS-OXCDATA 2.11.1) that readers here ask for. */
#define PD_MAPI_LONG    0x0003
#define PD_MAPI_BOOLEAN 0x000B
#define PD_MAPI_OBJECT  0x000D
#define PD_MAPI_STRING8 0x001E /* in the message's code page */
#define PD_MAPI_UNICODE 0x001F /* UTF-16, little end first */
#define PD_MAPI_SYSTIME 0x0040
#define PD_MAPI_BINARY  0x0102

typedef struct {
  guint16 id;          /* 0x8000 and above: named, see guid and number */
  guint16 type;        /* without the flag of many values */
  const guint8 *guid;  /* 16 octets; NULL unless named */
  guint32 number;      /* of a property named by a number; else 0 */
  const guint8 *value; /* of many values the first; lent by the list */
  gsize length;
} PdMapiProperty;

typedef void (*PdMapiSink) (gpointer              data,
                            const PdMapiProperty *property);

/* Tells `sink` each property in order.
 *
 * Returns   FALSE if the list breaks off or has more than
 *           PD_MAPI_MAX_PROPERTIES; what came before has been told
 */
gboolean  pd_mapi_walk    (const guint8         *bytes,
                           gsize                 length,
                           PdMapiSink            sink,
                           gpointer              data);

/* The value as a number; 0 if it is none. */
guint32   pd_mapi_number  (const PdMapiProperty *property);
