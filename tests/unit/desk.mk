DESK_FIXTURE = tests/lib/desk-fixture.c tests/lib/desk-fixture.h tests/lib/notice-stub.c

check_PROGRAMS += tests/unit/test-unit-person
tests_unit_test_unit_person_SOURCES = tests/unit/test-unit-person.c $(DESK_FIXTURE)
tests_unit_test_unit_person_LDADD = $(TEST_LDADD)
TESTS += tests/unit/test-unit-person
