# What a newcomer types: make run, make test.
SHELL := /bin/bash
PYTHON := .build/venv/bin/python
CONFIGURATION ?= debug
JOBS ?= 4

.PHONY: help run test unit interop simulate cut-sample cut-points test-hardware build release setup bench \
  same-records check-debian13 proto golden messages format lint clean

help:
	@echo "make run            install what is missing, build, charge a simulated car"
	@echo "make test           install what is missing, build, pass every test"
	@echo "make test-hardware  the station on a Debian kernel with simulated chips, in an emulator"
	@echo "make cut-points     the daemon cut off at every operation on its files (minutes)"
	@echo "make simulate       years of stations from one seed: SEED=1 YEARS=20 JOBS=2"
	@echo "make same-records   the same seeds in debug and release, record for record"
	@echo "make bench          speed and size, beside the machine's own limits"
	@echo "make check-debian13 the same tests with Debian 13's own Swift"
	@echo "make proto          write docs/journal.proto from the record types"
	@echo "make golden         tell the golden stories that have no journal yet (Tests/Golden/README.md)"
	@echo "make messages       write the OCPP message types from the JSON schemas"
	@echo "make lint           the formatter's complaints"

# Packages of Debian and a virtual environment for the Python side; nothing when all is there.
setup:
	@Tools/setup.sh

build: setup
	swift build -c $(CONFIGURATION)

release: setup
	swift build -c release --static-swift-stdlib

run: setup
	@Tools/run.sh

test: unit interop cut-sample

unit: build
	CHARGEPI_PYTHON=$(abspath $(PYTHON)) swift test

interop: build
	$(PYTHON) Tests/Interop/run.py --binary .build/$(CONFIGURATION)/chargepi \
	  --replay .build/$(CONFIGURATION)/chargepi-replay --jobs $(JOBS)

# The programs on the kernel's own I2C, SPI and GPIO interfaces, with chip models behind them.
test-hardware: build
	Tests/Hardware/run.sh .build/$(CONFIGURATION)

# SEED, STORIES and OPERATIONS may be given.
CUTS = $(PYTHON) Tests/Cuts/run.py --binary .build/$(CONFIGURATION)/chargepi $(if $(SEED),--seed $(SEED))

cut-points: build
	$(CUTS) --jobs 2 $(if $(STORIES),--stories $(STORIES)) $(if $(OPERATIONS),--operations $(OPERATIONS))

cut-sample: build
	$(CUTS) --jobs 2 --sample

# Lives of a year each, of the seeds from SEED on; says what was walked, and tells what breaks.
SEED ?= 1
YEARS ?= 20
simulate: setup
	swift build -c release --product chargepi-simulate
	.build/release/chargepi-simulate --seed $(SEED) --years $(YEARS) --jobs $$(nproc)

# Debug and release give the same records; `make check-debian13` compares the toolchains.
same-records: build
	swift build -c release --product chargepi-simulate
	Tools/same-records.sh .build/debug/chargepi-simulate .build/release/chargepi-simulate

bench: release
	$(PYTHON) Tools/bench.py

check-debian13:
	Tools/check-debian13.sh

proto: build
	.build/$(CONFIGURATION)/chargepi-replay --schema > docs/journal.proto

# Adds; never overwrites.
golden: build
	.build/$(CONFIGURATION)/chargepi-golden

messages: setup
	$(PYTHON) Tools/generate-messages.py --version 1.6 --out Sources/Projections/OCPP16/Messages

format:
	swift format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build
