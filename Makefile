# Two commands matter: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test bench bench-certificates bench-queue bench-verify demo lint format lock shell migrations clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.site: requirements.txt | $(BIN)/python
	@echo "Installing what the site needs, exact versions with hashes ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements.txt requirements-dev.txt | $(VENV)/.site
	@echo "Installing what the tests need ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.site ## prepare the database and serve the site with its worker; Ctrl-C stops both
	@$(BIN)/python -m iiwam.run

test: $(VENV)/.tests ## run every test this machine can run, and name what it can't
	@$(BIN)/python -m tests

bench: $(VENV)/.tests ## measure the pages beside a bare Django site; COURSES= says how many courses are filled in
	@COURSES="$(COURSES)" $(BIN)/python -m tests.bench

bench-certificates: $(VENV)/.tests ## issue a thousand certificates with two workers, one killed on the way; COUNT= says how many
	@COUNT="$(COUNT)" $(BIN)/python -m tests.bench.certificates

bench-queue: $(VENV)/.tests ## measure the desk with APPLICATIONS= (100,000) applications on PostgreSQL
	@APPLICATIONS="$(APPLICATIONS)" $(BIN)/python -m tests.bench.queue

bench-verify: $(VENV)/.tests ## measure a check among CERTIFICATES= (1,000,000) certificates on PostgreSQL, and the issue of one
	@CERTIFICATES="$(CERTIFICATES)" $(BIN)/python -m tests.bench.verify

demo: $(VENV)/.site ## fill the database with made-up people at every stage; STAGE= and SEED= choose
	@$(BIN)/python manage.py load_demo $(if $(STAGE),--stage $(STAGE)) $(if $(SEED),--seed $(SEED))

lint: $(VENV)/.tests ## check style and missing migrations
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.tests ## format the code
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

lock: $(VENV)/.tests ## pin requirements.in and requirements-dev.in, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

migrations: $(VENV)/.site ## write migrations for changed models
	@$(BIN)/python manage.py makemigrations

shell: $(VENV)/.site ## a Python shell with the site loaded
	@$(BIN)/python manage.py shell

clean: ## remove the environment and caches; the database in var/ stays
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis test-results
