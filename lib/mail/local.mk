lib_libpostdesk_a_SOURCES += \
  lib/mail/body-encoding.c \
  lib/mail/body-encoding.h \
  lib/mail/compose.c \
  lib/mail/header-writer.c \
  lib/mail/header-writer.h \
  lib/mail/keyring.c \
  lib/mail/ticket-ref.c
mailinclude_HEADERS += \
  lib/mail/compose.h \
  lib/mail/keyring.h \
  lib/mail/mustache.h \
  lib/mail/ticket-ref.h
