lib_libpostdesk_a_SOURCES += \
  lib/mail/keyring.c \
  lib/mail/ticket-ref.c
mailinclude_HEADERS += \
  lib/mail/compose.h \
  lib/mail/keyring.h \
  lib/mail/mustache.h \
  lib/mail/ticket-ref.h
