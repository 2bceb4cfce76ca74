# The commands that readers, contributors and CI share. `make demo` and `make test` need only Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= $(or $(RNN_TEMPLATES_DATA),../shared/data)
IMDB := $(DATA)/sentiment/imdb/imdb
MULTI30K := $(DATA)/translation/multi30k
FLICKR := $(MULTI30K)/test_2016_flickr.en.gz,$(MULTI30K)/test_2016_flickr.de.gz
CLI := $(BIN)/rnn-templates
# Files of an export that are released: the SavedModel is written again by `rnn-templates export`.
RELEASED := card.json README.md model.tflite model_int8.tflite preprocessing.json $$(ls *.txt series.json examples.json 2> /dev/null)
COMPACT := import sys, rnn_templates as rt; rt.save_model(rt.load_model(sys.argv[1]), sys.argv[2], mantissa_bits=17)
export RNN_TEMPLATES_DATA := $(DATA)

.PHONY: help demo test test-all lint notebooks check-isolated cell-table clean attack bench bench-memory bench-mingru bench-sentiment bench-entities bench-tagging bench-translation

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "%-20s%s\n", $$1, $$2}' Makefile

demo: .venv/installed  ## train on generated data, export, and run the exported model
	$(CLI) demo

test: lint  ## lint and the fast tests; every change must pass
	$(BIN)/python tests/run.py -m "not slow"

test-all: lint  ## lint and all tests
	$(BIN)/python tests/run.py

attack: .venv/installed  ## random files, texts, ids, models, kills, full disks, flags: ten minutes, limited memory
	$(BIN)/python tests/attack/run.py

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python tests/lint/prose.py
	$(BIN)/python tests/lint/sizes.py

notebooks: .venv/installed  ## run every notebook with small settings
	RNN_TEMPLATES_SMALL=1 $(BIN)/python -m pytest --nbmake notebooks --override-ini addopts= --override-ini filterwarnings=default

train-%: .venv/installed  ## train, evaluate and export recipes/%.toml into runs/%
	$(CLI) train --recipe recipes/$*.toml

release-%:  ## copy the files of runs/% to saved_models/%, with compressed weights
	mkdir -p saved_models/$*
	cd runs/$* && cp $(RELEASED) $(abspath saved_models/$*)
	$(BIN)/python -c "$(COMPACT)" runs/$* saved_models/$*/model.keras

# The mark is written last. Without it the environment is incomplete, and is created from scratch.
.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -c "import sys; sys.version_info < (3, 11) and sys.exit('Python 3.11 or newer is required; this is ' + sys.version)"
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) .venv && rm -f $@ .venv/benchmarks
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --editable ".[dev,notebooks]"
	touch $@

.venv/benchmarks: .venv/installed
	$(BIN)/python -m pip install --quiet ".[benchmarks]" && touch $@

.bench/installed:  # PyTorch has an environment of its own
	$(PYTHON) -m venv --clear .bench
	.bench/bin/pip install --quiet torch==2.13.0 numpy && touch $@

.isolated/%/installed:  # an environment with one runtime
	$(PYTHON) -m venv --clear .isolated/$*
	.isolated/$*/bin/pip install --quiet $(if $(filter litert,$*),ai-edge-litert numpy,$*) && touch $@

check-isolated: .venv/installed .isolated/tensorflow/installed .isolated/litert/installed  ## run exports without this package
	$(BIN)/python tests/isolated/compare.py runs/sentiment $(IMDB)_test.tsv.xz .isolated
	$(BIN)/python tests/isolated/compare.py runs/translation $(FLICKR) .isolated

bench: .venv/installed .bench/installed  ## RNN loops of this package, Keras and PyTorch; writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/speed.py --torch .bench/bin/python
	for t in train infer; do for n in 1 2; do $(BIN)/python benchmarks/implementation_grid.py --threads $$n --task $$t || exit 1; done; done
	$(BIN)/python benchmarks/sentiment_execution.py $(IMDB)_train.tsv.xz
	$(BIN)/python benchmarks/imdb_epoch.py $(IMDB)_train.tsv.xz --torch .bench/bin/python

bench-memory: .venv/installed  ## memory that models leave behind; time to the first step
	$(BIN)/python benchmarks/memory.py && $(BIN)/python benchmarks/first_step.py

bench-mingru: train-imdb_lstm train-imdb_mingru  ## the same model with an LSTM and a minGRU on IMDb

bench-sentiment: .venv/installed  ## the keras.io example on IMDb
	$(BIN)/python benchmarks/keras_io_sentiment.py $(IMDB)_train.tsv.xz $(IMDB)_test.tsv.xz

bench-entities: .venv/installed  ## accuracy on message patterns that are not in the training data
	$(BIN)/python benchmarks/held_out_messages.py runs/entities

bench-tagging: .venv/benchmarks  ## latency of the LiteRT model and of ONNX Runtime
	$(BIN)/python benchmarks/tagging_latency.py runs/tagging

bench-translation: .venv/benchmarks  ## BLEU in the protocols of Multi30k papers; cost of decoding and of beam search
	$(BIN)/python benchmarks/multi30k.py runs/translation --data $(FLICKR)
	$(BIN)/python benchmarks/translation_decoding.py runs/translation --data $(FLICKR)

cell-table: .venv/installed  ## docs/cells.md: half an hour, resumes
	for part in accuracies speed page; do $(BIN)/python benchmarks/cell_table.py $$part || exit 1; done

clean: ; rm -rf .venv .isolated .bench build *.egg-info .pytest_cache .ruff_cache .hypothesis
