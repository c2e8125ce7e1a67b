lib_libpostdesk_a_SOURCES += \
  lib/desk/desk.c \
  lib/desk/event.c \
  lib/desk/guard.c \
  lib/desk/match.c \
  lib/desk/notice.c \
  lib/desk/number.c \
  lib/desk/outbox.c \
  lib/desk/outbox-trace.c \
  lib/desk/person.c \
  lib/desk/proof.c \
  lib/desk/raw.c \
  lib/desk/route.c \
  lib/desk/status.c \
  lib/desk/render.c \
  lib/desk/render-facts.c \
  lib/desk/render-facts.h \
  lib/desk/templates.c \
  lib/desk/ticket.c \
  lib/desk/ticket-act.c \
  lib/desk/ticket-person.c \
  lib/desk/ticket-row.c \
  lib/desk/ticket-row.h \
  lib/desk/ticket-view.c \
  lib/desk/trace.c \
  lib/desk/unit.c
deskinclude_HEADERS += \
  lib/desk/desk.h \
  lib/desk/event.h \
  lib/desk/guard.h \
  lib/desk/match.h \
  lib/desk/notice.h \
  lib/desk/number.h \
  lib/desk/outbox.h \
  lib/desk/outbox-trace.h \
  lib/desk/person.h \
  lib/desk/proof.h \
  lib/desk/raw.h \
  lib/desk/route.h \
  lib/desk/status.h \
  lib/desk/render.h \
  lib/desk/templates.h \
  lib/desk/ticket.h \
  lib/desk/ticket-view.h \
  lib/desk/trace.h \
  lib/desk/unit.h
