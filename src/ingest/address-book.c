#include "ingest/address-book.h"

#include <pthread.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"
#include "desk/person.h"
#include "desk/unit.h"

#define PERIOD 5   /* seconds between readings; also the bound after an unknown address */
#define ASK_WAIT 1 /* seconds: an unknown address triggers a reading at most so often */

struct PdAddressBook {
  PdProgram *program;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake, read;
  GHashTable *addresses; /* NULL: not read yet */
  gboolean tried;        /* the first reading is over */
  gboolean asked, stopping;
};

/* the reader's own connection; opened again after an error */
static GHashTable *
read_addresses (PdAddressBook *book, PdDesk **desk, GError **error)
{
  GHashTable *addresses;

  if (*desk == NULL)
    *desk = pd_program_open_desk (book->program, error);
  if (*desk == NULL)
    return NULL;
  addresses = pd_unit_address_set (*desk, error);
  if (addresses == NULL)
    g_clear_pointer (desk, pd_desk_free);
  return addresses;
}

static void
use (PdAddressBook *book, GHashTable *addresses)
{
  GHashTable *old;

  pthread_mutex_lock (&book->lock);
  old = book->addresses;
  book->addresses = addresses;
  pthread_mutex_unlock (&book->lock);
  if (old != NULL)
    g_hash_table_unref (old);
}

static void
note_tried (PdAddressBook *book)
{
  pthread_mutex_lock (&book->lock);
  book->tried = TRUE;
  pthread_cond_signal (&book->read);
  pthread_mutex_unlock (&book->lock);
}

/* sleeps until it is time, somebody asks, or the end; FALSE at the end */
static gboolean
wait_for_work (PdAddressBook *book)
{
  struct timespec soon, later;
  gboolean goes_on;

  clock_gettime (CLOCK_MONOTONIC, &soon);
  later = soon;
  soon.tv_sec += ASK_WAIT;
  later.tv_sec += PERIOD;
  pthread_mutex_lock (&book->lock);
  while (!book->stopping
         && pthread_cond_timedwait (&book->wake, &book->lock, book->asked ? &soon : &later) == 0)
    ;
  book->asked = FALSE;
  goes_on = !book->stopping;
  pthread_mutex_unlock (&book->lock);
  return goes_on;
}

static void *
run (void *data)
{
  PdAddressBook *book = data;
  PdDesk *desk = NULL;
  gboolean failing = FALSE;

  do
    {
      g_autoptr (GError) error = NULL;
      GHashTable *addresses = read_addresses (book, &desk, &error);

      if (addresses != NULL)
        use (book, addresses);
      else if (!failing) /* once, not every five seconds */
        pd_log (PD_LOG_WARNING, 0, "failed", "what", "reading the units' addresses", "error",
                error->message, NULL);
      failing = addresses == NULL;
      note_tried (book);
    }
  while (wait_for_work (book));
  g_clear_pointer (&desk, pd_desk_free);
  return NULL;
}

PdAddressBook *
pd_address_book_new (PdProgram *program)
{
  PdAddressBook *book = g_new0 (PdAddressBook, 1);
  pthread_condattr_t attributes;

  book->program = program;
  pthread_mutex_init (&book->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&book->wake, &attributes);
  pthread_condattr_destroy (&attributes);
  pthread_cond_init (&book->read, NULL);
  if (pthread_create (&book->thread, NULL, run, book) != 0)
    g_error ("no thread for the address book");
  /* else the first mails after each start would be put off */
  pthread_mutex_lock (&book->lock);
  while (!book->tried)
    pthread_cond_wait (&book->read, &book->lock);
  pthread_mutex_unlock (&book->lock);
  return book;
}

void
pd_address_book_free (PdAddressBook *book)
{
  pthread_mutex_lock (&book->lock);
  book->stopping = TRUE;
  pthread_cond_signal (&book->wake);
  pthread_mutex_unlock (&book->lock);
  pthread_join (book->thread, NULL);
  g_clear_pointer (&book->addresses, g_hash_table_unref);
  pthread_cond_destroy (&book->wake);
  pthread_cond_destroy (&book->read);
  pthread_mutex_destroy (&book->lock);
  g_free (book);
}

gboolean
pd_address_book_accepts (PdAddressBook *book, const char *address, GError **error)
{
  g_autofree char *key = pd_address_key (address, NULL);
  g_autofree char *base = NULL;
  PdSignedAddress what;
  gboolean read, known;

  if (key == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "no such address here");
  /* what we signed is ours, even if its unit has moved to another address */
  if (pd_keyring_read_address (book->program->keyring, key, book->program->desk.delimiter, &what,
                               &base))
    return TRUE;
  pthread_mutex_lock (&book->lock);
  read = book->addresses != NULL;
  known = read
          && (g_hash_table_contains (book->addresses, key)
              || g_hash_table_contains (book->addresses, base));
  if (!known)
    {
      book->asked = TRUE;
      pthread_cond_signal (&book->wake);
    }
  pthread_mutex_unlock (&book->lock);
  if (!read)
    return pd_fail (error, PD_ERROR_TEMPORARY, "the addresses are not known yet");
  return known || pd_fail (error, PD_ERROR_NOT_FOUND, "no such address here");
}

void
pd_address_book_refresh (PdAddressBook *book)
{
  pthread_mutex_lock (&book->lock);
  book->asked = TRUE;
  pthread_cond_signal (&book->wake);
  pthread_mutex_unlock (&book->lock);
}
