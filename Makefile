# The only commands a newcomer needs. `make` alone lists them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: catalogues help demo stop reset-demo test load lint format build bench screenshots lock texts

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## run the platform with Palermo's plan on http://127.0.0.1:8000 (PORT=8001 make demo)
	@scripts/demo.sh

stop: ## stop the demo's database
	@.venv/bin/mobility db stop

reset-demo: ## throw the demo's database away, with everything said in it
	@scripts/reset-demo.sh

test: ## check everything: style, types, contracts, unit, integration and browser tests
	@scripts/test.sh

load: ## kill server and database twenty times while fifty people write; prints what was kept (three minutes)
	@scripts/load.sh

lint: ## style, types, import contracts, templates and style sheets only
	@scripts/lint.sh

format: ## put Python code into the house style
	@.venv/bin/ruff format mobility tests bench migrations scripts wsgi.py
	@.venv/bin/ruff check --fix mobility tests bench migrations scripts wsgi.py

build: ## build the front end and the translations
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent build
	@$(MAKE) -s catalogues

catalogues:
	@for po in mobility/translations/*/LC_MESSAGES/messages.po; do \
	  [ ! -f "$$po" ] || .venv/bin/pybabel -q compile -i "$$po" -o "$${po%.po}.mo" -l "$$(basename "$${po%/LC_MESSAGES/*}")"; \
	done

bench: ## measure what the documentation claims
	@scripts/bench.sh

screenshots: ## make the pictures of the README anew
	@scripts/screenshots.sh

lock: ## choose the newest allowed Python packages and pin them with hashes
	@scripts/lock.sh

texts: ## collect the texts of the interface for translation
	@scripts/texts.sh
