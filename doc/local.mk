# Manual pages; the settings of postdesk.conf(5) come from the table of settings.
dist_man_MANS += \
  doc/man/postdesk.1 \
  doc/man/postdesk-clock.8 \
  doc/man/postdesk-ingest.8 \
  doc/man/postdesk-spool.8
man_MANS += doc/man/postdesk.conf.5
EXTRA_DIST += doc/control-by-mail.md doc/html-display.md doc/man/postdesk.conf.5.in
CLEANFILES += doc/man/postdesk.conf.5

doc/man/postdesk.conf.5: doc/man/postdesk.conf.5.in src/postdesk$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc/man && src/postdesk config show --man > $@.settings && \
	  $(AWK) -v settings=$@.settings '/^@SETTINGS@$$/ { while ((getline line < settings) > 0) print line; next } { print }' \
	    $(srcdir)/doc/man/postdesk.conf.5.in > $@.new && rm -f $@.settings && mv $@.new $@
