# Every target works alone, on a fresh machine too. Without make: see README.md.
PYTHON ?= $(or $(shell command -v python3),python3.11)
SET_UP := $(PYTHON) packaging/set_up.py
IN := .venv/bin/python -m
# Installers are made by the system's own Python: another one would bring its home folder and miss security updates
SET_UP_PACKAGE := $(or $(wildcard /usr/bin/python3),$(PYTHON)) packaging/set_up.py package
BUILD := .venv-package/bin/python packaging/build.py
# What the coverage bar is about: everything but the windows
ROOMS := domain services storage backends hub

.DEFAULT_GOAL := help
.PHONY: help run test check lint format screenshots soak soak-planted soak-kill soak-queue installer-windows installer-windows-test installer-deb installer-deb-test appimage rpm hub-deb hub-deb-test release release-check bench lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## set everything up and open the program on a demo plant
	@$(SET_UP) run
	@.venv/bin/maintenance-desktop --demo

# The same order and the same examples for the same commit, whoever runs it; SEED=n for others
test: SEED ?= 1
test: check ## set everything up, check the code and pass all tests, without a screen: SEED=another order
	@QT_QPA_PLATFORM=offscreen $(IN) pytest -n 2 --dist worksteal \
		--randomly-seed=$(SEED) --hypothesis-seed=$(SEED) \
		$(ROOMS:%=--cov=maintenance_desktop.%) --cov-report=term:skip-covered --cov-fail-under=90
	@.venv/bin/python packaging/branch_coverage.py 90

check: ## format, lint, types and the walls between the rooms
	@$(SET_UP) dev
	@$(IN) ruff format --check
	@$(IN) ruff check
	@$(IN) mypy
	@.venv/bin/lint-imports

lint: check ## another name for check

format: ## format the code and mend what ruff can mend
	@$(SET_UP) dev
	@$(IN) ruff format
	@$(IN) ruff check --fix

screenshots: ## take the pictures of the documentation again
	@$(SET_UP) dev
	@SAVE_SCREENSHOTS=1 QT_QPA_PLATFORM=offscreen $(IN) pytest tests/screenshots

soak: ## simulate a plant where everything goes wrong: BUDGET=seconds, SEED=the first seed
	@$(SET_UP) dev
	@$(IN) tests.soak $(BUDGET:%=--budget %) $(SEED:%=--seed %)

soak-planted: ## plant bugs, one at a time, and see that the simulation catches each
	@$(SET_UP) dev
	@$(IN) tests.soak --planted $(BUDGET:%=--budget %) $(SEED:%=--seed %)

soak-kill: ## the same with real processes, killed at random: BUDGET, SEED, KILLS=how many
	@$(SET_UP) dev
	@$(IN) tests.soak.processes $(KILLS:%=--kills %) $(BUDGET:%=--budget %) $(SEED:%=--seed %)

soak-queue: ## 5,000 offline edits in every variant: PostgreSQL, byte rates, cuts every 3 s
	@$(SET_UP) dev
	@SOAK=1 QT_QPA_PLATFORM=offscreen $(IN) pytest tests/services/long_queue

# Who signs the Windows packages: nobody whom Windows would trust, unless a release says it
SIGN_FOLDER := $(CURDIR)/build/test-certificate
TEST_CERTIFICATE = $(if $(SIGN_P12)$(SIGN_COMMAND),true,.venv-package/bin/python packaging/windows/trial_certificate.py "$(SIGN_FOLDER)")
SIGNED = $(if $(SIGN_P12)$(SIGN_COMMAND),,SIGN_P12="$(SIGN_FOLDER)/signing.p12" SIGN_PASSWORD_FILE="$(SIGN_FOLDER)/password" SIGN_CA="$(SIGN_FOLDER)/certificate.pem")
installer-windows: ## build the Windows installer into dist/, signed by a test certificate: SIGN_P12, SIGN_PASSWORD_FILE
	@$(SET_UP_PACKAGE)
	@$(TEST_CERTIFICATE)
	@$(SIGNED) $(BUILD) $(or $(WINDOWS_TARGETS),windows)

installer-windows-test: ## build the Windows packages quickly; install, use and remove them under Wine
	@$(SET_UP_PACKAGE)
	@$(SET_UP) dev
	@$(TEST_CERTIFICATE)
	@$(SIGNED) $(BUILD) windows msi --fast --output build/windows-test
	@$(SIGNED) $(BUILD) windows --fast --version 0.0.9 --output build/windows-test
	@$(SIGNED) $(IN) pytest -p no:randomly packaging/windows

installer-deb: ## build the Debian package of the client into dist/
	@$(SET_UP_PACKAGE)
	@$(BUILD) deb

installer-deb-test: ## build it, an older one and the AppImage quickly; install, use, upgrade and remove them in clean systems
	@$(SET_UP) dev
	@$(SET_UP_PACKAGE)
	@$(BUILD) deb --fast --version 0.0.9 --output build/tested
	@$(BUILD) deb appimage rpm --fast --output build/tested
	@$(IN) pytest -p no:randomly -n 2 --dist loadgroup packaging/debian packaging/appimage packaging/rpm

appimage: ## build the AppImage of the client into dist/
	@$(SET_UP_PACKAGE)
	@$(BUILD) appimage

rpm: ## build the RPM of the client into dist/, which nobody has installed yet
	@$(SET_UP_PACKAGE)
	@$(BUILD) rpm

hub-deb: ## build the Debian package of the server into dist/
	@$(SET_UP_PACKAGE)
	@$(BUILD) hub-deb

hub-deb-test: ## build it quickly; test what is in it; install, use, update and remove it in clean systems
	@$(SET_UP_PACKAGE)
	@$(SET_UP) dev
	@$(BUILD) hub-deb --fast --version 0.0.9 --output build/hub-test
	@$(BUILD) hub-deb --fast --output build/hub-test
	@HUB_PROGRAM=$(CURDIR)/build/packages/hub-deb/root/usr/bin/maintenance-hub $(IN) pytest -n 2 tests/hub/test_cli.py
	@$(IN) pytest -p no:randomly packaging/hub

release: ## build every package for people, with checksums, into dist/
	@$(SET_UP_PACKAGE)
	@$(BUILD) windows msi deb hub-deb appimage rpm
	@cd dist && sha256sum -- * > SHA256SUMS && cat SHA256SUMS

release-check: installer-windows-test installer-deb-test hub-deb-test ## install and use every package; see that builds repeat
	@$(SET_UP_PACKAGE)
	@$(SET_UP) dev
	@$(IN) pytest packaging/test_repeat.py

bench: ## measure what the program costs into build/bench.json: ONLY=name, SIZES="10000 100000", INSTALLED=path
	@$(SET_UP) dev
	@$(IN) tests.bench $(ONLY:%=--only %)

COMPILE := $(IN) uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet
lock: ## choose the newest allowed dependencies and write them down with their hashes
	@$(SET_UP) dev
	@$(COMPILE) --upgrade --group build --extra hub --output-file requirements/run.txt pyproject.toml
	@$(COMPILE) --upgrade --group build --group package --extra hub --extra dev --constraint requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml
	@$(COMPILE) --constraint requirements/run.txt --output-file requirements/client.txt pyproject.toml
	@$(COMPILE) --constraint requirements/run.txt --python-version 3.11 \
		--output-file requirements/hub.txt requirements/hub.in
	@$(COMPILE) --constraint requirements/dev.txt --group build --group package --extra hub \
		--output-file requirements/package.txt pyproject.toml

clean: ## remove everything that can be made again
	@rm -rf .venv .venv-package build dist htmlcov .coverage* .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
