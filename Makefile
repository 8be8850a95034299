# Kith's build, for people. Meson does the work; this sets up the machine first and gives the daily steps short names.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

PREFIX ?= /usr/local
LIBDIR ?= lib
DESTDIR ?=

# `make CC=clang` builds with clang; without it, with the machine's cc.
export CC

# Without --quiet ninja tells of every file; with it, still that there is nothing to do.
ninja = ninja --quiet -C build | sed '/^ninja: no work to do/d; /^ninja: Entering/d'

.PHONY: all help build run test campaign lint bench bench-growth bench-plot install clean

all: build

help:
	@echo 'make            build the library and the examples in build/'
	@echo 'make run        build, then run the tour: models, tables, links and the SQL they issue'
	@echo 'make test       run every test: sanitizers, gcc and clang, the installed library, valgrind'
	@echo 'make campaign   16 threads on every database for minutes; servers killed and frozen under them'
	@echo 'make lint       clang-format, clang-tidy, shellcheck, and the checks of layers and sizes'
	@echo 'make bench      compare with C written by hand; writes bench/results.jsonl'
	@echo 'make bench-growth  the same at 1, 10 and 100 times the size; writes bench/growth.jsonl'
	@echo 'make bench-plot    draw that as docs/internals/growth.svg'
	@echo 'make install    PREFIX=$(PREFIX) LIBDIR=$(LIBDIR) DESTDIR=$(DESTDIR)'
	@echo 'make clean      remove build/'
	@echo 'What is missing on a Debian machine is installed first (tools/setup). CC chooses the compiler.'

build: configured
	@$(ninja)

.PHONY: configured
configured:
	@tools/setup build
	@tools/configure build -Dtests=disabled -Dprefix='$(PREFIX)' -Dlibdir='$(LIBDIR)'

run: build
	@build/examples/tour

test:
	@tools/setup test
	@tools/with-servers postgres pgbouncer mariadb -- tools/run-tests

campaign:
	@tools/setup test
	@tools/campaign

lint:
	@tools/setup build
	@tools/setup lint
	@tools/lint

bench:
	@tools/setup bench
	@bench/run

bench-growth:
	@tools/setup bench
	@bench/run --growth

bench/growth.jsonl:
	@$(MAKE) bench-growth

bench-plot: bench/growth.jsonl
	@tools/setup plot
	@bench/plot

install: build
	@destdir='$(DESTDIR)'; [[ -z $$destdir || $$destdir == /* ]] || destdir=$$PWD/$$destdir; \
	DESTDIR=$$destdir meson install --quiet --no-rebuild -C build
	@echo 'installed in $(DESTDIR)$(PREFIX)'

clean:
	rm -rf build
