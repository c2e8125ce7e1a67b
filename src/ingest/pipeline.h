/* pipeline.h - from a mail that is whole to a mail that is committed.
 *
 *     session -> [parsers: bytes to facts] -> [writers: a batch, one commit] -> answer
 *
 * A writer takes all mails that wait (up to ingest.batch) into one transaction:
 * while one commit waits for the disk, the next mails gather.  A mail is
 * answered only after the commit.  A parser is a thread that hands the mail to a
 * worker process and waits; a mail that none can read is filed as held.
 * Signatures and encryption are looked at behind that, see pd_unseal.
 */
#pragma once

#include "common/program.h"
#include "net/envelope.h"

/* How a mail's way ended; called from any thread, once for each mail.
 *
 * token     what pd_pipeline_take was given
 * errors    one for each recipient, or NULL: all are accepted
 * ok_text   "2.0.0 Ok 0K3F…"
 */
typedef void (*PdPipelineAnswer) (gpointer             token,
                                  const GError *const *errors,
                                  const char          *ok_text);

typedef struct PdPipeline PdPipeline;

/* Starts the threads: a parser for each worker of the pool, which has been
 * started; gpg may be NULL.  The database need not be there yet: while it is away mails are
 * answered with "try again". */
PdPipeline  *pd_pipeline_new   (PdProgram       *program,
                                PdParserPool    *pool,
                                PdGpg           *gpg,
                                PdPipelineAnswer answer);

/* Whether there are no workers any more and will be none: the program has been
 * asked to stop, and must be started anew. */
gboolean     pd_pipeline_is_broken (PdPipeline  *pipeline);

/* Takes a mail (the envelope stays the caller's until the answer). */
void         pd_pipeline_take  (PdPipeline      *pipeline,
                                PdEnvelope      *envelope,
                                gpointer         token);

/* Ends the threads.  No session may wait any more: mails that are still inside
 * are answered as put off, not filed. */
void         pd_pipeline_free  (PdPipeline      *pipeline);
