# Every target makes or refreshes .venv first, from the lock files; `make` alone lists them.
# ARGS reaches the tool behind a target: `make test ARGS="tests/transcripts -k retry"`.

VENV ?= .venv
export VENV
PY := $(VENV)/bin/python
# A known environment, so that neither the shell nor .env nor ./data decides what a check finds.
MANAGE_IN_TESTS := DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check lint types imports migrations settings schema-drift schema fuzz bench lock runtime dev clients

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: runtime ## Start the service: web, worker and, without an AssemblyAI key, the sandbox
	@exec $(PY) -m api_project.launch $(ARGS)

test: dev clients ## Run the tests, and with TEST_DATABASE_URL those of the database on PostgreSQL too
	@env -u TEST_DATABASE_URL $(PY) -m pytest -n auto --dist loadgroup $(ARGS)
	@if [ -n "$$TEST_DATABASE_URL" ]; then echo "Again on PostgreSQL:"; $(PY) -m pytest -n auto --dist loadgroup -m database $(ARGS); fi

check: lint types imports migrations settings schema-drift ## Check style, types, imports between packages, migrations, settings and schema.yml

lint: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: dev
	$(PY) -m mypy

imports: dev
	$(VENV)/bin/lint-imports --no-cache

migrations: dev
	$(MANAGE_IN_TESTS) makemigrations --check --dry-run

settings: dev
	$(MANAGE_IN_TESTS) check --fail-level WARNING

schema-drift: dev
	@new=$$(mktemp) && trap 'rm -f "$$new"' EXIT \
		&& $(MANAGE_IN_TESTS) spectacular --validate --fail-on-warn --file "$$new" && diff -u schema.yml "$$new" \
		|| { echo "schema.yml is not what the code says; run 'make schema'."; exit 1; }

schema: dev ## Write schema.yml anew from the code
	$(MANAGE_IN_TESTS) spectacular --validate --fail-on-warn --file schema.yml

fuzz: dev ## Ask the API made-up requests for twenty minutes, or ARGS=seconds; on PostgreSQL with TEST_DATABASE_URL
	@exec $(PY) -m tests.fuzzing $(ARGS)

bench: dev ## Measure; how and what came of it is in docs/benchmarks.md
	@exec $(PY) -m bench $(ARGS)

lock: dev ## Write the lock files anew from pyproject.toml
	requirements/lock

runtime:
	@requirements/install runtime

dev:
	@requirements/install dev

clients:
	@tests/clients/typescript/install
