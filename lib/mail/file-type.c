#include "mail/file-type.h"

#include <string.h>

const char *
pd_file_type (const char *name)
{
  static const struct {
    const char *end, *type;
  } types[] = {
    { ".txt", "text/plain" },
    { ".log", "text/plain" },
    { ".csv", "text/csv" },
    { ".htm", "text/html" },
    { ".html", "text/html" },
    { ".ics", "text/calendar" },
    { ".vcf", "text/vcard" },
    { ".xml", "application/xml" },
    { ".pdf", "application/pdf" },
    { ".rtf", "application/rtf" },
    { ".zip", "application/zip" },
    { ".eml", "message/rfc822" },
    { ".doc", "application/msword" },
    { ".xls", "application/vnd.ms-excel" },
    { ".ppt", "application/vnd.ms-powerpoint" },
    { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
    { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    { ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
    { ".odt", "application/vnd.oasis.opendocument.text" },
    { ".ods", "application/vnd.oasis.opendocument.spreadsheet" },
    { ".png", "image/png" },
    { ".gif", "image/gif" },
    { ".bmp", "image/bmp" },
    { ".jpg", "image/jpeg" },
    { ".jpeg", "image/jpeg" },
    { ".tif", "image/tiff" },
    { ".tiff", "image/tiff" },
  };
  const char *dot = strrchr (name, '.');

  for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (dot, types[i].end) == 0)
      return types[i].type;
  return "application/octet-stream";
}
