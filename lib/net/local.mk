lib_libpostdesk_a_SOURCES += \
  lib/net/dots.c \
  lib/net/endpoint.c \
  lib/net/envelope.c \
  lib/net/lmtp-delivery.c \
  lib/net/lmtp-delivery.h \
  lib/net/lmtp-server.c \
  lib/net/lmtp.c \
  lib/net/managesieve.c \
  lib/net/path.c \
  lib/net/sink.c \
  lib/net/smtp-client.c \
  lib/net/smtp-connection.c \
  lib/net/smtp-reply.c \
  lib/net/stream.c
netinclude_HEADERS += \
  lib/net/dots.h \
  lib/net/endpoint.h \
  lib/net/envelope.h \
  lib/net/lmtp-server.h \
  lib/net/lmtp.h \
  lib/net/managesieve.h \
  lib/net/path.h \
  lib/net/sink.h \
  lib/net/smtp-client.h \
  lib/net/smtp-connection.h \
  lib/net/smtp-reply.h \
  lib/net/stream.h
