"""The frame's own words, in both languages, for the template: ``WORDS[lang].name``."""

from __future__ import annotations

from types import SimpleNamespace

from autograder.feedback.text import typeset
from autograder.model import LANGUAGES, Language, Outcome, Text

_OUTCOMES = {
    Outcome.PASSED: ("ok", "✓", Text("réussi", "passed")),
    Outcome.FAILED: ("bad", "✗", Text("échoué", "failed")),
    Outcome.ERROR: ("bad", "✗", Text("erreur", "error")),
    Outcome.TIMEOUT: ("bad", "✗", Text("trop long", "out of time")),
    Outcome.MEMORY: ("bad", "✗", Text("trop de mémoire", "out of memory")),
    Outcome.CRASHED: ("bad", "✗", Text("processus arrêté", "process ended")),
    Outcome.SKIPPED: ("wait", "→", Text("à revoir après un autre test", "waits for another test")),
    Outcome.MANUAL: ("wait", "…", Text("à lire par une personne", "for a person to read")),
    Outcome.NOT_GRADED: ("wait", "–", Text("pas évalué", "not graded")),
}
_MARKED = ("ok", "✎", Text("noté par une personne", "marked by a person"))

_FRAME = {
    "feedback": Text("Retour sur ton travail", "Feedback on your work"),
    "student": Text("Travail de", "Work of"),
    "score": Text("Note", "Score"),
    "rejected": Text("Fichier illisible", "The file cannot be read"),
    "not_graded": Text("Pas encore noté", "Not graded yet"),
    "ours": Text(
        "Ce n'est pas ta faute : la correction n'a pas abouti et sera reprise.",
        "This is not your fault: grading did not succeed and will be done again.",
    ),
    "short": Text(
        "Essai sur une partie des images : ce n'est pas une note.",
        "A trial on a part of the images: this is no grade.",
    ),
    "pending": Text(
        "Points encore à donner par une personne : {}.",
        "Points still to be given by a person: {}.",
    ),
    "penalty": Text("Retard", "Lateness"),
    "after_penalty": Text("Note après retard", "Score after lateness"),
    "extra": Text("Points supplémentaires", "Extra points"),
    "notices": Text("Remarques", "Notices"),
    "by_task": Text("Points par tâche", "Points by task"),
    "task": Text("Tâche", "Task"),
    "points": Text("Points", "Points"),
    "share": Text("Part", "Share"),
    "total": Text("Total", "Total"),
    "of": Text("sur", "of"),
    "tests": Text("Tests", "Tests"),
    "right": Text("Tests réussis : {} sur {}", "Tests passed: {} of {}"),
    "hint": Text("Piste : ", "Hint: "),
    "hidden": Text("test caché", "hidden test"),
    "inside": Text(
        "Ce test a tourné dans le processus de ton code.",
        "This test ran in the process of your code.",
    ),
    "given": Text("Points donnés par une personne : {}.", "Points given by a person: {}."),
    "comment": Text("Commentaire : ", "Comment: "),
    "waits": Text("à venir", "to come"),
    "code": Text("Tes cellules", "Your cells"),
    "no_code": Text(
        "Ton fichier n'était pas disponible quand cette page a été faite.",
        "Your file was not there when this page was made.",
    ),
    "source_only": Text(
        "Les sorties de tes cellules ne sont pas montrées ici.",
        "The outputs of your cells are not shown here.",
    ),
    "as_handed_in": Text(
        "Les sorties sont celles que tu as rendues : rien n'a été entraîné de nouveau.",
        "The outputs are those you handed in: nothing was trained again.",
    ),
    "cell": Text("Cellule de code {}", "Code cell {}"),
    "answer": Text("Réponse {}", "Answer {}"),
    "source_of": Text("Code de la cellule {}", "Source of cell {}"),
    "output_of": Text("Sortie de la cellule {}", "Output of cell {}"),
    "errors_of": Text("Erreur de la cellule {}", "Error of cell {}"),
    "table_of": Text("Tableau affiché par la cellule {}", "Table shown by cell {}"),
    "picture_of": Text(
        "Image {} affichée par la cellule {} ({} × {} pixels)",
        "Picture {} shown by cell {} ({} × {} pixels)",
    ),
    "long": Text("Afficher les {} lignes", "Show the {} lines"),
    "cut": Text("Caractères non affichés : {}.", "Characters not shown: {}."),
    "left_out": Text("Non affiché : {}.", "Not shown: {}."),
    "picture_refused": Text(
        "une image qui n'est pas un PNG, ou trop grande", "a picture that is no PNG, or too large"
    ),
    "full": Text("la page est déjà assez longue", "the page is long enough already"),
    "kind_refused": Text("une sortie d'un autre type", "an output of another kind"),
    "more_cells": Text("les cellules suivantes ({})", "the cells that follow ({})"),
    "more_outputs": Text("les sorties suivantes ({})", "the outputs that follow ({})"),
    "after_hidden": Text(
        "les sorties des cellules qui suivent un test caché",
        "outputs of cells that come after a hidden test",
    ),
    "made_by": Text(
        "Évalué en {} s, isolation {}.", "Graded in {} s, isolation {}."
    ),
}  # fmt: skip


def _words(lang: Language) -> SimpleNamespace:
    return SimpleNamespace(**{key: typeset(text.to(lang), lang) for key, text in _FRAME.items()})


WORDS = {lang: _words(lang) for lang in LANGUAGES}


def outcome(of: Outcome, lang: Language, *, marked: bool = False) -> tuple[str, str, str]:
    """CSS class, symbol and word of an outcome; ``marked``: a person has given the points."""
    style, symbol, word = _MARKED if marked and of is Outcome.MANUAL else _OUTCOMES[of]
    return style, symbol, word.to(lang)
