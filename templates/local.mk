# Templates of outgoing mail, installed with their language folders.
EXTRA_DIST += templates/README.md

nobase_dist_pkgdata_DATA += \
  templates/en/assigned.html.mustache \
  templates/en/assigned.subject.mustache \
  templates/en/assigned.txt.mustache \
  templates/en/created.html.mustache \
  templates/en/created.subject.mustache \
  templates/en/created.txt.mustache \
  templates/en/delivery-failed.html.mustache \
  templates/en/delivery-failed.subject.mustache \
  templates/en/delivery-failed.txt.mustache \
  templates/en/done.html.mustache \
  templates/en/done.subject.mustache \
  templates/en/done.txt.mustache \
  templates/en/forwarded.html.mustache \
  templates/en/forwarded.subject.mustache \
  templates/en/forwarded.txt.mustache \
  templates/en/layout.html.mustache \
  templates/en/layout.txt.mustache \
  templates/en/received.html.mustache \
  templates/en/received.subject.mustache \
  templates/en/received.txt.mustache \
  templates/en/released.html.mustache \
  templates/en/released.subject.mustache \
  templates/en/released.txt.mustache \
  templates/en/reopened.html.mustache \
  templates/en/reopened.subject.mustache \
  templates/en/reopened.txt.mustache \
  templates/en/replied.html.mustache \
  templates/en/replied.subject.mustache \
  templates/en/replied.txt.mustache \
  templates/en/taken.html.mustache \
  templates/en/taken.subject.mustache \
  templates/en/taken.txt.mustache

nobase_dist_pkgdata_DATA += \
  templates/ru/assigned.html.mustache \
  templates/ru/assigned.subject.mustache \
  templates/ru/assigned.txt.mustache \
  templates/ru/created.html.mustache \
  templates/ru/created.subject.mustache \
  templates/ru/created.txt.mustache \
  templates/ru/delivery-failed.html.mustache \
  templates/ru/delivery-failed.subject.mustache \
  templates/ru/delivery-failed.txt.mustache \
  templates/ru/done.html.mustache \
  templates/ru/done.subject.mustache \
  templates/ru/done.txt.mustache \
  templates/ru/forwarded.html.mustache \
  templates/ru/forwarded.subject.mustache \
  templates/ru/forwarded.txt.mustache \
  templates/ru/layout.html.mustache \
  templates/ru/layout.txt.mustache \
  templates/ru/received.html.mustache \
  templates/ru/received.subject.mustache \
  templates/ru/received.txt.mustache \
  templates/ru/released.html.mustache \
  templates/ru/released.subject.mustache \
  templates/ru/released.txt.mustache \
  templates/ru/reopened.html.mustache \
  templates/ru/reopened.subject.mustache \
  templates/ru/reopened.txt.mustache \
  templates/ru/replied.html.mustache \
  templates/ru/replied.subject.mustache \
  templates/ru/replied.txt.mustache \
  templates/ru/taken.html.mustache \
  templates/ru/taken.subject.mustache \
  templates/ru/taken.txt.mustache

nobase_dist_pkgdata_DATA += \
  templates/uk/assigned.html.mustache \
  templates/uk/assigned.subject.mustache \
  templates/uk/assigned.txt.mustache \
  templates/uk/created.html.mustache \
  templates/uk/created.subject.mustache \
  templates/uk/created.txt.mustache \
  templates/uk/delivery-failed.html.mustache \
  templates/uk/delivery-failed.subject.mustache \
  templates/uk/delivery-failed.txt.mustache \
  templates/uk/done.html.mustache \
  templates/uk/done.subject.mustache \
  templates/uk/done.txt.mustache \
  templates/uk/forwarded.html.mustache \
  templates/uk/forwarded.subject.mustache \
  templates/uk/forwarded.txt.mustache \
  templates/uk/layout.html.mustache \
  templates/uk/layout.txt.mustache \
  templates/uk/received.html.mustache \
  templates/uk/received.subject.mustache \
  templates/uk/received.txt.mustache \
  templates/uk/released.html.mustache \
  templates/uk/released.subject.mustache \
  templates/uk/released.txt.mustache \
  templates/uk/reopened.html.mustache \
  templates/uk/reopened.subject.mustache \
  templates/uk/reopened.txt.mustache \
  templates/uk/replied.html.mustache \
  templates/uk/replied.subject.mustache \
  templates/uk/replied.txt.mustache \
  templates/uk/taken.html.mustache \
  templates/uk/taken.subject.mustache \
  templates/uk/taken.txt.mustache
