lib_libpostdesk_a_SOURCES += \
  lib/mail/body-encoding.c \
  lib/mail/body-encoding.h \
  lib/mail/compose.c \
  lib/mail/header-writer.c \
  lib/mail/header-writer.h \
  lib/mail/keyring.c \
  lib/mail/mustache-node.h \
  lib/mail/mustache-parse.c \
  lib/mail/mustache-render.c \
  lib/mail/ticket-ref.c \
  lib/mail/value-tree.c
mailinclude_HEADERS += \
  lib/mail/compose.h \
  lib/mail/keyring.h \
  lib/mail/mustache.h \
  lib/mail/ticket-ref.h \
  lib/mail/value-tree.h
