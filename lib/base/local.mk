lib_libpostdesk_a_SOURCES += \
  lib/base/clock.c \
  lib/base/error.c \
  lib/base/id.c
baseinclude_HEADERS += \
  lib/base/clock.h \
  lib/base/error.h \
  lib/base/id.h
