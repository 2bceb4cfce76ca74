"""Estimators with the interface of scikit-learn; they need the extra `sklearn`."""

from rnn_templates.sklearn.text_classifier import TextClassifier as TextClassifier
