"""Canvas' gradebook file: what its importer would make of ours."""

import pytest
from exported import a_score, by_hand, exported, from_canvas, lines, rejected

from autograder.errors import UsageError

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Convolution (501),Output size (502)"
TOTALS = ",Homework Current Score,Current Score,Final Score"
ROSTER = "\n".join(
    [
        HEADER + TOTALS,
        ",,,,,,Manual Posting,,,,",
        "    Points Possible,,,,,,20.00,20.00,(read only),(read only),(read only)",
        '"Dupont, Camille",11,S1,cdupont,CNN-A,left handed,12.00,,60,60,30',
        '"Petit, Zoé",12,S2,zpetit,"CNN-A and CNN-B",,,19.00,95,95,47.5',
        '"O\'Neill, Aoife",13,,aoneill,CNN-B,,,N/A,,,',
        '"Roy, Marie",14,S4,mroy1,CNN-B,,,,,,',
        '"Roy, Marie",15,S5,mroy2,CNN-B,,EX,,,,',
        '"Student, Test",99,,9f8e7d,CNN-A,,3.00,,,,',
    ]
)


def as_canvas_reads(data):
    """Grades by user and assignment: what its importer's rules make of the file, in short."""
    header, *rows = lines(data, ";" if data.count(b";") > data.count(b",") else ",")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert "Student" in header[0]
    assert "ID" in header[1]
    info = header.index("Section") + 1
    assert header[:info] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    points = next(row for row in rows if "Points Possible" in row[0])
    users = {row[1]: row[info:] for row in rows if row is not points and row[1]}
    grades = {user: dict(zip(header[info:], cells, strict=True)) for user, cells in users.items()}
    return dict(zip(header[info:], points[info:], strict=True)), grades


def test_scores_go_to_their_students_and_nothing_else_changes(tmp_path):
    made = exported(
        tmp_path,
        a_score("dupontcamille", 14.25, **from_canvas("11")),
        a_score("zpetit", 20.0),
        a_score("Aoife O'Neill", 0.0),
        format="canvas",
        roster=ROSTER,
    )
    points, grades = as_canvas_reads(made.data)
    assert points == {"Convolution (501)": "20.00"}
    assert {user: cells["Convolution (501)"] for user, cells in grades.items()} == {
        "11": "14.25",
        "12": "20",
        "13": "0",
        "14": "",
        "15": "EX",
        "99": "3.00",
    }
    assert made.notes == ("in the roster, without a result: Roy, Marie (14); Roy, Marie (15)",)


def test_what_has_no_final_score_keeps_what_canvas_has(tmp_path):
    made = exported(
        tmp_path, rejected("cdupont"), by_hand("zpetit"), format="canvas", roster=ROSTER
    )
    _, grades = as_canvas_reads(made.data)
    assert grades["11"] == {"Convolution (501)": "12.00"}
    assert grades["12"] == {"Convolution (501)": ""}
    assert sum("no score" in note for note in made.notes) == 2


def test_namesakes_are_told_apart_by_number_or_login_and_never_by_guessing(tmp_path):
    made = exported(
        tmp_path,
        a_score("roymarie_14", 4.0, **from_canvas("14")),
        a_score("mroy2", 5.0),
        a_score("Marie Roy", 3.0),
        format="canvas",
        roster=ROSTER.replace("EX", ""),
    )
    _, grades = as_canvas_reads(made.data)
    assert [grades[user]["Convolution (501)"] for user in ("14", "15")] == ["4", "5"]
    both = "Roy, Marie (14); Roy, Marie (15)"
    assert made.notes[0] == f"Marie Roy: fits {both}, and so does mroy2, roymarie_14"
    made = exported(tmp_path / "2", a_score("Marie Roy", 3.0), format="canvas", roster=ROSTER)
    assert made.notes[0] == f"Marie Roy: fits {both}"
    assert "3" not in {
        cells["Convolution (501)"] for cells in as_canvas_reads(made.data)[1].values()
    }


def test_who_is_excused_or_not_assigned_stays_so_and_a_person_is_told(tmp_path):
    scores = [a_score("mroy2", 5.0), a_score("aoneill", 6.0, "output_size")]
    made = exported(tmp_path, *scores, format="canvas", roster=ROSTER)
    _, grades = as_canvas_reads(made.data)
    assert grades["15"] == {"Convolution (501)": "EX", "Output size (502)": ""}
    assert grades["13"] == {"Convolution (501)": "", "Output size (502)": "N/A"}
    assert made.notes[:2] == (
        "aoneill, output_size: is not assigned this in Canvas; 6 is not written",
        "mroy2, convolution: is excused in Canvas; 5 is not written",
    )


def test_several_assignments_and_a_column_that_a_person_names(tmp_path):
    scores = [a_score("cdupont", 1.0, name) for name in ("convolution", "output_size", "cnn")]
    made = exported(tmp_path, *scores, format="canvas", roster=ROSTER)
    assert lines(made.data)[0][5:] == ["Convolution (501)", "Output size (502)"]
    assert "cnn: no column of the roster: name it with --column cnn=HEADING" in made.notes
    roster = ROSTER.replace("Output size (502)", "Projet (502)").replace("Notes", "TP 3 (503)")
    columns = {"output_size": "Projet (502)", "cnn": "tp 3"}
    made = exported(tmp_path, format="canvas", roster=roster, columns=columns)
    assert lines(made.data)[0][5:] == ["TP 3 (503)", "Convolution (501)", "Projet (502)"]
    _, grades = as_canvas_reads(made.data)
    assert set(grades["11"].values()) == {"1"}


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Convolution bis (501),TP Convolution (7)", "convolution: fits several columns"),
        ("Deconvolution (501)", "convolution: no column of the roster"),
        ("Final Score Convolution", "convolution: no column of the roster"),
    ],
)
def test_a_column_is_never_guessed(tmp_path, title, note):
    roster = f"Student,ID,SIS Login ID,Section,{title}\n,,,,\nA,1,a,S,9\n"
    made = exported(tmp_path, a_score("a", 5.0), format="canvas", roster=roster)
    assert any(line.startswith(note) for line in made.notes)
    assert lines(made.data) == [["Student", "ID", "SIS Login ID", "Section"], ["A", "1", "a", "S"]]


def test_two_assignments_never_share_a_column(tmp_path):
    scores = [a_score("a", 5.0), a_score("a", 6.0, "size")]
    roster = "Student,ID,SIS Login ID,Section,Convolution size (1)\nA,1,a,S,\n"
    made = exported(tmp_path, *scores, format="canvas", roster=roster)
    assert {"convolution: shares its column", "size: shares its column"} <= set(made.notes)
    assert lines(made.data)[1] == ["A", "1", "a", "S"]


def test_a_column_for_an_assignment_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="--column: no assignment 'convolutoin'; there are"):
        exported(
            tmp_path,
            a_score("a"),
            format="canvas",
            roster=ROSTER,
            columns={"convolutoin": "Convolution"},
        )


def test_a_column_that_canvas_does_not_let_be_written_is_left_out(tmp_path):
    roster = ROSTER.replace("20.00,20.00,(read", "(read only),20.00,(read")
    made = exported(tmp_path, a_score("cdupont", 5.0), format="canvas", roster=roster)
    assert "convolution: Canvas does not let this column be written" in made.notes
    assert lines(made.data)[0][-1] == "Section"


def test_other_points_are_told_and_never_changed(tmp_path):
    roster = ROSTER.replace("20.00,20.00", "100.00,20.00")
    made = exported(tmp_path, a_score("cdupont", 5.0), format="canvas", roster=roster)
    assert as_canvas_reads(made.data)[0] == {"Convolution (501)": "100.00"}
    assert "convolution: worth 20 points here, 100.00 in Canvas" in made.notes[0]


def test_semicolons_decimal_commas_and_a_byte_order_mark(tmp_path):
    text = ROSTER.replace(", Camille", " Camille").replace(".00", "|00").replace(",", ";")
    roster = b"\xef\xbb\xbf" + text.replace("|", ",").encode()
    made = exported(tmp_path, a_score("cdupont", 14.25), format="canvas", roster=roster)
    points, grades = as_canvas_reads(made.data)
    assert points == {"Convolution (501)": "20,00"}
    assert grades["11"] == {"Convolution (501)": "14,25"}


def test_first_and_last_names_in_columns_of_their_own(tmp_path):
    roster = "\n".join(
        [
            "LastName,FirstName,ID,SIS User ID,SIS Login ID,Integration ID,Section,Convolution (5)",
            "    Points Possible,,,,,,,20.00",
            "Dupont,Camille,11,S1,cdupont,X-1,A,",
            "Petit,Zoé,12,S2,zpetit,X-2,A,",
        ]
    )
    scores = [a_score("Camille Dupont", 1.0), a_score("petit_zoe", 2.0)]
    made = exported(tmp_path, *scores, format="canvas", roster=roster)
    assert [line[-1] for line in lines(made.data)] == ["Convolution (5)", "20.00", "1", "2"]
    assert made.notes == ()


def test_a_number_of_another_course_gives_no_one_a_grade(tmp_path):
    strangers = [
        a_score("nguyenminh", 9.0, **from_canvas("11")),
        a_score("dupontcamille", 8.0, provenance={"platform": "moodle", "number": "12"}),
    ]
    made = exported(tmp_path, *strangers, format="canvas", roster=ROSTER)
    _, grades = as_canvas_reads(made.data)
    assert grades["11"] == {"Convolution (501)": "8"}
    assert grades["12"] == {"Convolution (501)": ""}
    assert "nguyenminh: not in the roster" in made.notes


def test_a_group_is_for_a_person_to_give_its_score_to(tmp_path):
    made = exported(
        tmp_path, a_score("groupe_3", 9.0, **from_canvas("13")), format="canvas", roster=ROSTER
    )
    assert "groupe_3: not in the roster" in made.notes


def test_names_like_formulas_are_inert_and_canvas_still_finds_them(tmp_path):
    roster = ROSTER.replace("Dupont, Camille", "-Camille").replace("Petit, Zoé", '=""=A1""')
    roster = roster.replace("Convolution (501)", "=Convolution (501)")
    made = exported(tmp_path, a_score("cdupont", 1.0), format="canvas", roster=roster)
    header, _, camille, zoe, *_ = lines(made.data)
    assert header[-1] == "'=Convolution (501)"
    assert camille == ["'-Camille", "11", "S1", "cdupont", "CNN-A", "1"]
    assert zoe[:2] == ['\'="=A1"', "12"]


@pytest.mark.parametrize(
    "header", ["Name,Note", "Student,Section,Convolution", "Étudiant,ID,Section,Convolution (1)"]
)
def test_what_canvas_did_not_export(tmp_path, header):
    with pytest.raises(UsageError, match="no gradebook exported by Canvas"):
        exported(tmp_path, a_score("a"), format="canvas", roster=f"{header}\na,b,c,d\n")


def test_without_a_roster_the_columns_that_canvas_needs(tmp_path):
    made = exported(
        tmp_path,
        a_score("cdupont", 14.25),
        a_score("petitzoé", 3.0, "pooling", **from_canvas("12")),
        format="canvas",
    )
    points, grades = as_canvas_reads(made.data)
    assert points == {"convolution": "20", "pooling": "20"}
    assert grades == {"12": {"convolution": "", "pooling": "3"}}
    assert lines(made.data)[2] == ["cdupont", "", "", "cdupont", "", "14.25", ""]
    assert made.notes == ()
