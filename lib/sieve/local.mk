lib_libpostdesk_a_SOURCES += \
  lib/sieve/sieve-address-test.c \
  lib/sieve/sieve-address.c \
  lib/sieve/sieve-address.h \
  lib/sieve/sieve-body.c \
  lib/sieve/sieve-cache.c \
  lib/sieve/sieve-cache.h \
  lib/sieve/sieve-comparator.c \
  lib/sieve/sieve-comparator.h \
  lib/sieve/sieve-control.c \
  lib/sieve/sieve-extensions.c \
  lib/sieve/sieve-extensions.h \
  lib/sieve/sieve-foreverypart.c \
  lib/sieve/sieve-header.c \
  lib/sieve/sieve-keys.c \
  lib/sieve/sieve-keys.h \
  lib/sieve/sieve-match.c \
  lib/sieve/sieve-mime.c \
  lib/sieve/sieve-mime.h \
  lib/sieve/sieve-plan.c \
  lib/sieve/sieve-regex.c \
  lib/sieve/sieve-regex.h \
  lib/sieve/sieve-report.c \
  lib/sieve/sieve-script.h \
  lib/sieve/sieve-template.h \
  lib/sieve/sieve-wildcard.c \
  lib/sieve/sieve-wildcard.h
sieveinclude_HEADERS += \
  lib/sieve/sieve-config.h \
  lib/sieve/sieve-host.h \
  lib/sieve/sieve-mail.h \
  lib/sieve/sieve-match.h \
  lib/sieve/sieve-node.h \
  lib/sieve/sieve-plan.h \
  lib/sieve/sieve-report.h \
  lib/sieve/sieve-run.h \
  lib/sieve/sieve-verb.h \
  lib/sieve/sieve.h
