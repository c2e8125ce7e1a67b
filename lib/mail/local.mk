lib_libpostdesk_a_SOURCES += \
  lib/mail/body-encoding.c \
  lib/mail/body-encoding.h \
  lib/mail/bounce-reason.c \
  lib/mail/bounce-reason.h \
  lib/mail/bounce-text.c \
  lib/mail/bounce.c \
  lib/mail/bounce.h \
  lib/mail/charset.c \
  lib/mail/compose.c \
  lib/mail/header-writer.c \
  lib/mail/header-writer.h \
  lib/mail/html-text.c \
  lib/mail/html-token.c \
  lib/mail/html-token.h \
  lib/mail/keyring.c \
  lib/mail/mail-address.c \
  lib/mail/mail-body.c \
  lib/mail/mail-crypto.c \
  lib/mail/mail-headers.c \
  lib/mail/mail-json.c \
  lib/mail/mail-kind.c \
  lib/mail/mail-part.c \
  lib/mail/mail-reader.h \
  lib/mail/mail.c \
  lib/mail/mustache-node.h \
  lib/mail/mustache-parse.c \
  lib/mail/mustache-render.c \
  lib/mail/part-code.c \
  lib/mail/part-code.h \
  lib/mail/reply-mark.c \
  lib/mail/reply-mark.h \
  lib/mail/reply.c \
  lib/mail/report-fields.c \
  lib/mail/report-fields.h \
  lib/mail/ticket-ref.c \
  lib/mail/value-tree.c
mailinclude_HEADERS += \
  lib/mail/charset.h \
  lib/mail/compose.h \
  lib/mail/html-text.h \
  lib/mail/keyring.h \
  lib/mail/mail-json.h \
  lib/mail/mail.h \
  lib/mail/mustache.h \
  lib/mail/ticket-ref.h \
  lib/mail/value-tree.h
