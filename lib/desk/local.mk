lib_libpostdesk_a_SOURCES += \
  lib/desk/desk.c \
  lib/desk/event.c \
  lib/desk/number.c \
  lib/desk/person.c \
  lib/desk/raw.c \
  lib/desk/unit.c
deskinclude_HEADERS += \
  lib/desk/desk.h \
  lib/desk/event.h \
  lib/desk/number.h \
  lib/desk/person.h \
  lib/desk/raw.h \
  lib/desk/unit.h
