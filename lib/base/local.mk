lib_libpostdesk_a_SOURCES += \
  lib/base/clock.c \
  lib/base/config-text.c \
  lib/base/config.c \
  lib/base/csv.c \
  lib/base/daemon.c \
  lib/base/datadir.c \
  lib/base/error.c \
  lib/base/fd-pass.c \
  lib/base/id.c \
  lib/base/log.c \
  lib/base/mysql-dump.c \
  lib/base/nearest.c \
  lib/base/queue.c \
  lib/base/sandbox.c \
  lib/base/setting.c \
  lib/base/spill.c \
  lib/base/zygote.c
baseinclude_HEADERS += \
  lib/base/clock.h \
  lib/base/config.h \
  lib/base/csv.h \
  lib/base/daemon.h \
  lib/base/datadir.h \
  lib/base/error.h \
  lib/base/fd-pass.h \
  lib/base/id.h \
  lib/base/log.h \
  lib/base/mysql-dump.h \
  lib/base/nearest.h \
  lib/base/queue.h \
  lib/base/sandbox.h \
  lib/base/setting.h \
  lib/base/settings.h \
  lib/base/spill.h \
  lib/base/zygote.h
