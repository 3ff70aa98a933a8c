# Palabre. `make run` starts everything on this machine, `make test` checks everything.
# The work is done by the small programs in tools/; docs/operations.md explains the settings.

.DEFAULT_GOAL := help
.PHONY: help run install test soak lint format lock clean

# The first Python from 3.11 on that this machine has; PYTHON=… chooses another.
PY := sh tools/python.sh

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ## Install, build, seed and start on http://127.0.0.1:8000 (PORT, MEDIA_PORT, DATA_DIR, DEMO=0)
	@$(PY) -m tools.run

install: ## Install and build what `make run` needs, without starting it
	@$(PY) -m tools.install

test: ## Install what the tests need, then run every check and every test
	@$(PY) -m tools.check

soak: ## Run the long and heavy tests
	@$(PY) -m tools.check soak

lint: ## Run the checks without the tests
	@$(PY) -m tools.check lint

format: ## Format Python, TypeScript, Svelte and CSS
	@$(PY) -m tools.check format

lock: ## Write the two Python lock files again from pyproject.toml
	@$(PY) -m tools.lock

clean: ## Remove what was installed and built; data (var/) stays
	rm -rf .make .venv node_modules frontend/dist staticfiles test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
