/* fuzz-cms.c - any bytes are a CMS object or none; content is never larger than
 * they are.
 */
#include "mail/cms.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GByteArray) content = NULL;
  GByteArray *out;
  PdCmsType type = pd_cms_read (data, size, &out);

  content = out;
  g_assert_cmpint (type == PD_CMS_SIGNED, ==, content != NULL);
  g_assert_true (content == NULL || content->len <= size);
  return 0;
}
