"""Moodle's grading worksheet and its gradebook's import: what Moodle would make of ours."""

import pytest
from exported import a_score, by_hand, exported, from_moodle, lines, rejected

from autograder.errors import UsageError

ENGLISH = "\n".join(
    [
        'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"',
        '"Participant 1041","Camille Dupont",camille@x.org,"Submitted for grading",,20.00,Yes,'
        '"Friday, 20 November 2026, 10:00 AM",-,',
        '"Participant 1042","Zoé Petit",zoe.petit@x.org,"Submitted for grading - 2 days late",9.50,'
        '20.00,Yes,"Sunday, 22 November 2026, 10:00 AM","Monday, 23 November 2026, 9:00 AM",'
        '"<p>- Bien, mais tard.</p>"',
        '"Participant 1043","Aoife O\'Neill",aoife@x.org,"No submission - Graded",8.00,20.00,No,-,'
        '"Monday, 23 November 2026, 9:00 AM",',
        '"Participant 1044","Marie Roy",marie.roy@x.org,"No submission",,20.00,Yes,-,-,',
    ]
)
FRENCH = "\n".join(
    [
        'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale",'
        '"La note peut être modifiée","Dernière modification (travail remis)",'
        '"Dernière modification (note)","Feedback par commentaires"',
        'Participant1041,"Camille Dupont",camille@x.org,"Remis pour évaluation",,"20,00",Oui,'
        '"vendredi 20 novembre 2026, 10:00",-,',
        'Participant1042,"Zoé Petit",zoe.petit@x.org,"Remis pour évaluation","9,50","20,00",Oui,'
        '"vendredi 20 novembre 2026, 10:00",-,"Tests automatiques : vieux"',
        'Participant1043,"Aoife O\'Neill",aoife@x.org,"Non remis","8,00","20,00",Non,-,-,',
    ]
)
GRADEBOOK = "\n".join(
    [
        'Prénom,"Nom de famille","Numéro d\'identification","Adresse de courriel",'
        '"Devoir : Convolution (Brut)","Devoir : Projet (Brut)","Total du cours (Brut)"',
        "Camille,Dupont,22100001,camille@x.org,-,-,-",
        'Zoé,Petit,22100002,zoe.petit@x.org,"9,50","7,00","16,50"',
        "Marie,Roy,22100003,marie.roy@x.org,-,-,-",
    ]
)
FEEDBACK = -1


def as_moodle_reads(data, lang="en"):
    """The number, grade and comment of each line, as its import finds them: by heading."""
    header, *rows = lines(data)
    names = {
        "en": ("Identifier", "Grade", "Last modified (grade)", "Feedback comments"),
        "fr": ("Identifiant", "Note", "Dernière modification (note)", "Feedback par commentaires"),
    }[lang]
    assert set(names[:3]) <= set(header)
    prefix = len("Participant " if lang == "en" else "Participant")
    found = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        found[cells[names[0]][prefix:]] = (cells[names[1]], cells.get(names[3]))
    return found


def worksheet(tmp_path, *scores, roster=ENGLISH, **options):
    return exported(tmp_path, *scores, format="moodle", roster=roster, **options)


# ---------------------------------------------------------------- the grading worksheet


def test_grades_go_to_their_lines_and_all_else_stays(tmp_path):
    made = worksheet(
        tmp_path,
        a_score("Camille Dupont", 14.25, **from_moodle("1041")),
        a_score("zoe.petit", 11.0),
        a_score("Marie Roy", 0.0),
    )
    assert {number: grade for number, (grade, _) in as_moodle_reads(made.data).items()} == {
        "1041": "14.25",
        "1042": "11",
        "1043": "8.00",
        "1044": "0",
    }
    before, after = lines(ENGLISH.encode()), lines(made.data)
    grade = before[0].index("Grade")
    for old, new in zip(before, after, strict=True):
        assert old[:grade] + old[grade + 1 : -1] == new[:grade] + new[grade + 1 :]
    assert made.notes == ("in the roster, without a result: Aoife O'Neill (1043)",)


def test_comments_are_not_touched_unless_asked_for(tmp_path):
    made = worksheet(tmp_path, a_score("Zoé Petit", 11.0))
    assert "Feedback comments" not in lines(made.data)[0]


def test_feedback_goes_where_no_person_wrote(tmp_path):
    scores = [a_score("Camille Dupont", 14.25), a_score("Zoé Petit", 11.0)]
    made = worksheet(tmp_path, *scores, feedback=True)
    comments = {number: comment for number, (_, comment) in as_moodle_reads(made.data).items()}
    assert comments["1041"] == "Automatic tests: convolve2d 14.25/20"
    assert comments["1042"] == "<p>- Bien, mais tard.</p>"
    assert comments["1043"] == comments["1044"] == ""


def test_a_comment_of_ours_is_renewed_and_a_teachers_formula_told(tmp_path):
    made = worksheet(tmp_path, a_score("Zoé Petit", 11.5), roster=FRENCH, feedback=True)
    assert as_moodle_reads(made.data, "fr")["1042"] == (
        "11,5",
        "Tests automatiques : convolve2d 11,5/20",
    )
    roster = ENGLISH.replace("<p>- Bien", "-1, bien")
    made = worksheet(tmp_path / "2", a_score("Zoé Petit", 11.5), roster=roster, feedback=True)
    assert as_moodle_reads(made.data)["1042"][1].startswith("'-1, bien")
    assert "Zoé Petit: the comment starts like a formula; look at it" in made.notes


def test_a_french_worksheet_keeps_its_headings_and_decimal_comma(tmp_path):
    made = worksheet(tmp_path, a_score("Camille Dupont", 14.25), roster=FRENCH)
    assert lines(made.data)[0] == lines(FRENCH.encode())[0][:-1]
    assert as_moodle_reads(made.data, "fr")["1041"] == ("14,25", None)


@pytest.mark.parametrize("roster", [ENGLISH, FRENCH])
def test_a_locked_grade_stays_and_is_told_if_it_differs(tmp_path, roster):
    made = worksheet(tmp_path, a_score("Aoife O'Neill", 12.5), roster=roster)
    assert "8" in as_moodle_reads(made.data, "fr" if roster is FRENCH else "en")["1043"][0]
    assert any(note.startswith("Aoife O'Neill: Moodle has locked") for note in made.notes)
    made = worksheet(tmp_path / "2", a_score("Aoife O'Neill", 8.0), roster=roster)
    assert not any("locked" in note for note in made.notes)


def test_a_grade_above_the_maximum_is_written_and_told(tmp_path):
    made = worksheet(tmp_path, a_score("Camille Dupont", 22.0))
    assert as_moodle_reads(made.data)["1041"][0] == "22"
    assert made.notes[0].startswith("Camille Dupont: 22 is above Moodle's maximum of 20")


def test_what_has_no_final_score_keeps_what_moodle_has(tmp_path):
    scores = [rejected("Zoé Petit"), by_hand("Camille Dupont")]
    made = worksheet(tmp_path, *scores)
    assert as_moodle_reads(made.data)["1042"][0] == "9.50"
    assert as_moodle_reads(made.data)["1041"][0] == ""
    assert sum("no score" in note for note in made.notes) == 2


def test_while_names_are_hidden_the_number_is_enough(tmp_path):
    roster = "Identifier,Status,Grade,Maximum Grade,Last modified (grade)\n" + "".join(
        f"Participant {number},Submitted,,20.00,-\n" for number in (1041, 1042)
    )
    scores = [
        a_score(f"Participant_{number}", number - 1040, **from_moodle(str(number)))
        for number in (1042, 1041)
    ]
    made = worksheet(tmp_path, *scores, roster=roster)
    assert [grade for grade, _ in as_moodle_reads(made.data).values()] == ["1", "2"]
    assert made.notes == ()
    named = worksheet(tmp_path / "2", *scores)  # names are shown again
    assert as_moodle_reads(named.data)["1041"][0] == "1"


def test_the_files_name_tells_the_assignment(tmp_path):
    scores = [a_score("Zoé Petit", 1.0), a_score("Zoé Petit", 2.0, "output_size")]
    name = "Grades-CNN-Output size-881.csv"
    made = worksheet(tmp_path, *scores, roster_name=name)
    assert as_moodle_reads(made.data)["1042"][0] == "2"
    with pytest.raises(UsageError, match="say which with --assignment"):
        worksheet(tmp_path)
    made = worksheet(tmp_path, assignments=("convolution",))
    assert as_moodle_reads(made.data)["1042"][0] == "1"


def test_a_group_before_the_name_is_no_matter(tmp_path):
    student = "Groupe A-Marie Roy"
    made = worksheet(tmp_path, a_score(student, 3.0, **from_moodle("1044")))
    assert as_moodle_reads(made.data)["1044"][0] == "3"


def test_a_number_of_another_course_gives_no_one_a_grade(tmp_path):
    made = worksheet(tmp_path, a_score("Minh Nguyen", 3.0, **from_moodle("1044")))
    assert as_moodle_reads(made.data)["1044"][0] == ""
    assert "Minh Nguyen: not in the roster" in made.notes


def test_a_byte_order_mark_and_other_separators_stay(tmp_path):
    roster = "\ufeff" + ENGLISH.replace(",", ";").replace("; ", ", ")
    made = worksheet(tmp_path, a_score("Camille Dupont", 4.0), roster=roster)
    assert made.data.startswith("\ufeffIdentifier;Full name;".encode())


def test_without_a_roster_moodles_own_numbers_make_a_worksheet(tmp_path):
    scores = [
        a_score("Camille Dupont", 14.25, **from_moodle("1041")),
        rejected("Zoé Petit", provenance=from_moodle("1042")["provenance"]),
        a_score("=Roy", 22.0, **from_moodle("1043")),
    ]
    made = exported(tmp_path, *scores, format="moodle", lang="fr")
    grades = {number: grade for number, (grade, _) in as_moodle_reads(made.data, "fr").items()}
    assert grades == {"1041": "14,25", "1042": "", "1043": "22"}
    assert len(made.notes) == 2
    english = exported(tmp_path, format="moodle", lang="en")
    assert as_moodle_reads(english.data)["1041"][0] == "14.25"
    assert "'=Roy" in english.data.decode()


@pytest.mark.parametrize("lacking", ["Grade", "Last modified (grade)"])
def test_a_worksheet_without_what_moodle_needs(tmp_path, lacking):
    columns = [name for name in ("Identifier", "Grade", "Last modified (grade)") if name != lacking]
    with pytest.raises(UsageError, match="no grading worksheet") as caught:
        worksheet(tmp_path, a_score("a"), roster=",".join(columns) + "\nParticipant 1,2\n")
    assert lacking in str(caught.value)
    with pytest.raises(UsageError, match="Feedback comments"):
        worksheet(tmp_path, roster=ENGLISH.replace("Feedback comments", "x"), feedback=True)


def test_a_worksheet_in_words_is_not_for_points(tmp_path):
    roster = ENGLISH.replace("Maximum Grade", "Scale").replace("20.00", '"Good\nPoor"')
    with pytest.raises(UsageError, match="in words on a scale"):
        worksheet(tmp_path, a_score("Zoé Petit"), roster=roster)


# ---------------------------------------------------------------- the gradebook's import


def test_the_gradebooks_own_export_comes_back_with_the_scores(tmp_path):
    made = worksheet(
        tmp_path,
        a_score("22100001", 14.25),
        a_score("camille", 3.0, "cnn"),
        rejected("Zoé Petit"),
        a_score("petit_zoe", 5.0, "cnn"),
        a_score("nobody", 5.0, "cnn"),
        roster=GRADEBOOK,
        assignments=("convolution",),
    )
    header, *rows = lines(made.data)
    assert header[-1] == "Devoir : Convolution (Brut)"
    assert rows == [["Camille", "Dupont", "22100001", "camille@x.org", "14,25"]]
    made = worksheet(tmp_path, roster=GRADEBOOK, columns={"cnn": "Devoir : Projet (Brut)"})
    header, *rows = lines(made.data)
    assert header[-2:] == ["Devoir : Projet (Brut)", "Devoir : Convolution (Brut)"]


def test_a_list_of_participants_gets_the_names_of_the_assignments(tmp_path):
    roster = "First name,Last name,Email address\nZoé,Petit,z@x.org\nMarie,Roy,m@x.org\n"
    made = worksheet(tmp_path, a_score("roy marie", 5.5), a_score("eva", 1.0), roster=roster)
    assert lines(made.data) == [
        ["First name", "Last name", "Email address", "convolution"],
        ["Marie", "Roy", "m@x.org", "5.5"],
    ]
    assert made.notes == ("eva: not in the roster", "in the roster, without a result: Zoé Petit")


def test_what_moodle_did_not_export(tmp_path):
    with pytest.raises(UsageError, match="e-mail address, ID number or username"):
        worksheet(tmp_path, a_score("a"), roster="Name,Score\na,1\n")


def test_without_a_roster_a_file_for_the_gradebooks_import(tmp_path):
    scores = [a_score("zoe@x.org", 5.5), a_score("max", 6.0, **from_moodle("3"))]
    made = exported(tmp_path, *scores, format="moodle", lang="en")
    assert lines(made.data) == [
        ["Username", "Email address", "convolution"],
        ["max", "", "6"],
        ["zoe@x.org", "zoe@x.org", "5.5"],
    ]
    assert made.notes == (
        "students are known by name only: give Moodle's list of them with --roster",
    )
    french = exported(tmp_path, format="moodle")
    assert lines(french.data)[2] == ["zoe@x.org", "zoe@x.org", "5,5"]
