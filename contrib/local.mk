EXTRA_DIST += \
  check \
  quickstart \
  contrib/lmtp-send \
  contrib/debian/install-packages \
  contrib/debian/packages-build \
  contrib/debian/packages-test
EXTRA_DIST += \
  contrib/postfix/README.md \
  contrib/postfix/main.cf.example \
  contrib/systemd/postdesk-ingest.service \
  contrib/systemd/postdesk-ingest.socket \
  contrib/systemd/postdesk-spool.service \
  contrib/systemd/postdesk.target
