# Patterns of replies, installed with their folder.
nobase_dist_pkgdata_DATA += \
  filters/reply/README \
  filters/reply/any.patterns \
  filters/reply/ar.patterns \
  filters/reply/cs.patterns \
  filters/reply/da.patterns \
  filters/reply/de.patterns \
  filters/reply/el.patterns \
  filters/reply/en.patterns \
  filters/reply/es.patterns \
  filters/reply/fi.patterns \
  filters/reply/fr.patterns \
  filters/reply/he.patterns \
  filters/reply/hu.patterns \
  filters/reply/it.patterns \
  filters/reply/ja.patterns \
  filters/reply/ko.patterns \
  filters/reply/nb.patterns \
  filters/reply/nl.patterns \
  filters/reply/pl.patterns \
  filters/reply/pt.patterns \
  filters/reply/ru.patterns \
  filters/reply/sv.patterns \
  filters/reply/tr.patterns \
  filters/reply/uk.patterns \
  filters/reply/vi.patterns \
  filters/reply/zh.patterns

# a program that is run where it was built finds them beside the build
all-local: filters-link
filters-link:
	@test -e filters/reply || { $(MKDIR_P) filters && $(LN_S) '$(abs_top_srcdir)/filters/reply' filters/reply; }
distclean-local: distclean-filters
distclean-filters:
	@test ! -h filters/reply || rm -f filters/reply
.PHONY: filters-link distclean-filters
