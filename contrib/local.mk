EXTRA_DIST += \
  quickstart \
  contrib/lmtp-send \
  contrib/debian/install-packages \
  contrib/debian/packages-build \
  contrib/debian/packages-test
EXTRA_DIST += \
  contrib/postfix/README.md \
  contrib/postfix/main.cf.example \
  contrib/systemd/postdesk-clock.service \
  contrib/systemd/postdesk-ingest.service \
  contrib/systemd/postdesk-ingest.socket \
  contrib/systemd/postdesk-spool.service \
  contrib/systemd/postdesk.target

# ./check has the name of a make target: listed above, `make dist` would run the tests
dist-hook:
	cp -p $(srcdir)/check $(distdir)/check
