"""Filters point out; they never drop."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communes.models import Person
from consultations.models import Question
from moderation.models import WordList
from moderation.screening import filters
from moderation.screening.risk import risk_of
from tests.live.acting import act

WORDS = filters.word_set(filters.built_in("fr"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Appelez-moi au 97 12 34 56", ["97 12 34 56"]),
        ("mon numéro 0197123456 merci", ["0197123456"]),
        ("+229 01 97 12 34 56 ou 97.12.34.56", ["+229 01 97 12 34 56", "97.12.34.56"]),
        ("+33 6 12 34 56 78", ["+33 6 12 34 56 78"]),
        ("Le budget de 12 000 000 F", []),
        ("Le budget de 12000000 FCFA", []),
        ("Entre 2019 et 2024", []),
        ("L'exercice 2023-2024", []),
        ("En 2024 2025 ?", []),
        ("Le 12/03/2024 à 10h30", []),
    ],
)
def test_telephone_numbers_but_neither_years_nor_sums(text, found):
    assert filters.phones(text) == found


@pytest.mark.parametrize(
    ("text", "emails", "links"),
    [
        ("écrivez à jean.dossou@gmail.com", ["jean.dossou@gmail.com"], []),
        ("voir https://exemple.bj/x et www.truc.net", [], ["https://exemple.bj/x", "www.truc.net"]),
        ("allez sur gains-faciles.xyz/go", [], ["gains-faciles.xyz/go"]),
        ("La voirie. Le marché. Etc.", [], []),
        ("c'est fini.Merci", [], []),
    ],
)
def test_addresses(text, emails, links):
    assert (filters.emails(text), filters.links(text)) == (emails, links)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Quels IMBÉCILES !", True),
        ("Quelle bande d'idiotes", True),
        ("imbeciiiiile", True),
        ("Allez, ta gueule !", True),
        ("La voirie du quartier Sainte-Rita", False),
        ("La concession du marché, le contrat et la connexion", False),
        ("Le nul n'est censé ignorer", True),
        ("Le vol de câbles à Zogbo", False),
    ],
)
def test_words_of_the_list_whatever_accents_capitals_and_endings(text, found):
    assert bool(filters.listed(text, WORDS)) is found


def test_a_commune_adds_words_and_takes_some_out():
    words = filters.word_set((*filters.built_in("fr"), "-nul", "# rien", "zouglou"))
    assert filters.listed("C'est nul", words) == []
    assert filters.listed("ZOUGLOUS !", words) == ["zouglou"]


@pytest.mark.parametrize(
    ("text", "shouts"),
    [
        ("QUAND ALLEZ-VOUS RÉPARER LA ROUTE ?", True),
        ("La SONEB et la SBEE, quand ?", False),
        ("OK", False),
        ("Quand allez-vous réparer la ROUTE ?", False),
    ],
)
def test_capitals(text, shouts):
    assert filters.shouts(text) is shouts


@pytest.mark.parametrize(
    ("text", "reproach"),
    [
        ("Monsieur le maire, où est passé l'argent du marché ?", True),
        ("Vous n'avez rien fait pour Agla.", True),
        ("Vos promesses de 2022, la mairie les a-t-elle oubliées ?", True),
        ("Pourquoi le maire a-t-il caché les comptes du marché ?", True),
        ("Le conseil nous dissimule-t-il le contrat du marché ?", True),
        ("Où sont passés les fonds, monsieur le maire ?", True),
        ("Les adjoints ont pris des pots-de-vin.", True),
        ("Le chef d'arrondissement a bradé le terrain de l'école.", True),
        ("Les comptes du marché ont été cachés.", False),
        ("Quand la piste de Zogbo sera-t-elle réparée ?", False),
        ("Le maire peut-il présenter les comptes du marché ?", False),
        ("Faut-il le cachet de la mairie sur un acte de naissance ?", False),
        ("La mairie prévoit-elle une braderie à Noël ?", False),
        ("Monsieur le maire, à quelle heure ouvre le marché ?", False),
    ],
)
def test_criticism_of_those_who_answer(text, reproach):
    assert (filters.reproaches(text) is not None) is reproach


def test_risk_adds_up_to_a_hundred_and_each_flag_once():
    word = {"code": "word", "excerpt": "x"}
    assert risk_of([word], 0) == risk_of([word, word], 0)
    assert risk_of([], 1) < risk_of([], 3)
    assert risk_of([{"code": code, "excerpt": ""} for code in ("word", "phone", "link")], 9) == 100
    assert risk_of([{"code": "about_host", "excerpt": ""}], 0) == 0


# ── on arrival ────────────────────────────────────────────────────────────────────────────────


def codes(question: int) -> list[str]:
    return [flag["code"] for flag in Question.objects.get(pk=question).flags]


@pytest.mark.django_db
def test_a_flagged_question_is_kept_and_waits_like_any_other(ask):
    question = ask("IMBÉCILES ! APPELEZ LE 97 12 34 56 OU www.gains.xyz")
    row = Question.objects.get(pk=question)
    assert row.state == "pending"
    assert set(codes(question)) >= {"word", "phone", "link", "capitals"}
    assert row.risk == 100


@pytest.mark.django_db
def test_new_accounts_and_floods_are_noticed(ask, citizen):
    first = ask("Le port ?", citizen)
    assert "new_account" in codes(first)
    Person.objects.update(joined_at=timezone.now() - timedelta(days=1))
    assert codes(ask("Le quai ?", citizen)) == []
    assert codes(ask("Le môle ?", citizen)) == []
    assert codes(ask("La jetée ?", citizen)) == ["flood"]


@pytest.mark.django_db
def test_an_edit_is_looked_at_again(ask, citizen):
    Person.objects.update(joined_at=timezone.now() - timedelta(days=1))
    question = ask("Appelez le 97 12 34 56", citizen)
    assert codes(question) == ["phone"]
    act(citizen, "question.edit", question=question, text="Quand ouvre le port ?")
    row = Question.objects.get(pk=question)
    assert (row.flags, row.risk) == ([], 0)


@pytest.mark.django_db
def test_the_list_of_the_commune_holds(sitting, ask):
    WordList.objects.create(commune=sitting.commune, language="fr", words="zouglou\n-nul")
    WordList.objects.create(commune=sitting.commune, language="fon", words="xɔntɔn")
    assert "word" in codes(ask("Encore du zouglou ?"))
    assert "word" in codes(ask("Xɔntɔn, et le port ?"))
    assert "word" not in codes(ask("C'est nul, le port ?"))
