lib_libpostdesk_a_SOURCES += \
  lib/sieve/sieve-plan.c \
  lib/sieve/sieve-report.c
sieveinclude_HEADERS += \
  lib/sieve/sieve.h \
  lib/sieve/sieve-config.h \
  lib/sieve/sieve-host.h \
  lib/sieve/sieve-mail.h \
  lib/sieve/sieve-match.h \
  lib/sieve/sieve-node.h \
  lib/sieve/sieve-plan.h \
  lib/sieve/sieve-report.h \
  lib/sieve/sieve-run.h \
  lib/sieve/sieve-verb.h
