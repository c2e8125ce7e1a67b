#include "net/lmtp-delivery.h"

#include <pthread.h>
#include <unistd.h>

struct PdLmtpBox {
  pthread_mutex_t lock;
  int references; /* the server and each delivery */
  gboolean closed;
  gboolean asleep;
  int wake;
  PdLmtpDelivery *first;
  PdLmtpDelivery *last;
};

static void
box_unref (PdLmtpBox *box)
{
  if (!g_atomic_int_dec_and_test (&box->references))
    return;
  pthread_mutex_destroy (&box->lock);
  g_free (box);
}

PdLmtpBox *
pd_lmtp_box_new (int wake)
{
  PdLmtpBox *box = g_new0 (PdLmtpBox, 1);

  pthread_mutex_init (&box->lock, NULL);
  box->references = 1;
  box->wake = wake;
  return box;
}

PdLmtpDelivery *
pd_lmtp_box_take (PdLmtpBox *box, gboolean will_sleep)
{
  PdLmtpDelivery *first;

  pthread_mutex_lock (&box->lock);
  first = box->first;
  box->first = box->last = NULL;
  box->asleep = will_sleep && first == NULL;
  pthread_mutex_unlock (&box->lock);
  return first;
}

void
pd_lmtp_box_close (PdLmtpBox *box)
{
  PdLmtpDelivery *delivery;

  pthread_mutex_lock (&box->lock);
  box->closed = TRUE;
  pthread_mutex_unlock (&box->lock);
  delivery = pd_lmtp_box_take (box, FALSE);
  while (delivery != NULL)
    {
      PdLmtpDelivery *next = delivery->next;

      pd_lmtp_delivery_free (delivery);
      delivery = next;
    }
  box_unref (box);
}

/* Returns FALSE if nobody waits for it any more. */
static gboolean
box_put (PdLmtpBox *box, PdLmtpDelivery *delivery)
{
  gboolean open;

  pthread_mutex_lock (&box->lock);
  open = !box->closed;
  if (open)
    {
      if (box->last != NULL)
        box->last->next = delivery;
      else
        box->first = delivery;
      box->last = delivery;
    }
  /* under the lock: the server closes the eventfd only after closing the box */
  if (open && box->asleep && write (box->wake, &(guint64){ 1 }, sizeof (guint64)) > 0)
    box->asleep = FALSE;
  pthread_mutex_unlock (&box->lock);
  return open;
}

PdLmtpDelivery *
pd_lmtp_delivery_new (PdLmtpBox *box, guint64 connection, PdEnvelope *envelope)
{
  PdLmtpDelivery *delivery = g_new0 (PdLmtpDelivery, 1);

  delivery->envelope = envelope;
  delivery->n_recipients = envelope->n_recipients;
  delivery->size = pd_spill_size (envelope->data);
  delivery->connection = connection;
  delivery->box = box;
  g_atomic_int_inc (&box->references);
  return delivery;
}

void
pd_lmtp_delivery_free (PdLmtpDelivery *delivery)
{
  g_clear_pointer (&delivery->envelope, pd_envelope_free);
  for (guint i = 0; delivery->errors != NULL && i < delivery->n_recipients; i++)
    g_clear_error (&delivery->errors[i]);
  g_free (delivery->errors);
  g_free (delivery->ok_text);
  box_unref (delivery->box);
  g_free (delivery);
}

PdEnvelope *
pd_lmtp_delivery_get_envelope (PdLmtpDelivery *delivery)
{
  return delivery->envelope;
}

PdEnvelope *
pd_lmtp_delivery_take_envelope (PdLmtpDelivery *delivery)
{
  return g_steal_pointer (&delivery->envelope);
}

void
pd_lmtp_delivery_answer (PdLmtpDelivery *delivery, const GError *const *errors, const char *ok_text)
{
  if (errors != NULL)
    delivery->errors = g_new0 (GError *, delivery->n_recipients);
  for (guint i = 0; errors != NULL && i < delivery->n_recipients; i++)
    if (errors[i] != NULL)
      delivery->errors[i] = g_error_copy (errors[i]);
  delivery->ok_text = g_strdup (ok_text);
  /* the bytes are not needed any more, and the server may be busy */
  g_clear_pointer (&delivery->envelope, pd_envelope_free);
  if (!box_put (delivery->box, delivery))
    pd_lmtp_delivery_free (delivery);
}

void
pd_lmtp_delivery_drop (PdLmtpDelivery *delivery)
{
  delivery->drop = TRUE;
  pd_lmtp_delivery_answer (delivery, NULL, "");
}
