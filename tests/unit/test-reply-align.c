#include "mail/reply-align.h"

#include <string.h>

/* What the desk sent. */
#define ENGLISH                                                                                    \
  "Hello Carl,\n\n"                                                                                \
  "Thank you for writing to us. Your mail has arrived and is now ticket #12:\n\n"                  \
  "    Printer on fire\n\n"                                                                        \
  "Somebody will look at it soon. There is nothing you need to do until then.\n\n"                 \
  "Just reply to this mail: your answer joins ticket #12.\n\n"                                     \
  "-- \nsupport\nDESK\n"
#define UKRAINIAN                                                                                                                 \
  "Вітаємо, Carl!\n\n"                                                                                                     \
  "Дякуємо за звернення. Ми отримали ваш лист і створили заявку № 12:\n\n"    \
  "    Принтер горить\n\n"                                                                                           \
  "Незабаром ми нею займемося. Поки що від вас нічого не потрібно.\n\n"        \
  "Просто дайте відповідь на цей лист — вона потрапить до заявки № 12.\n\n" \
  "-- \nsupport\nDESK\n"
#define QUESTIONS                                                                                  \
  "Hello Carl,\n\n"                                                                                \
  "which printer is it?\n"                                                                         \
  "Since when does it burn, and have you already pulled the plug?\n\n"                             \
  "See https://desk.example/my/tickets/12 for what we know.\n\n"                                   \
  "Ann\n"

static PdMail *
read_text (const char *subject, const char *text)
{
  char *whole = g_strdup_printf ("From: a@example.org\nSubject: %s\n"
                                 "Content-Type: text/plain; charset=utf-8\n\n%s",
                                 subject, text);
  g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));

  return pd_mail_parse (raw, NULL, NULL);
}

/* The text without white space: where a fold begins, empty lines may go. */
static char *
squeeze (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);

  return g_strjoinv ("", words);
}

/* Visible and folded together are the text, each line once. */
static void
check_complete (const PdMail *mail, const PdAligned *aligned)
{
  gsize visible = 0, folded = 0, whole = 0;
  g_autofree char *seen = squeeze (aligned->visible);
  g_autofree char *text = squeeze (mail->text);

  for (guint i = 0; i < aligned->folded->len; i++)
    {
      const PdFolded *piece = g_ptr_array_index (aligned->folded, i);
      g_autofree char *inner = squeeze (piece->text);

      folded += strlen (inner);
    }
  visible = strlen (seen);
  whole = strlen (text);
  g_assert_cmpuint (visible + folded, ==, whole);
}

/* What is seen after the alignment, or as it was. */
static char *
see (const char *subject, const char *sent, const char *text)
{
  g_autoptr (PdMail) mail = read_text (subject, text);
  g_autoptr (PdAligned) aligned = pd_reply_align (mail, sent);

  if (aligned == NULL)
    return g_strdup (mail->visible);
  check_complete (mail, aligned);
  return g_strdup (aligned->visible);
}

typedef struct {
  const char *why, *sent, *text, *visible;
} Case;

static void
check_cases (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *visible = see ("Re: x", cases[i].sent, cases[i].text);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (visible, ==, cases[i].visible);
    }
}

static void
test_marked (void)
{
  static const Case cases[] = {
    { "an answer above", ENGLISH,
      "It still burns.\n\nOn Tue, 24 Nov 2026 at 10:00, support <s@desk.example> wrote:\n"
      "> Hello Carl,\n>\n> Thank you for writing to us. Your mail has arrived and is now ticket\n"
      "> #12:\n>\n>     Printer on fire\n",
      "It still burns.\n" },
    { "below", ENGLISH,
      "On Tue, 24 Nov 2026 at 10:00, support <s@desk.example> wrote:\n"
      "> Hello Carl,\n>\n> Thank you for writing to us. Your mail has arrived and is now ticket\n"
      "> #12:\n>\n>     Printer on fire\n>\n"
      "> Somebody will look at it soon. There is nothing you need to do until then.\n\n"
      "It still burns.\n",
      "It still burns.\n" },
    { "between, wrapped anew", QUESTIONS,
      "On Tue, 24 Nov 2026 at 10:00, support <s@desk.example> wrote:\n"
      "> Hello Carl,\n\nHello!\n\n> which printer is it?\n\nThe grey one.\n\n"
      "> Since when does it burn, and have\n> you already pulled the plug?\n\nYes, at once.\n\n"
      "> See https://desk.example/my/tickets/12 for what we know.\n>\n> Ann\n",
      "Hello!\n\nThe grey one.\n\nYes, at once.\n" },
    { "bars instead of >", QUESTIONS,
      "| Hello Carl,\n|\n| which printer is it?\nThe grey one.\n"
      "| Since when does it burn, and have you already pulled the plug?\nNo.\n",
      "The grey one.\nNo.\n" },
    { "a mark with initials", QUESTIONS,
      "AA> which printer is it?\nThe grey one.\nAA> Since when does it burn, and have you already\n"
      "AA> pulled the plug?\nNo.\n",
      "The grey one.\nNo.\n" },
    { "in Ukrainian, below", UKRAINIAN,
      "вт, 24 лист. 2026 р. о 10:00 support <s@desk.example> пише:\n\n"
      "> Вітаємо, Carl!\n>\n> Дякуємо за звернення. Ми отримали ваш лист\n> і створили заявку № "
      "12:\n"
      ">\n> Принтер горить\n>\n> Незабаром ми нею займемося. Поки що від вас нічого не "
      "потрібно.\n\n"
      "Він усе ще горить.\n",
      "Він усе ще горить.\n" },
    { "a word of the quote changed", ENGLISH,
      "> Somebody will look at it shortly. There is nothing you need to do until then.\n\nGood.\n",
      "Good.\n" },
    { "an older answer, quoted deeper", QUESTIONS,
      "The grey one.\n\n> which printer is it?\n> > It burns.\n", "The grey one.\n" },
    { "the end of a line slipped out of the quote", ENGLISH,
      "> Thank you for writing to us. Your mail has arrived and is now\nticket #12:\n"
      ">\n> Printer on fire\n>\n> Somebody will look at it soon. There is nothing you need to\ndo "
      "until then.\n> Just reply to this mail: your answer joins ticket #12.\n\nThanks.\n",
      "Thanks.\n" },
    { "a quote of something else stays", ENGLISH,
      "The printer says:\n> ERROR 17 tray not found\n\n> Printer on fire\n\nso it does.\n",
      "The printer says:\n> ERROR 17 tray not found\n\nso it does.\n" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_bare (void)
{
  static const Case cases[] = {
    { "Outlook, above", ENGLISH,
      "It still burns.\n\nFrom: support <s@desk.example>\nSent: Tuesday, November 24, 2026 10:00 "
      "AM\n"
      "To: Carl\nSubject: [DESK #12] x\n\nHello Carl,\n\n"
      "Thank you for writing to us. Your mail has arrived and is now ticket #12:\n\n"
      "Printer on fire\n\n"
      "Somebody will look at it soon. There is nothing you need to do until then.\n",
      "It still burns.\n" },
    { "Outlook, answers between, which its block would fold", QUESTIONS,
      "Answers below.\n\nFrom: support <s@desk.example>\n"
      "Sent: Tuesday, November 24, 2026 10:00 AM\n"
      "To: Carl\nSubject: [DESK #12] x\n\nHello Carl,\n\nwhich printer is it?\n\nThe grey one.\n\n"
      "Since when does it burn, and have you already pulled the plug?\n\nYes.\n\n"
      "See https://desk.example/my/tickets/12<https://desk.example/my/tickets/12> for what we know."
      "\n\nAnn\n",
      "Answers below.\n\nThe grey one.\n\nYes.\n" },
    { "Outlook, in Ukrainian", UKRAINIAN,
      "Він усе ще горить.\n\nВід: support <s@desk.example>\nНадіслано: 24 листопада 2026 р. 10:00\n"
      "Кому: Carl\nТема: [DESK #12] x\n\nВітаємо, Carl!\n\n"
      "Дякуємо за звернення. Ми отримали ваш лист і створили заявку № 12:\n\nПринтер горить\n\n"
      "Незабаром ми нею займемося. Поки що від вас нічого не потрібно.\n",
      "Він усе ще горить.\n" },
    { "no header at all, below", QUESTIONS,
      "Hello Carl,\n\nwhich printer is it?\nSince when does it burn, and have you already pulled "
      "the "
      "plug?\n\nSee\nhttps://safe.example/?url=https%3A%2F%2Fdesk.example%2Fmy%2Ftickets%2F12\nfor "
      "what we know.\n\nAnn\n\nThe grey one, since noon.\n",
      "The grey one, since noon.\n" },
    { "stars of a mark-up", QUESTIONS,
      "The grey one.\n\n*Hello Carl,*\n\n*which* printer is it?\nSince when does it burn, and have "
      "_you_ already pulled the plug?\n\nSee <https://desk.example/my/tickets/12> for what we "
      "know.\n\nAnn\n",
      "The grey one.\n" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_left_alone (void)
{
  static const struct {
    const char *why, *subject, *sent, *text;
  } cases[] = {
    { "some words of ours", "Re: x", ENGLISH,
      "There is nothing you need to do until then, you say?\n" },
    { "a sentence of ours, without marks", "Re: x", ENGLISH,
      "You wrote:\n\nSomebody will look at it soon.\n\nThat was a week ago.\n" },
    { "a greeting of ours", "Re: x", ENGLISH, "Hello Carl,\n\nthis is for Carl.\n" },
    { "a forwarded mail", "Fwd: x", ENGLISH,
      "Please see below.\n\n> Thank you for writing to us. Your mail has arrived and is now ticket "
      "#12:\n" },
    { "a forwarded mail by its mark", "x", ENGLISH,
      "Please see below.\n\n---------- Forwarded message ---------\nFrom: support\nDate: today\n"
      "Subject: x\nTo: Carl\n\n"
      "Thank you for writing to us. Your mail has arrived and is now ticket #12:\n\n"
      "Printer on fire\n\n"
      "Somebody will look at it soon. There is nothing you need to do until then.\n" },
    { "nothing but ours", "Re: x", ENGLISH,
      "> Thank you for writing to us. Your mail has arrived and is now ticket #12:\n" },
    { "we sent nothing", "Re: x", "", "> Thank you for writing to us.\n" },
    { "no text", "Re: x", ENGLISH, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = read_text (cases[i].subject, cases[i].text);
      g_autoptr (PdAligned) aligned = pd_reply_align (mail, cases[i].sent);

      g_test_message ("%s", cases[i].why);
      if (aligned != NULL)
        g_test_message ("seen: %s", aligned->visible);
      g_assert_null (aligned);
    }
}

/* ---- random mails ---- */

static guint
below (GRand *rand, guint n)
{
  return (guint)g_rand_int_range (rand, 0, (gint32)n);
}

/* Words of one kind of text; the sender's are never ours but for a few. */
static char *
sentence (GRand *rand, gboolean ours, guint least)
{
  static const char *const ours_words[] = {
    "ticket", "printer", "answer", "заявка", "colleague", "look",    "soon", "the",
    "лист",   "mail",    "reply",  "joins",  "number",    "is",      "will", "when",
    "ваш",    "і",       "at",     "12",     "問題",      "nothing",
  };
  static const char *const theirs[] = {
    "grey", "burns", "smoke", "горить", "yesterday", "kitchen", "дим", "plug", "socket", "water",
  };
  const char *const *words = ours ? ours_words : theirs;
  guint n_words = ours ? G_N_ELEMENTS (ours_words) : G_N_ELEMENTS (theirs);
  GString *text = g_string_new (NULL);
  guint n = least + below (rand, ours ? 14 : 5);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", words[below (rand, n_words)]);
  /* two words of ours are no quote */
  if (!ours && below (rand, 3) == 0)
    g_string_append (text, " the ticket");
  return g_string_free (g_string_append_c (text, '.'), FALSE);
}

typedef struct {
  const char *mark; /* "" none */
  guint width;      /* at which lines are wrapped; 0: not */
  gboolean stars;
} Style;

/* A paragraph of ours as it comes back. */
static void
quote (GString *out, const Style *style, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = 0;

  g_string_append (out, style->mark);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (style->width > 0 && column > 0 && column + strlen (words[i]) > style->width)
        {
          g_string_append_printf (out, "\n%s", style->mark);
          column = 0;
        }
      if (style->stars && i == 0)
        g_string_append_printf (out, "*%s*", words[i]);
      else
        g_string_append_printf (out, "%s%s", column > 0 ? " " : "", words[i]);
      column += strlen (words[i]) + 1;
    }
  g_string_append_c (out, '\n');
}

static void
random_mail (GRand *rand, GString *sent, GString *text, GString *answers)
{
  static const Style styles[] = {
    { "> ", 72, FALSE }, { "> ", 30, FALSE }, { ">", 0, TRUE }, { "> > ", 60, FALSE },
    { "| ", 40, FALSE }, { "", 0, FALSE },    { "", 50, TRUE },
  };
  const Style *style = &styles[below (rand, G_N_ELEMENTS (styles))];
  guint paragraphs = 4 + below (rand, 8);

  /* long enough that half of it cannot be missed */
  for (guint i = 0; i < paragraphs; i++)
    {
      /* one word without a mark, between answers, may be anybody's */
      g_autofree char *ours = sentence (rand, TRUE, *style->mark == '\0' ? 3 : 1);

      g_string_append_printf (sent, "%s\n\n", ours);
      quote (text, style, ours);
      g_string_append (text, below (rand, 2) == 0 ? "\n" : "");
      if (below (rand, 3) == 0 || i + 1 == paragraphs)
        {
          g_autofree char *theirs = sentence (rand, FALSE, 1);

          g_string_append_printf (text, "\n%s\n\n", theirs);
          g_string_append_printf (answers, "%s\n", theirs);
        }
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261124);

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GString) sent = g_string_new (NULL);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) answers = g_string_new (NULL);
      g_autofree char *visible = NULL;
      g_autofree char *got = NULL;
      g_autofree char *want = NULL;

      random_mail (rand, sent, text, answers);
      visible = see ("Re: x", sent->str, text->str);
      got = squeeze (visible);
      want = squeeze (answers->str);
      if (strcmp (got, want) != 0)
        g_test_message ("mail %u\nsent:\n%s\nmail:\n%s\nseen:\n%s", i, sent->str, text->str,
                        visible);
      g_assert_cmpstr (got, ==, want);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/reply-align/marked", test_marked);
  g_test_add_func ("/reply-align/bare", test_bare);
  g_test_add_func ("/reply-align/left-alone", test_left_alone);
  g_test_add_func ("/reply-align/random", test_random);
  status = g_test_run ();
  pd_mail_shutdown ();
  return status;
}
