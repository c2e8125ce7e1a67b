/* settings.h - every setting is one row of this table.
 *
 * The reader, `postdesk config`, the example file, the manual page and the
 * bounds all come from the row:
 *
 *     X (NAME, section, key, kind, default, min, max, help)
 *
 * min and max bound the number of INT (as is), SIZE (octets) and DURATION
 * (microseconds), the length in octets of all others.  A text with a minimum
 * and no default is required.
 *
 *   TEXT PATH        any
 *   ENUM             one of the words that the help begins with: "a|b: text"
 *   MARK             a name that stands in brackets in subjects
 *   DOMAIN           desk.example.org
 *   ZONE             a time zone of tzdata
 *   MODE             octal, of a file
 *   LISTEN           a list of HOST:PORT, unix:PATH, systemd
 *   DATABASE RELAY   an address that may hold a password; also settable as
 *                    KEY_file, a file that others may not read
 *   INT              a number
 *   SIZE DURATION    numbers with units: 25M, 10s, 1h 30m
 */
#pragma once

#define PD_SETTINGS(X)                                                                             \
  X (DESK_NAME, "desk", "name", MARK, "DESK", 1, 32,                                               \
     "The desk's name in subject marks: [NAME #123]")                                              \
  X (DESK_DOMAIN, "desk", "domain", DOMAIN, "", 1, 255,                                            \
     "The domain of the desk's Message-IDs, such as desk.example.org")                             \
  X (DESK_URL, "desk", "url", TEXT, "", 0, 500, "Address of the web interface, for links in mail") \
  X (DESK_LANGUAGE, "desk", "language", TEXT, "en", 2, 16,                                         \
     "Language of mail to people who have chosen none: en, ru, uk")                                \
  X (DESK_TIMEZONE, "desk", "timezone", ZONE, "UTC", 1, 64, "Time zone, such as Europe/Kyiv")      \
  X (DESK_KEY_FILE, "desk", "key_file", PATH, "", 1, 4096,                                         \
     "File with the keys that sign reply addresses and Message-IDs")                               \
  X (DESK_RECIPIENT_DELIMITER, "desk", "recipient_delimiter", TEXT, "+", 0, 1,                     \
     "As in Postfix: what an address extension begins with; empty: the MTA has no extensions")     \
  X (DESK_LEGACY_MARKS, "desk", "legacy_marks", TEXT, "", 0, 500,                                  \
     "Subject marks of an older desk whose tickets were imported, separated by commas: "           \
     "Ticket #, Заявка #")                                                                         \
  X (DESK_TEMPLATES, "desk", "templates", PATH, "", 0, 4096,                                       \
     "Folder of mail templates instead of the installed one")                                      \
  X (DATABASE_URL, "database", "url", DATABASE, "", 1, 1000,                                       \
     "sqlite:PATH or mysql://USER[:PASS]@HOST[:PORT]/DB[?socket=PATH]")                            \
  X (STORE_RAW, "store", "raw", ENUM, "database", 0, 0, "database: where the bytes of mails lie")  \
  X (LMTP_LISTEN, "lmtp", "listen", LISTEN, "127.0.0.1:24", 1, 1000,                               \
     "HOST:PORT, unix:PATH or systemd (sockets that systemd passes), separated by blanks")         \
  X (LMTP_UNIX_MODE, "lmtp", "unix_mode", MODE, "0666", 3, 4, "Mode of UNIX sockets, octal")       \
  X (LMTP_UNIX_OWNER, "lmtp", "unix_owner", TEXT, "", 0, 64, "Owner of UNIX sockets")              \
  X (LMTP_UNIX_GROUP, "lmtp", "unix_group", TEXT, "", 0, 64, "Group of UNIX sockets")              \
  X (LMTP_MAX_SIZE, "lmtp", "max_size", SIZE, "50M", 65536, 1073741824,                            \
     "Largest mail; Postfix's message_size_limit should not be larger")                            \
  X (LMTP_MAX_RECIPIENTS, "lmtp", "max_recipients", INT, "100", 1, 10000,                          \
     "Recipients in one transaction")                                                              \
  X (LMTP_MAX_CONNECTIONS, "lmtp", "max_connections", INT, "200", 1, 10000, "Sessions at a time")  \
  X (LMTP_MAX_MEMORY, "lmtp", "max_memory", SIZE, "64M", 1048576, 17179869184,                     \
     "Octets of mail under way at a time; beyond, senders wait")                                   \
  X (LMTP_TIMEOUT, "lmtp", "timeout", DURATION, "5m", 1000000, 3600000000,                         \
     "How long a session may be silent")                                                           \
  X (LMTP_DRAIN_TIMEOUT, "lmtp", "drain_timeout", DURATION, "30s", 0, 600000000,                   \
     "How long sessions may finish their mail when the daemon is told to stop")                    \
  X (SMTP_URL, "smtp", "url", RELAY, "smtp://127.0.0.1:25", 1, 1000,                               \
     "Where mail out goes: smtp[s]://[USER[:PASS]@]HOST[:PORT]")                                   \
  X (SMTP_CONNECTIONS, "smtp", "connections", INT, "4", 1, 100, "Connections at a time")           \
  X (SMTP_TLS, "smtp", "tls", ENUM, "opportunistic", 0, 0,                                         \
     "opportunistic|required|none: STARTTLS if it is offered, always, or never")                   \
  X (SMTP_CA_FILE, "smtp", "ca_file", PATH, "", 0, 4096,                                           \
     "Certificates to trust instead of the system's")                                              \
  X (SMTP_HELLO, "smtp", "hello", DOMAIN, "", 0, 255, "Name for EHLO; empty: desk.domain")         \
  X (SMTP_TIMEOUT, "smtp", "timeout", DURATION, "1m", 1000000, 600000000,                          \
     "How long one step may take")                                                                 \
  X (SMTP_RETRY_MIN, "smtp", "retry_min", DURATION, "1m", 1000000, 86400000000,                    \
     "Pause after the first failed try; doubles with each")                                        \
  X (SMTP_RETRY_MAX, "smtp", "retry_max", DURATION, "4h", 1000000, 86400000000,                    \
     "Longest pause between tries")                                                                \
  X (SMTP_MAX_AGE, "smtp", "max_age", DURATION, "5d", 60000000, 2592000000000, "When to give up")  \
  X (INGEST_PARSERS, "ingest", "parsers", INT, "0", 0, 64,                                         \
     "Processes that read mails; 0: one for each processor")                                       \
  X (INGEST_PARSER_MEMORY, "ingest", "parser_memory", SIZE, "512M", 33554432, 68719476736,         \
     "Memory that one of them may take; reading a mail can need four times its size")              \
  X (INGEST_PARSER_TIME, "ingest", "parser_time", DURATION, "10s", 1000000, 600000000,             \
     "How long one of them may read a mail; one that takes longer is held")                        \
  X (INGEST_SANDBOX, "ingest", "sandbox", ENUM, "required", 0, 0,                                  \
     "required|preferred|off: mails are read by processes that can do nothing else; preferred: "   \
     "also where the kernel cannot forbid them, off: by the program itself")                       \
  X (INGEST_WRITERS, "ingest", "writers", INT, "0", 0, 16,                                         \
     "Threads that write to the database; 0: 1 for SQLite, 2 for MariaDB")                         \
  X (INGEST_BATCH, "ingest", "batch", INT, "64", 1, 1000, "Most mails in one transaction")         \
  X (INGEST_AUTHSERV_ID, "ingest", "authserv_id", TEXT, "", 0, 255,                                \
     "Our MTA's name in Authentication-Results (RFC 8601); empty: none is trusted")                \
  X (INGEST_GNUPG_HOME, "ingest", "gnupg_home", PATH, "", 0, 4096,                                 \
     "GnuPG home with the known keys, a full path; empty: signatures are not verified")            \
  X (INGEST_AUTHSERV_FIELDS, "ingest", "authserv_fields", INT, "1", 1, 10,                         \
     "So many such fields our MTA writes (one each for SPF, DKIM, DMARC: 3); more than 1 only if " \
     "it takes out those that come with a mail")                                                   \
  X (INGEST_ALIGNMENT, "ingest", "alignment", ENUM, "relaxed", 0, 0,                               \
     "relaxed|strict: DKIM and SPF must be of the From address's organisation, or its very domain") \
  X (INGEST_ARC_SEALERS, "ingest", "arc_sealers", TEXT, "", 0, 1000,                               \
     "Domains of forwarders and lists, separated by blanks, whose ARC seal (RFC 8617) is trusted") \
  X (INGEST_HELD_REPLY, "ingest", "held_reply", ENUM, "accept", 0, 0,                              \
     "accept|reject: what the sender of a mail that cannot be read is told; it is kept anyway")    \
  X (LOOP_MAX_HOPS, "loop", "max_hops", INT, "50", 5, 1000,                                        \
     "Received fields after which a mail is in a loop")                                            \
  X (LOOP_WINDOW, "loop", "window", DURATION, "1h", 60000000, 604800000000,                        \
     "The time that the bounds below are about")                                                   \
  X (LOOP_ACKNOWLEDGEMENTS, "loop", "acknowledgements", INT, "10", 0, 10000,                       \
     "Acknowledgements that one sender gets in it; further tickets are opened without")            \
  X (LOOP_NOTICES, "loop", "notices", INT, "20", 1, 10000,                                         \
     "Mails of one author on one ticket in it that others are told of; further ones are filed")    \
  X (LOOP_TICKET_MAILS, "loop", "ticket_mails", INT, "60", 1, 10000,                               \
     "Mails of one author on one ticket in it; further ones end as loop")                          \
  X (LOOP_ALIKE, "loop", "alike", INT, "3", 0, 20,                                                 \
     "So many mails of one sender that say the same, as answers of programs do: on a ticket the "  \
     "last ends as loop, a new ticket is not acknowledged; 0: it is not looked at")                                                                        \
  X (SPOOL_BATCH, "spool", "batch", INT, "100", 1, 1000, "Mails claimed at a time")                \
  X (SPOOL_LEASE, "spool", "lease", DURATION, "5m", 1000000, 3600000000,                           \
     "After which time another instance may send what this one claimed")                           \
  X (SPOOL_POLL, "spool", "poll", DURATION, "1s", 10000, 60000000,                                 \
     "How often an idle spooler looks for new mail out")                                           \
  X (CLOCK_BATCH, "clock", "batch", INT, "100", 1, 1000,                                           \
     "Most timers that are done before the next look at signals")                                  \
  X (CLOCK_POLL, "clock", "poll", DURATION, "1s", 10000, 60000000,                                 \
     "How often an idle clock looks for timers that others have set")                              \
  X (NOTICE_WINDOW, "notice", "window", DURATION, "30s", 0, 3600000000,                            \
     "Further events on a ticket within it come to staff in one mail at its end; the first, and "  \
     "all that customers get, goes at once; 0: each by itself")                                    \
  X (LOG_TARGET, "log", "target", ENUM, "stderr", 0, 0, "stderr|syslog: where events are logged")  \
  X (LOG_LEVEL, "log", "level", ENUM, "info", 0, 0,                                                \
     "error|warning|notice|info|debug: the least important level that is logged")
