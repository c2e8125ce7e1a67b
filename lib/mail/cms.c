#include "mail/cms.h"

#include <string.h>

/* identifier octets (X.690 8.1.2) */
#define TAG_INTEGER 0x02
#define TAG_OCTETS 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_OCTETS_JOINED 0x24 /* an octet string in pieces */
#define TAG_CONTEXT_0 0xA0
#define CONSTRUCTED 0x20

/* What is left to be read: of the object, or of the element that is in. */
typedef struct {
  const guint8 *at, *end;
  guint *budget; /* elements that may still be walked over */
} Reader;

typedef struct {
  guint8 tag;
  gboolean indefinite; /* ends with two zero octets */
  gsize length;        /* if it does not */
} Element;

static gboolean
read_length (Reader *reader, Element *element)
{
  guint8 first;

  if (reader->at == reader->end)
    return FALSE;
  first = *reader->at++;
  element->indefinite = first == 0x80;
  element->length = first & 0x7F;
  if (first <= 0x80)
    return TRUE;
  if (element->length > sizeof (guint32) || (gsize)(reader->end - reader->at) < element->length)
    return FALSE;
  element->length = 0;
  for (guint n = first & 0x7F; n > 0; n--)
    element->length = element->length << 8 | *reader->at++;
  return TRUE;
}

/* An identifier and a length.  A content that goes past the end is cut off:
 * a mail that broke on the way still shows what came.
 */
static gboolean
open_element (Reader *reader, Element *element)
{
  if (*reader->budget == 0 || reader->at == reader->end)
    return FALSE;
  --*reader->budget;
  element->tag = *reader->at++;
  /* no tag of CMS needs more than one octet */
  if ((element->tag & 0x1F) == 0x1F || !read_length (reader, element))
    return FALSE;
  if (element->indefinite && (element->tag & CONSTRUCTED) == 0)
    return FALSE;
  if (!element->indefinite)
    element->length = MIN (element->length, (gsize)(reader->end - reader->at));
  return TRUE;
}

static gboolean
at_end (const Reader *reader)
{
  return reader->at == reader->end
         || (reader->end - reader->at >= 2 && reader->at[0] == 0 && reader->at[1] == 0);
}

static gboolean
skip_content (Reader *reader, const Element *element, guint depth)
{
  if (!element->indefinite)
    {
      reader->at += element->length;
      return TRUE;
    }
  if (depth >= PD_CMS_MAX_DEPTH)
    return FALSE;
  while (!at_end (reader))
    {
      Element inner;

      if (!open_element (reader, &inner) || !skip_content (reader, &inner, depth + 1))
        return FALSE;
    }
  reader->at += MIN (2, reader->end - reader->at);
  return TRUE;
}

/* Enters an element that must have this tag. */
static gboolean
enter (Reader *reader, guint8 tag)
{
  Element element;

  if (!open_element (reader, &element) || element.tag != tag)
    return FALSE;
  if (!element.indefinite)
    reader->end = reader->at + element.length;
  return TRUE;
}

static gboolean
skip (Reader *reader, guint8 tag)
{
  Element element;

  return open_element (reader, &element) && element.tag == tag
         && skip_content (reader, &element, 0);
}

/* The octets of a string: one piece, or pieces of pieces. */
static gboolean
join (Reader *reader, const Element *element, guint depth, GByteArray *out)
{
  const guint8 *end = element->indefinite ? reader->end : reader->at + element->length;

  if (element->tag == TAG_OCTETS)
    {
      g_byte_array_append (out, reader->at, (guint)element->length);
      reader->at = end;
      return TRUE;
    }
  if (element->tag != TAG_OCTETS_JOINED || depth >= PD_CMS_MAX_DEPTH)
    return FALSE;
  while (element->indefinite ? !at_end (reader) : reader->at < end)
    {
      Reader piece = { reader->at, end, reader->budget };
      Element inner;

      if (!open_element (&piece, &inner) || !join (&piece, &inner, depth + 1, out))
        return FALSE;
      reader->at = piece.at;
    }
  if (element->indefinite)
    reader->at += MIN (2, reader->end - reader->at);
  return TRUE;
}

static PdCmsType
read_oid (Reader *reader)
{
  /* the octets behind the identifier and the length */
  static const struct {
    const char *octets;
    PdCmsType type;
  } types[] = {
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", PD_CMS_SIGNED },            /* 1.2.840.113549.1.7.2 */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", PD_CMS_ENCRYPTED },         /* enveloped-data */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x04", PD_CMS_ENCRYPTED },         /* of PKCS #7 1.5: both */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06", PD_CMS_ENCRYPTED },         /* encrypted-data */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17", PD_CMS_ENCRYPTED }, /* RFC 5083 */
    { "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09", PD_CMS_COMPRESSED }, /* RFC 3274 */
  };
  Element element;

  if (!open_element (reader, &element) || element.tag != TAG_OID)
    return PD_CMS_NONE;
  reader->at += element.length;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strlen (types[i].octets) == element.length
        && memcmp (reader->at - element.length, types[i].octets, element.length) == 0)
      return types[i].type;
  return PD_CMS_OTHER;
}

/* EncapsulatedContentInfo (RFC 5652 5.2); NULL: there is no content. */
static GByteArray *
read_content (Reader *reader)
{
  g_autoptr (GByteArray) content = NULL;
  Element element;

  if (!enter (reader, TAG_CONTEXT_0) || !enter (reader, TAG_SEQUENCE) || !skip (reader, TAG_INTEGER)
      || !skip (reader, TAG_SET) || !enter (reader, TAG_SEQUENCE)
      || read_oid (reader) == PD_CMS_NONE || at_end (reader) || !enter (reader, TAG_CONTEXT_0)
      || !open_element (reader, &element))
    return NULL;
  content = g_byte_array_new ();
  if (!join (reader, &element, 0, content))
    return NULL;
  return g_steal_pointer (&content);
}

PdCmsType
pd_cms_read (const guint8 *bytes, gsize size, GByteArray **out_content)
{
  guint budget = PD_CMS_MAX_PIECES;
  Reader reader = { bytes, bytes + size, &budget };
  g_autoptr (GByteArray) content = NULL;
  PdCmsType type;

  if (out_content != NULL)
    *out_content = NULL;
  if (size == 0 || !enter (&reader, TAG_SEQUENCE))
    return PD_CMS_NONE;
  type = read_oid (&reader);
  if (type != PD_CMS_SIGNED)
    return type;
  content = read_content (&reader);
  if (content == NULL)
    return PD_CMS_SIGNATURE;
  if (out_content != NULL)
    *out_content = g_steal_pointer (&content);
  return PD_CMS_SIGNED;
}
