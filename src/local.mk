# src: a folder for each program; what all of them start with is in src/common
PD_COMMON = \
  src/common/program.c \
  src/common/program.h
EXTRA_DIST += $(PD_COMMON)
