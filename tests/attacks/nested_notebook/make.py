"""JSON that is nested deeper than a parser's stack."""


def make(folder):
    start = '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": '
    (folder / "vault.ipynb").write_text(start + "[" * 100_000 + "]" * 100_000 + "}")
