lib_libpostdesk_a_SOURCES += \
  lib/store/db.c \
  lib/store/driver.h \
  lib/store/mariadb.c \
  lib/store/migrate.c \
  lib/store/sqlite.c \
  lib/store/statement.h
nodist_lib_libpostdesk_a_SOURCES += \
  lib/store/sql.c
storeinclude_HEADERS += \
  lib/store/db.h \
  lib/store/migrate.h
nodist_storeinclude_HEADERS = \
  lib/store/sql.h
