# The commands that readers, contributors and CI share. `make demo` and `make test` need Python 3.11 or newer, and no more.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= $(or $(RNN_TEMPLATES_DATA),../shared/data)
IMDB := $(DATA)/sentiment/imdb/imdb
EWT := --data universal_dependencies/en_ewt --manual-dir $(DATA)/tfds_manual
WNUT := $(DATA)/tagging/wnut17
MULTI30K := $(DATA)/translation/multi30k
FLICKR := $(MULTI30K)/test_2016_flickr.en.gz,$(MULTI30K)/test_2016_flickr.de.gz
FLICKR8K := $(DATA)/captioning/flickr8k/flickr8k_160px.tar,$(DATA)/captioning/flickr8k/captions.tsv.xz
MOBILENET := $(DATA)/encoders/mobilenet_v2_1.0_224_notop.weights.h5
export RNN_TEMPLATES_DATA := $(DATA)

.PHONY: demo test lint notebooks train-sentiment saved-sentiment train-goemotions bench-sentiment bench bench-mingru \
  cells alone clean train-tagging train-xpos train-entities train-wnut17 saved-tagging bench-tagging \
  train-translation train-dates saved-translation bench-translation \
  train-captioning train-scenes saved-captioning train-glyphs train-glyphs-rows

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed, this is ' + sys.version.split()[0]) if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --editable ".[dev,notebooks]"
	touch $@

demo: .venv/installed  ## train on embedded data, export, ask the exported file
	$(BIN)/rnn-templates demo

test: lint  ## what CI runs
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --durations 20

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

notebooks: .venv/installed  ## run every notebook with small settings
	RNN_TEMPLATES_SMALL=1 $(BIN)/python -m pytest --nbmake notebooks --override-ini addopts= --override-ini filterwarnings=default

.bench/installed:  # PyTorch has an environment of its own
	$(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet torch==2.13.0 numpy
	touch $@

bench: .venv/installed .bench/installed  ## our recurrences beside Keras and PyTorch, into benchmarks/RESULTS.md
	$(BIN)/python benchmarks/speed.py --torch .bench/bin/python
	$(BIN)/python benchmarks/speed.py --torch .bench/bin/python --threads 2 --rounds 11
	$(BIN)/python benchmarks/sentiment_execution.py $(IMDB)_train.tsv.xz
	$(BIN)/python benchmarks/imdb_epoch.py $(IMDB)_train.tsv.xz --torch .bench/bin/python

bench-mingru: .venv/installed  ## the same plain model with an LSTM and a minGRU on IMDb
	for cell in lstm mingru; do \
	  $(BIN)/rnn-templates train sentiment --data $(IMDB)_train.tsv.xz --label-names 0=negative,1=positive \
	    --validation 0.03 --validation-block 100 --output runs/imdb_$$cell --cell $$cell --vocabulary-size 16000 \
	    --units 128 --embedding-dim 64 --region 50 --max-tokens 600 --pooling max_mean --dropout 0.5 \
	    --embedding-dropout 0.3 --word-dropout 0.2 --epsilon 1e-5 --learning-rate 0.002 --batch-size 64 --epochs 4 && \
	  $(BIN)/rnn-templates evaluate runs/imdb_$$cell --data $(IMDB)_test.tsv.xz --label-names 0=negative,1=positive \
	    || exit 1; done

cells: .venv/installed  ## docs/cells.md: what each cell costs and can do, measured
	$(BIN)/python benchmarks/cells_table.py

clean:
	rm -rf .venv .alone .bench build *.egg-info .pytest_cache .ruff_cache .hypothesis

train-sentiment: .venv/installed  ## the model in saved_models/sentiment, about 20 minutes on two cores
	$(BIN)/rnn-templates train sentiment --data $(IMDB)_train.tsv.xz --label-names 0=negative,1=positive \
	  --validation 0.03 --validation-block 100 --output runs/imdb --vocabulary-size 16000 --units 128 \
	  --embedding-dim 64 --region 50 --max-tokens 600 --pooling max_mean --dropout 0.5 --embedding-dropout 0.3 \
	  --word-dropout 0.2 --adversarial 0.05 --epsilon 1e-5 --learning-rate 0.002 --batch-size 64 --epochs 6 --patience 6 \
	  --description "Is an English film review negative or positive? Trained on the Large Movie Review Dataset's \
	training reviews (Maas et al. 2011). It has seen film reviews alone: on other texts, and on irony, expect less."
	$(BIN)/rnn-templates evaluate runs/imdb --data $(IMDB)_test.tsv.xz --label-names 0=negative,1=positive \
	  --baseline-data $(IMDB)_train.tsv.xz
	$(BIN)/rnn-templates export runs/imdb --data $(IMDB)_test.tsv.xz --label-names 0=negative,1=positive \
	  --examples 25000

saved-sentiment:  ## puts what train-sentiment made into saved_models
	mkdir -p saved_models/sentiment
	cd runs/imdb && cp card.json README.md model.keras model.tflite model_int8.tflite vocabulary.txt labels.txt \
	  preprocessing.json ../../saved_models/sentiment/

alone: .venv/installed  ## asks what train-sentiment and train-translation made where only TensorFlow, or only LiteRT and NumPy, are installed
	test -e .alone/tensorflow || ($(PYTHON) -m venv .alone/tensorflow && .alone/tensorflow/bin/pip install -q tensorflow)
	test -e .alone/litert || ($(PYTHON) -m venv .alone/litert && .alone/litert/bin/pip install -q ai-edge-litert numpy)
	$(BIN)/python tests/alone/compare.py runs/imdb $(IMDB)_test.tsv.xz .alone
	$(BIN)/python tests/alone/compare.py runs/translation $(FLICKR) .alone

bench-sentiment: .venv/installed  ## keras.io's recipe on the same reviews
	$(BIN)/python benchmarks/keras_io_sentiment.py $(IMDB)_train.tsv.xz $(IMDB)_test.tsv.xz

train-goemotions: .venv/installed  ## 28 emotions, several a comment
	$(BIN)/rnn-templates train sentiment --data goemotions --manual-dir $(DATA)/tfds_manual_goemotions \
	  --output runs/goemotions --vocabulary-size 16000 --units 128 --embedding-dim 128 --max-tokens 40 \
	  --pooling max_mean --dropout 0.5 --embedding-dropout 0.4 --word-dropout 0.15 --balance --learning-rate 0.002 \
	  --batch-size 64 --epochs 8 --patience 4
	$(BIN)/rnn-templates evaluate runs/goemotions --data goemotions --manual-dir $(DATA)/tfds_manual_goemotions

# Settings of the taggers of parts of speech; XPOS has the same.
POS := --no-crf --units 200 --depth 2 --embedding-dim 100 --character-units 256 --dropout 0.5 \
  --recurrent-dropout 0.3 --unknown-dropout 0.35 \
  --label-smoothing 0.05 --min-count 2 --batch-size 32 --epochs 28 --patience 28 --monitor val_accuracy

train-tagging: .venv/installed  ## the model in saved_models/tagging, about 20 minutes on two cores
	$(BIN)/rnn-templates train tagging $(EWT) --target-column upos --output runs/tagging $(POS) \
	  --description "The universal part of speech of every word of an English sentence. Trained on the English Web \
	Treebank (UD 2.10): blogs, e-mails, reviews, questions and answers, news groups. It expects that treebank's words, \
	which part contractions (do n't, Ann 's); raw text is split by a simpler rule, which does not."
	$(BIN)/rnn-templates evaluate runs/tagging $(EWT) --target-column upos --baseline
	$(BIN)/rnn-templates export runs/tagging $(EWT) --target-column upos --examples 2077

train-xpos: .venv/installed  ## the same with the 50 tags of the Penn Treebank
	$(BIN)/rnn-templates train tagging $(EWT) --target-column xpos --output runs/xpos $(POS)
	$(BIN)/rnn-templates evaluate runs/xpos $(EWT) --target-column xpos --baseline

train-entities: .venv/installed  ## the model in saved_models/entities, about 10 minutes on two cores
	$(BIN)/rnn-templates train tagging --data messages --output runs/entities --units 96 --embedding-dim 48 \
	  --character-units 128 --unknown-dropout 0.15 --dropout 0.25 --min-count 3 --vocabulary-size 8000 \
	  --learning-rate 0.004 --max-tokens 96 --batch-size 32 --epochs 6 \
	  --monitor val_span_f1 --patience 12 \
	  --description "Names, addresses, dates, phone numbers, e-mail addresses and amounts of money in messages in English, \
	German, French and Spanish. Trained on generated messages alone: on real ones it will miss forms that the generator \
	does not know, so do not trust it to remove personal data without somebody looking."
	$(BIN)/rnn-templates evaluate runs/entities --data messages --baseline
	$(BIN)/rnn-templates export runs/entities --data messages --examples 2000
	$(BIN)/python benchmarks/held_out_messages.py runs/entities

train-wnut17: .venv/installed  ## emerging entities with and without CRF and letters
	for crf in crf no-crf; do for characters in cnn none; do \
	  $(BIN)/rnn-templates train tagging --data $(WNUT)/train.conll --validation-data $(WNUT)/dev.conll \
	    --output runs/wnut17_$${crf}_$$characters --$$crf --characters $$characters --units 128 --embedding-dim 64 \
	    --dropout 0.3 --unknown-dropout 0.3 --batch-size 16 --epochs 25 --patience 25 --monitor val_span_f1 && \
	  $(BIN)/rnn-templates evaluate runs/wnut17_$${crf}_$$characters --data $(WNUT)/test.conll \
	    --baseline-data $(WNUT)/train.conll || exit 1; done; done

saved-tagging:  ## puts what train-tagging and train-entities made into saved_models
	for model in tagging entities; do mkdir -p saved_models/$$model && (cd runs/$$model && cp card.json README.md \
	  model.keras model.tflite model_int8.tflite vocabulary.txt labels.txt preprocessing.json ../../saved_models/$$model/); done

.venv/benchmarks: .venv/installed
	$(BIN)/python -m pip install --quiet ".[benchmarks]"
	touch $@

bench-tagging: .venv/benchmarks  ## a sentence in the device's file beside ONNX Runtime
	$(BIN)/python benchmarks/tagging_latency.py runs/tagging

train-translation: .venv/benchmarks  ## the model in saved_models/translation, about an hour on two cores
	$(BIN)/rnn-templates train translation --data $(MULTI30K)/train.en.gz,$(MULTI30K)/train.de.gz \
	  --validation-data $(MULTI30K)/val.en.gz,$(MULTI30K)/val.de.gz --output runs/translation \
	  --consistency 1 --learning-rate 0.002 --beta-2 0.99 --batch-size 64 --epochs 18 --patience 18 \
	  --monitor val_accuracy \
	  --description "English image captions into German. Trained on Multi30k (Elliott et al. 2016): 29,000 sentences that \
	say what is to be seen in a photograph. It knows little beyond people, animals, sports and streets."
	$(BIN)/rnn-templates evaluate runs/translation --data $(FLICKR) \
	  --baseline-data $(MULTI30K)/train.en.gz,$(MULTI30K)/train.de.gz \
	  --validation-data $(MULTI30K)/val.en.gz,$(MULTI30K)/val.de.gz
	$(BIN)/rnn-templates export runs/translation --data $(FLICKR) --examples 1000
	$(BIN)/python benchmarks/multi30k.py runs/translation --data $(FLICKR)

train-dates: .venv/installed  ## the model in saved_models/dates, about 15 minutes on two cores
	$(BIN)/rnn-templates train translation --data dates/en_de --output runs/dates --source-pieces 600 --target-pieces 600 \
	  --units 160 --embedding-dim 96 --dropout 0.1 --embedding-dropout 0.1 --memory-dropout 0.1 --word-dropout 0 \
	  --max-source 48 --max-target 48 --learning-rate 0.003 --beta-2 0.99 --batch-size 64 --epochs 6 --patience 6 \
	  --monitor val_accuracy \
	  --description "English dates, times, numbers and amounts of money into German, in figures and in words. Trained on \
	generated pairs alone; it answers anything else with a date or a number."
	$(BIN)/rnn-templates evaluate runs/dates --data dates/en_de --baseline
	$(BIN)/rnn-templates export runs/dates --data dates/en_de --examples 2000

saved-translation:  ## puts what train-translation and train-dates made into saved_models
	for model in translation dates; do mkdir -p saved_models/$$model && (cd runs/$$model && cp card.json README.md \
	  model.keras model.tflite model_int8.tflite source_vocabulary.txt target_vocabulary.txt preprocessing.json \
	  ../../saved_models/$$model/); done

bench-translation: .venv/installed  ## decoding beside re-running the prefix; the search's cost; milliseconds on a device
	$(BIN)/python benchmarks/translation_decoding.py runs/translation --data $(FLICKR)

train-captioning: .venv/installed  ## captions of photographs, on a MobileNetV2 that stays as it is; about an hour on two cores
	$(BIN)/rnn-templates train captioning --data $(FLICKR8K) --output runs/flickr8k --encoder mobilenet_v2 \
	  --weights $(MOBILENET) --no-train-encoder --image-size 256 --units 384 --attention-units 256 --max-target 26 \
	  --dropout 0.5 --memory-dropout 0.5 --learning-rate 0.001 --beta-2 0.99 --length-penalty 0.5 \
	  --batch-size 16 --epochs 14 --patience 14 --monitor val_accuracy \
	  --description "English captions for photographs, mostly of people and dogs. Trained on Flickr8k (Hodosh et al. 2013)."
	$(BIN)/rnn-templates evaluate runs/flickr8k --data $(FLICKR8K) --baseline-data $(FLICKR8K)
	$(BIN)/rnn-templates export runs/flickr8k --data $(FLICKR8K) --examples 500

train-scenes: .venv/installed  ## the model in saved_models/captioning, about half an hour on two cores
	$(BIN)/rnn-templates train captioning --data scenes --output runs/scenes --units 160 --embedding-dim 96 --pieces 400 \
	  --max-target 24 --dropout 0.1 --embedding-dropout 0.1 --memory-dropout 0.1 --word-noise 0.35 --coverage 0 \
	  --likeness-units 32 --length-penalty 0 \
	  --learning-rate 0.002 --beta-2 0.99 --batch-size 32 --epochs 16 --patience 16 --monitor val_accuracy --average 0.99 \
	  --description "English captions for drawn scenes of coloured shapes: how many, how large, which colour, where. \
	Trained on generated pictures alone; it sees shapes in everything."
	$(BIN)/rnn-templates evaluate runs/scenes --data scenes --baseline
	$(BIN)/rnn-templates export runs/scenes --data scenes --examples 500

saved-captioning:  ## puts what train-scenes and train-glyphs made into saved_models
	mkdir -p saved_models/captioning && cd runs/scenes && cp card.json README.md model.keras model.tflite \
	  model_int8.tflite vocabulary.txt preprocessing.json ../../saved_models/captioning/
	mkdir -p saved_models/glyphs && cd runs/glyphs && cp card.json README.md model.keras model.tflite \
	  model_int8.tflite labels.txt preprocessing.json ../../saved_models/glyphs/

train-glyphs: .venv/installed  ## characters told apart by convolutions, about two minutes on two cores
	$(BIN)/rnn-templates train image_classification --data glyphs --output runs/glyphs --learning-rate 0.002 \
	  --average 0.99 --batch-size 64 --epochs 6 --patience 6 \
	  --description "Which digit or capital letter is it? Trained on generated pictures alone, light on dark; letters \
	that look like a digit or like another letter (B, D, G, I, O, Q, S, Z) are none of its classes."
	$(BIN)/rnn-templates evaluate runs/glyphs --data glyphs --baseline
	$(BIN)/rnn-templates export runs/glyphs --data glyphs --examples 1000

train-glyphs-rows: .venv/installed  ## the same characters read row by row by a GRU, about two minutes on two cores
	$(BIN)/rnn-templates train image_classification --data glyphs --output runs/glyphs-rows --reading rows \
	  --learning-rate 0.003 --average 0.99 --batch-size 64 --epochs 8 --patience 8 \
	  --description "Which digit or capital letter is it? The picture is read as a sequence of its rows, for comparison \
	with convolutions. Trained on generated pictures alone, light on dark; B, D, G, I, O, Q, S, Z are none of its classes."
	$(BIN)/rnn-templates evaluate runs/glyphs-rows --data glyphs --baseline
	$(BIN)/rnn-templates export runs/glyphs-rows --data glyphs --examples 1000
